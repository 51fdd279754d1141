"""What goes in and what comes out, to the letter."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tutela import Decision, Engine, Item
from tutela.cli.schema import schema_of
from tutela.errors import BadItem

FULL_ITEM = {
    "id": "post-1", "surface": "comment", "audience": "group", "text": "hello", "lang": "en",
    "author": {"id": "u1", "handle": "name", "account": "personal", "created_at": "2024-05-20T10:00:00Z"},
    "thread": [{"author": "u1", "text": "an earlier message"}],
    "media": [{"kind": "image", "path": "a.jpg", "name": "a.jpg", "data": "AAEC"}],
    "links": ["https://example.com"], "created_at": "2024-05-21T08:00:00Z", "extra": {"any": ["thing", 1]},
}  # fmt: skip


def test_a_full_item_is_read_and_written_back() -> None:
    item = Item.from_json(json.dumps(FULL_ITEM))
    assert json.loads(item.to_json()) == FULL_ITEM
    assert item.media[0].data == b"\x00\x01\x02"


def test_the_schema_accepts_a_full_item_and_refuses_what_reading_refuses() -> None:
    validator = Draft202012Validator(schema_of("item"))
    validator.validate(FULL_ITEM)
    for bad in ({}, {"id": "x"}, {"text": "x", "colour": "red"}, {"text": 5}, {"text": "x", "surface": "wall"}):
        assert list(validator.iter_errors(bad))
        with pytest.raises(BadItem):
            Item.from_json(json.dumps(bad))


def test_a_decision_fits_its_schema_and_has_the_contracts_fields(engine: Engine) -> None:
    decision = engine.check(Item(id="a", text="my number is (406) 662-4187"))
    found = json.loads(decision.to_json())
    Draft202012Validator(schema_of("decision")).validate(found)
    assert list(found) == [
        "id", "violates", "action", "clauses", "evidence", "risks", "reason", "confidence", "policy", "redacted", "took_ms",
    ]  # fmt: skip
    assert list(found["clauses"][0]) == ["id", "confidence"]
    assert list(found["evidence"][0]) == ["clause", "kind", "where", "shown_as", "detector", "confidence"]
    assert found["evidence"][0]["where"] == {"part": "text", "start": 13, "end": 27}
    assert Decision.from_json(decision.to_json()) == decision


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"text": "x", "colour": "my-secret"}', "colour"),
        (b'{"text": "x", "surface": "my-secret"}', "surface"),
        (b'{"text": "x", "author": {"id": 7}}', "author"),
        (b'{"text": "x", "media": [{"kind": "image", "data": "my-secret!"}]}', "media"),
        (b'{"text": "x", "created_at": "my-secret"}', "created_at"),
        (b'{"text": "x"', "JSON"),
        (b"[]", "object"),
        (b'{"id": "my-secret"}', "no content"),
        (b'\xff{"text": "x"}', ""),
    ],
)
def test_a_bad_item_names_the_field_and_never_its_value(line: bytes, said: str) -> None:
    with pytest.raises(BadItem) as caught:
        Item.from_json(line)
    message = str(caught.value)
    assert said.lower() in message.lower()
    assert "my-secret" not in message
    assert caught.value.next_step
