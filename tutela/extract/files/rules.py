"""What content rules say about a text or program: our own YARA-X set, then the operator's folders.

Every own rule carries `signal`, `confidence` (percent), `says` and `on` (the kinds it reads, separated by blanks). The
compiled set is kept in memory; each rule is asked only about the kinds it names. An operator's rule that names no
signal is `file.virus` at 0.9, in its own words where it has a `description`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct

from tutela.errors import BadSettings, MissingPart
from tutela.extract.files.walk import Content, Walk

FOLDER = Path(__file__).parent / "rules"
_OPERATOR_SIGNAL, _OPERATOR_CONFIDENCE = "file.virus", 0.9
_MOST_SCAN_BYTES = 32 << 20


class Rule(Struct, frozen=True, kw_only=True):
    """What a rule that matched says."""

    name: str
    signal: str
    confidence: float
    says: str
    own: bool


class RuleSet:
    """Rules compiled for one kind of content at a time, when that kind is first met. Not for use by two threads at once.

    Most rules read few kinds; asking all of them about every text costs ten times as much.
    """

    def __init__(self, folders: tuple[str, ...]) -> None:
        self._folders = folders
        self._scanners: dict[str, Any] = {}

    def match(self, data: bytes, kind: str, seconds: float) -> list[Rule]:
        """Rules that match `data` and read that kind. Raises yara_x.TimeoutError after `seconds`."""
        if kind not in self._scanners:
            self._scanners[kind] = self._compile(kind)
        scanner = self._scanners[kind]
        if scanner is None:
            return []
        scanner.set_timeout(max(1, int(seconds)))
        return [_told(hit) for hit in scanner.scan(data[:_MOST_SCAN_BYTES]).matching_rules]

    def _compile(self, kind: str) -> Any:
        sources = [source for source in _own_sources() if not source.on or kind in source.on]
        if not sources and not self._folders:
            return None
        import yara_x

        compiler = _compiler()
        compiler.define_global("kind", kind)
        compiler.new_namespace("own")
        compiler.add_source("\n".join(source.text for source in sources))
        for folder in self._folders:
            _sources(Path(folder), compiler)
        return yara_x.Scanner(compiler.build())


class _Source(Struct, frozen=True):
    on: frozenset[str]
    text: str


@lru_cache(maxsize=1)
def _own_sources() -> tuple[_Source, ...]:
    found = []
    for path in own_rule_files():
        for text in re.findall(r"(?ms)^rule \w+ \{.*?^\}", path.read_text("utf-8")):
            on = re.search(r'\bon = "([^"]*)"', text)
            found.append(_Source(frozenset(on.group(1).split() if on else ()), text))
    return tuple(found)


def _told(hit: Any) -> Rule:
    meta = dict(hit.metadata)
    own = hit.namespace == "own"
    confidence = float(meta.get("confidence", 100 * _OPERATOR_CONFIDENCE)) / 100
    words = str(meta.get("says") or meta.get("description") or f"a rule of this platform: {hit.identifier}")
    return Rule(
        name=hit.identifier,
        signal=str(meta.get("signal", _OPERATOR_SIGNAL)),
        confidence=min(max(confidence, 0.0), 0.999),
        says=words[:300],
        own=own,
    )


def own_rule_files() -> tuple[Path, ...]:
    """The set's files, sorted."""
    return tuple(sorted(FOLDER.glob("*.yar")))


def check_folder(folder: Path) -> int:
    """How many rule files of an operator's folder compile. Raises BadSettings that lists every file that does not."""
    return len(_sources(folder, _compiler()))


@lru_cache(maxsize=4)
def load_rules(folders: tuple[str, ...] = ()) -> RuleSet:
    """Own rules and those of the operator's folders. Raises MissingPart, BadSettings (a folder or rule that is wrong)."""
    defects: list[str] = []
    compiler = _compiler()
    for folder in folders:
        try:
            _sources(Path(folder), compiler)
        except BadSettings as error:
            defects.append(error.what)
    if defects:
        raise BadSettings("; ".join(defects), where="rules", next_step="correct or remove these rule files")
    return RuleSet(folders)


def _compiler() -> Any:
    try:
        import yara_x
    except ImportError:
        raise MissingPart("content rules need yara-x", next_step='pip install "tutela[files]"') from None
    compiler = yara_x.Compiler()
    # A rule file that includes others would read wherever it likes.
    compiler.enable_includes(False)
    return compiler


def _sources(folder: Path, compiler: Any) -> tuple[Path, ...]:
    import yara_x

    if not folder.is_dir():
        raise BadSettings(
            f"no folder of rules at {folder.name}", where="rules", next_step="name a folder with .yar files"
        )
    files = tuple(sorted(p for p in folder.rglob("*") if p.suffix in (".yar", ".yara") and p.is_file()))
    defects = []
    for path in files:
        digest = hashlib.blake2b(str(path).encode(), digest_size=4).hexdigest()
        compiler.new_namespace(f"operator.{digest}")
        try:
            compiler.add_source(path.read_text("utf-8", "replace"), origin=path.name)
        except (yara_x.CompileError, ValueError) as error:
            defects.append(f"{path.name}: {str(error).splitlines()[0]}")
    if defects:
        raise BadSettings("; ".join(defects), where="rules", next_step="correct or remove these rule files")
    return files


def apply_rules(content: Content, walk: Walk, kind: str, text: str | bytes, *, scale: float = 1.0) -> list[Rule]:
    """Runs the rules over `text` seen as `kind`, notes their signals and returns what matched.

    `scale` lowers own rules' confidence where the text cannot run as it stands.
    """
    try:
        rules = load_rules(walk.rule_folders)
    except MissingPart as error:
        walk.trouble(error.what, at=content, code=error.code)
        return []
    import yara_x

    data = text.encode("utf-8", "replace") if isinstance(text, str) else text
    try:
        hits = rules.match(data, kind, walk.budget.seconds_left())
    except yara_x.TimeoutError:
        walk.trouble("content rules took too long", at=content)
        return []
    except yara_x.ScanError:
        walk.trouble("content rules could not be applied", at=content)
        return []
    if len(data) > _MOST_SCAN_BYTES:
        walk.trouble("content rules read only the beginning of a large file", at=content)
    for rule in hits:
        walk.signal(
            rule.signal,
            rule.confidence * (scale if rule.own else 1.0),
            rule.says,
            at=content,
            marks=(f"rule:{rule.name}",),
        )
    return hits
