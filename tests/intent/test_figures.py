"""The shipped figures are those of the shipped weights."""

import json

import pytest

from training.intent.examples import corpus_examples
from training.intent.figures import corpus_figures
from tutela.intent import load_intent
from tutela.intent.weights import SHIPPED

SAID = json.loads((SHIPPED / "figures.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def measured():
    return corpus_figures(load_intent(), [e for e in corpus_examples() if e.part == "measure"])


def test_figures_are_of_this_version():
    assert SAID["version"] == load_intent().version


def test_lines_are_those_measured(measured):
    assert (measured["lines"], measured["violating"]) == (SAID["measure"]["lines"], SAID["measure"]["violating"])


@pytest.mark.parametrize("figure", ["f1", "recall", "false_alarms", "first_clause_right"])
def test_figure_is_reproduced(measured, figure):
    # Processors with other vector units round eight-bit products differently: a line in two hundred may tip.
    assert measured[figure] == pytest.approx(SAID["measure"][figure], abs=0.01)


def test_languages_are_reproduced(measured):
    for lang, said in SAID["measure"]["by_language"].items():
        assert measured["by_language"][lang]["f1"] == pytest.approx(said["f1"], abs=0.05), lang


def test_a_confidence_of_nine_in_ten_is_right_about_nine_times(measured):
    band = next(band for band in measured["reliability"] if band["from"] == 0.9)
    assert band["true"] >= 0.85
