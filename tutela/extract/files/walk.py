"""What has been found so far while one file, and everything inside it, is read."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from msgspec import Struct

from tutela.extract.files.limits import Budget, LimitReached, Limits
from tutela.model import Anchor, Extract, Medium, Part, Signal, Trouble, Where
from tutela.settings import Platform

DETECTOR = "files"
_MOST_SIGNALS = 64
_MOST_TROUBLES = 32
_MEMBER_NAME_CHARS = 200


class Piece(NamedTuple):
    """A stretch of text and its place inside the content: "page 2", "Staff!B3", "paragraph 7"; "" for the whole.

    `before` is what the eye sees between this piece and the one before it, or words that explain it (a column's head).
    """

    text: str
    place: str = ""
    before: str = "\n"


class Inner(Struct, frozen=True, kw_only=True):
    """A picture, sound or clip found inside a file, for the rooms that can look at it. `member` is "" for the file itself."""

    kind: str
    name: str
    member: str
    data: bytes


class Inspection(Struct, frozen=True, kw_only=True):
    """What a file's reading gave: `extract` for the engine, `inner` for the readers of pictures, sound and clips."""

    extract: Extract
    kind: str
    inner: tuple[Inner, ...] = ()


class Content(Struct, kw_only=True):
    """Bytes under examination. `member` is the path inside the item's file, "" for the file itself.

    `inside` is the kind of what it was found in. `from_archive` says that a person unpacks it with a double click, so its name is what that person sees.
    """

    data: bytes
    name: str
    member: str = ""
    depth: int = 0
    kind: str = ""
    inside: str = ""
    from_archive: bool = False


class Walk:
    """Collects signals, texts and troubles of one item's file, within its limits."""

    def __init__(self, part: str, profile: Platform, text_hint: str, limits: Limits) -> None:
        self.part = part
        self.profile = profile
        self.text_hint = text_hint
        self.limits = limits
        self.budget = Budget(limits)
        self.queue: list[Content] = []
        self.kinds: dict[str, str] = {}
        self.rule_folders: tuple[str, ...] = ()
        self._signals: dict[tuple[str, str], Signal] = {}
        self._troubles: dict[tuple[str, str], Trouble] = {}
        self.texts: list[tuple[Content, str, Medium, bool]] = []
        self._parts: list[Part] = []
        self._inner: list[Inner] = []
        self._names: set[str] = set()

    def where(self, member: str) -> Where:
        """The place of a member as people are shown it."""
        return Where(part=self.part, member=shown_name(member) or None)

    def signal(
        self,
        name: str,
        confidence: float,
        says: str,
        *,
        at: Content | str,
        shown_as: str = "",
        marks: Iterable[str] = (),
        span: tuple[int, int] | None = None,
    ) -> None:
        """Notes something seen. Of several with one name at one place the most certain stands.

        `span` is its place in the file's own text, in code points.
        """
        member = at if isinstance(at, str) else at.member
        known = self._signals.get((name, member))
        if known is not None and known.confidence >= confidence:
            return
        if known is None and len(self._signals) >= _MOST_SIGNALS:
            return
        self._signals[name, member] = Signal(
            name=name,
            kind="file",
            confidence=round(confidence, 3),
            detector=DETECTOR,
            shown_as=shown_as,
            where=(self.where(member) if span is None else Where(part=self.part, start=span[0], end=span[1]),),
            part=self.part,
            start=span[0] if span else 0,
            end=span[1] if span else 0,
            says=says,
            marks=frozenset(marks),
        )

    def seen(self, name: str) -> bool:
        """True when a signal of that name was noted anywhere in the file."""
        return any(signal == name for signal, _ in self._signals)

    def trouble(self, what: str, *, at: Content | str, code: str = "T312") -> None:
        """Notes something that was left unread."""
        member = at if isinstance(at, str) else at.member
        if len(self._troubles) < _MOST_TROUBLES:
            self._troubles.setdefault((what, ""), Trouble(code=code, what=what, where=self.where(member)))

    def text(self, content: Content, pieces: Iterable[Piece], medium: Medium = "document") -> None:
        """Hands on text to be scanned, each piece with its place.

        One piece without a place is the content's own text: a file that is text itself keeps its offsets.
        """
        texts: list[str] = []
        anchors: list[Anchor] = []
        length = 0
        plain = True
        for text, place, before in pieces:
            left = self.limits.text_chars - self.budget.text_chars
            if len(text) > left:
                self.trouble(f"text beyond {self.limits.text_chars:,} characters was left unread", at=content)
                text = text[: max(left, 0)]
            if not text:
                continue
            plain = plain and not place
            gap = before if texts else before.lstrip("\n\t")
            self.budget.text_chars += len(text) + len(gap)
            length += len(gap)
            anchors.append(Anchor(length, length + len(text), self.where(join(content.member, place))))
            texts.append(gap)
            texts.append(text)
            length += len(text)
        if not texts:
            return
        alone = plain and not content.member and len(anchors) == 1
        whole = "".join(texts)
        if self.profile.protected:
            self.texts.append((content, whole, medium, alone))
        keep = () if alone else tuple(anchors)
        self._parts.append(Part(name=self._free_name(content), text=whole, medium=medium, anchors=keep))

    def child(
        self,
        parent: Content,
        name: str,
        data: bytes,
        *,
        place: str = "",
        from_archive: bool = False,
    ) -> None:
        """Queues something found inside for its own examination.

        Raises LimitReached at the depth limit; the bytes count against the budget of the one who unpacked them.
        """
        if parent.depth + 1 > self.limits.depth:
            raise LimitReached(f"files inside files, more than {self.limits.depth} deep", bomb=True)
        self.queue.append(
            Content(
                data=data,
                name=name,
                member=join(parent.member, place or name),
                depth=parent.depth + 1,
                inside=parent.kind,
                from_archive=from_archive,
            )
        )

    def hand_on(self, content: Content, family: str) -> None:
        """Keeps a picture, sound or clip for its own reader; past the limits it is a trouble, not silence."""
        budget = self.budget
        over = budget.inner_bytes + len(content.data) > self.limits.inner_bytes and content.member
        if over or budget.inner_count >= self.limits.inner_count:
            self.trouble(
                "pictures, sound or clips inside were left unread: too many or too large",
                at=content,
            )
            return
        budget.inner_bytes += len(content.data)
        budget.inner_count += 1
        data = content.data if content.member else b""
        self._inner.append(
            Inner(
                kind=family,
                name=content.name,
                member=shown_name(content.member),
                data=data,
            )
        )

    def result(self, kind: str) -> Inspection:
        """Everything found, the most certain first."""
        signals = sorted(self._signals.values(), key=lambda signal: -signal.confidence)
        extract = Extract(
            parts=tuple(self._parts),
            signals=tuple(signals),
            troubles=tuple(self._troubles.values()),
        )
        return Inspection(extract=extract, kind=kind, inner=tuple(self._inner))

    def _free_name(self, content: Content) -> str:
        name = f"{self.part}/{shown_name(content.member)}" if content.member else self.part
        free, number = name, 2
        while free in self._names:
            free, number = f"{name}#{number}", number + 1
        self._names.add(free)
        return free


def join(member: str, inside: str) -> str:
    """A path inside a file: `a.zip/b.doc`."""
    return f"{member}/{inside}" if member and inside else member or inside


def shown_name(name: str) -> str:
    """A member's name made safe to show: no control or direction marks, the middle of a long one left out."""
    cleaned = "".join(
        c if c.isprintable() and not "\ud800" <= c <= "\udfff" else "\N{REPLACEMENT CHARACTER}" for c in name
    )
    if len(cleaned) > _MEMBER_NAME_CHARS:
        half = _MEMBER_NAME_CHARS // 2
        cleaned = f"{cleaned[:half]}…{cleaned[-half:]}"
    return cleaned


def daemon_signal(part: str, signature: str) -> Signal:
    """What a virus scanner found, in its own name for it."""
    test = "eicar" in signature.lower()
    return Signal(
        name="file.eicar" if test else "file.virus",
        kind="file",
        confidence=0.97,
        detector="clamav",
        where=(Where(part=part),),
        part=part,
        says=f"a virus scanner knows this file: {shown_name(signature)}",
        marks=frozenset({"clamav"}),
    )
