"""Whether a file is, byte for byte, one that is on a list: the shipped list of test files and the operator's lists."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path

from tutela.errors import BadSettings
from tutela.extract.files.walk import Content, Walk

_SHIPPED = Path(__file__).parent / "signatures.tsv"
_LINE = re.compile(r"^([0-9a-fA-F]{64})(?:[\t ,;]+(.{1,200}))?$")


def load_list(path: Path) -> dict[str, str]:
    """SHA-256 in hex to a name. One a line, name after a blank or comma. Raises BadSettings with every wrong line."""
    found: dict[str, str] = {}
    wrong = []
    for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = _LINE.match(line.strip())
        if match:
            found[match.group(1).lower()] = (match.group(2) or "listed file").strip()
        else:
            wrong.append(str(number))
    if wrong:
        raise BadSettings(
            f"lines that are no SHA-256: {', '.join(wrong[:20])}", where=path.name, next_step="one hash a line"
        )
    return found


@lru_cache(maxsize=8)
def _lists(folders: tuple[str, ...]) -> dict[str, str]:
    found = load_list(_SHIPPED) if _SHIPPED.exists() else {}
    for folder in folders:
        for path in sorted(Path(folder).glob("*.sha256")):
            found.update(load_list(path))
    return found


def look_up(content: Content, walk: Walk) -> None:
    """Notes `file.virus` for a listed file."""
    known = _lists(walk.rule_folders)
    if not known or not content.data:
        return
    name = known.get(hashlib.sha256(content.data).hexdigest())
    if name is not None:
        walk.signal("file.virus", 0.98, f"a listed file: {name}", at=content, marks=("listed",))
