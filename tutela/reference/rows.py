"""What stands in a sourced table (`reference/tables/*.tsv`)?"""

from __future__ import annotations

from importlib.resources import files


def rows(name: str) -> list[tuple[str, ...]]:
    """The rows of `tables/<name>.tsv` without its `#` lines and its head line, each split at tabs."""
    text = (files("tutela.reference") / "tables" / f"{name}.tsv").read_text("utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [tuple(line.split("\t")) for line in lines[1:]]
