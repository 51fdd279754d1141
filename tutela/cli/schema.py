"""`tutela schema`: print the JSON Schema (2020-12) of an item or a decision."""

from __future__ import annotations

import json
from typing import Annotated, Any

import msgspec
import typer

from tutela.model import Decision, Item


def schema_of(what: str) -> dict[str, Any]:
    """The schema of `item` or `decision`, made from the types themselves. Raises KeyError for another name."""
    kind = {"item": Item, "decision": Decision}[what]
    schema = msgspec.json.schema(kind)
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": kind.__name__, **schema}
    if what == "item":
        schema["$defs"]["Item"]["anyOf"] = [{"required": [name]} for name in ("text", "media", "links")]
    return schema


def schema(what: Annotated[str, typer.Argument(help="item or decision")]) -> int:
    """Print the JSON Schema of what goes in (item) or what comes out (decision)."""
    try:
        found = schema_of(what)
    except KeyError:
        raise typer.BadParameter("item or decision", param_hint="WHAT") from None
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0
