"""The corpus holds what the model card says of it."""

from collections import Counter

from training.intent.corpus import CLAUSES, COUNTERS, INTENTS, defects, load, part_of
from tutela.intent.labels import CLAUSES as MODEL_CLAUSES
from tutela.intent.labels import load_labels

LINES = load()


def test_corpus_has_no_defects():
    assert defects(LINES) == []


def test_corpus_is_large_and_half_of_it_is_allowed():
    allowed = sum(not line.violates for line in LINES)
    assert len(LINES) >= 6000
    assert 0.45 <= allowed / len(LINES) <= 0.6


def test_corpus_speaks_seventeen_languages():
    count = Counter(line.lang for line in LINES)
    assert len(count) == 17
    assert min(count.values()) >= 100


def test_each_intent_and_each_counter_label_has_lines_in_several_families():
    for label in (*INTENTS, *COUNTERS):
        families = {line.family for line in LINES if label in (*line.intents, *line.counters)}
        assert len(families) >= 5, label


def test_each_part_holds_a_fair_share_and_a_family_has_one_part():
    count = Counter(part_of(line.family) for line in LINES)
    assert count["measure"] / len(LINES) > 0.1
    assert count["tune"] / len(LINES) > 0.08
    assert part_of("threats-01-address-drop") == part_of("threats-01-address-drop")


def test_model_knows_exactly_the_labels_of_the_corpus():
    labels = load_labels()
    assert set(labels.intents) == set(INTENTS)
    assert set(labels.counters) == set(COUNTERS)
    assert MODEL_CLAUSES == CLAUSES
