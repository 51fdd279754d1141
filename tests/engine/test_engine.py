"""The engine keeps its promises whatever an item holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela import Engine, Item
from tutela.engine import MAX_TEXT
from tutela.model import Author, Decision, Media, Message

# Generated values of the right form; none is anyone's.
PHONE = "(406) 662-4187"
PIECES = st.sampled_from(
    [
        "my number is ", PHONE, "0172 4483915", " ", "\n", "call me ", "4929 6513 0272 8866", "zero seven seven one two ",
        "password: Pferd-Lampe!72 ", "hello", "é", "𝟕", "\u200b", "。", "restaurant ", "\x1e", "DE63370400440532013917", "!",
        "27 Alderbrook Close, Leeds LS8 3QT", "мой номер ", "p a s s w o r d ", "ｏ", "12345678901234567890", "@", "://", "%41%42%43%44",
    ]
)  # fmt: skip
TEXTS = st.lists(PIECES, max_size=25).map("".join)


def strip(decision: Decision) -> dict[str, object]:
    found = json.loads(decision.to_json())
    del found["took_ms"]
    return found  # type: ignore[no-any-return]


@given(TEXTS)
def test_evidence_lies_inside_the_text_and_never_shows_the_value(engine: Engine, text: str) -> None:
    decision = engine.check(Item(text=text))
    for evidence in decision.evidence:
        where = evidence.where
        if where.start is not None and where.end is not None:
            assert 0 <= where.start < where.end <= len(text)
            exposed = text[where.start : where.end]
            if evidence.kind not in ("intent", "link", "handle"):
                assert evidence.shown_as != exposed


@given(TEXTS)
def test_redacted_text_is_found_clean(engine: Engine, text: str) -> None:
    decision = engine.check(Item(text=text))
    if decision.redacted:
        again = engine.check(Item(text=decision.redacted["text"]))
        assert not [clause.id for clause in again.clauses if clause.id.startswith("pi.")]


@given(st.lists(TEXTS, max_size=6))
def test_alone_or_in_a_batch_the_decision_is_the_same(engine: Engine, texts: list[str]) -> None:
    items = [Item(id=str(number), text=text) for number, text in enumerate(texts)]
    together = [strip(decision) for decision in engine.check_many(items)]
    assert together == [strip(engine.check(item)) for item in items]
    assert [found["id"] for found in together] == [item.id for item in items]


def test_any_code_point_may_stand_in_a_text(engine: Engine) -> None:
    engine.check(Item(text="".join(map(chr, range(0, 0x3000, 7))) + "\ud800 \U0010ffff" + PHONE))


@pytest.mark.parametrize("surface", ["post", "comment", "bio", "caption", "livechat"])
def test_a_private_number_is_taken_out_where_others_see_it(engine: Engine, surface: str) -> None:
    decision = engine.check(Item(text=f"new number, text me: {PHONE}", surface=surface))  # type: ignore[arg-type]
    assert decision.action == "redact"
    assert decision.redacted == {"text": "new number, text me: [phone number removed]"}


def test_ones_own_number_in_a_private_message_is_fine(engine: Engine) -> None:
    assert not engine.check(Item(text=f"it's me, my number is {PHONE}", surface="dm")).violates


def test_somebody_elses_number_in_a_private_message_is_not(engine: Engine) -> None:
    assert engine.check(Item(text=f"her number is {PHONE}, don't say it's from me", surface="dm")).violates


def test_a_group_chat_is_seen_by_others(engine: Engine) -> None:
    assert engine.check(Item(text=f"my number is {PHONE}", surface="dm", audience="group")).violates


def test_a_bare_number_is_for_a_person(engine: Engine) -> None:
    decision = engine.check(Item(text=PHONE))
    assert (decision.violates, decision.action) == (True, "review")


def test_a_number_in_pieces_is_found_in_the_last_piece(engine: Engine) -> None:
    author = Author(id="u1")
    item = Item(text="662 4187 text me", author=author, thread=(Message(author="u1", text="my cell is 406"),))
    decision = engine.check(item)
    assert decision.violates
    assert decision.redacted is not None
    assert "4187" not in decision.redacted["text"]


def test_the_number_of_another_person_in_the_thread_is_not_this_item(engine: Engine) -> None:
    item = Item(text="ok thanks", author=Author(id="u2"), thread=(Message(author="u1", text=f"my cell is {PHONE}"),))
    assert not engine.check(item).violates


def test_media_that_was_not_loaded_is_for_a_person(engine: Engine) -> None:
    decision = engine.check(Item(media=(Media(kind="image", path="a.jpg"),)))
    assert (decision.violates, decision.action) == (False, "review")
    assert "T104" in decision.reason


def test_bytes_that_no_reader_opens_are_for_a_person(engine: Engine) -> None:
    decision = engine.check(Item(text="look", media=(Media(kind="image", data=b"\x00\x00\x00"),)))
    assert (decision.violates, decision.action) == (False, "review")
    assert "T312" in decision.reason


def test_a_text_beyond_the_limit_is_read_to_the_limit_and_said(engine: Engine) -> None:
    decision = engine.check(Item(text=f"my number is {PHONE} " + " " * MAX_TEXT))
    assert decision.violates
    assert "T103" in decision.reason


def test_a_detector_that_fails_makes_a_review_and_keeps_the_rest(tmp_path: Path) -> None:
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "detector.toml").write_text(
        "says = 'Fails.'\n[[signal]]\nname = 'broken.thing'\nkind = 'other'\nsays = 'Nothing.'\n"
        "[[gate]]\nid = 'x'\nregex = 'xyzzy'\n"
    )
    (folder / "cases.toml").write_text("[[match]]\ntext = 'a'\nsignals = ['broken.thing']\n[[pass]]\ntext = 'b'\n")
    (folder / "check.py").write_text("def inspect(view):\n    raise ValueError(view.text)\n")
    engine = Engine.load(detectors=[tmp_path])
    decision = engine.check(Item(text="xyzzy secret-value"))
    assert decision.action == "review"
    assert "T301" in decision.reason
    assert "secret-value" not in decision.to_json().decode()
    also = engine.check(Item(text=f"xyzzy my number is {PHONE}"))
    assert [clause.id for clause in also.clauses] == ["pi.contact"]


def test_an_item_is_judged_by_the_version_in_force_at_its_time(engine: Engine) -> None:
    assert engine.check(Item.from_json(b'{"text": "x", "created_at": "2024-06-01T00:00:00Z"}')).policy == "2024-05-17"


def test_an_explanation_holds_no_value(engine: Engine) -> None:
    explanation = engine.explain(Item(text=f"my number is {PHONE}"))
    assert explanation.decision.violates
    assert PHONE not in repr(explanation)
    assert next(found.outcome for found in explanation.weighings if found.clause == "pi.contact") == "broken"


def test_an_item_without_content_in_code_is_judged_all_the_same(engine: Engine) -> None:
    assert engine.check(Item()).action == "allow"
