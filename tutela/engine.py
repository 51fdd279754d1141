"""Engine: an item goes in, a decision comes out. Immutable once loaded; no clock, disk or network while judging.

The one stopwatch it carries fills `took_ms` and is read by nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from importlib.resources import files
from itertools import islice
from pathlib import Path
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from tutela.context import NAMES as CIRCUMSTANCES
from tutela.context import Scene, circumstances
from tutela.context.assembly import assemble
from tutela.context.settling import settle
from tutela.detectors.loading import Detector, load_detectors
from tutela.detectors.running import rows_of, run
from tutela.errors import TutelaError
from tutela.extract.items import Reach, media_extract
from tutela.extract.reading import Reading
from tutela.extract.readings import gate_rows, readings
from tutela.links import find, inspect, inspect_name
from tutela.model import Decision, Extract, Item, Part, Signal, Trouble
from tutela.policy import Book, Ruling, judge, load_book
from tutela.policy.deciding import clean_decision, clean_reason, decide
from tutela.policy.form import Policy
from tutela.policy.judging import Weighing
from tutela.redact import redact_item, redacted_texts
from tutela.scan.onepass import Hits, OnePass, Row, rows_from
from tutela.scan.view import View
from tutela.scan.words import Words, load_words
from tutela.settings import Platform, load_platform

BATCH = 512
# A text beyond this is not read to its end: the rest is a trouble, said in the decision.
MAX_TEXT = 32 << 20
_READING = "reading"
_LINKS = "links"
_INTENT = "intent"
# Kinds that an identifier in an address looks like by chance, and the sites whose links carry a real contact.
_BY_CHANCE = frozenset(
    ("phone", "bank_account", "routing", "national_id", "tax_id", "ssn", "password", "username", "one_time_code",
     "driving_licence", "passport", "health_id", "card", "plate", "address")
)  # fmt: skip
_CONTACT_SITES = frozenset(("wa.me", "whatsapp.com", "t.me", "viber.com", "signal.me", "line.me", "zalo.me", ""))


class Explanation(Struct, frozen=True, kw_only=True):
    """Why an item was decided as it was. Values are masked.

    `circumstances[i]` belongs to `signals[i]`; a name that is missing there is unknown.
    """

    decision: Decision
    signals: tuple[Signal, ...]
    circumstances: tuple[dict[str, bool], ...]
    weighings: tuple[Weighing, ...]
    troubles: tuple[Trouble, ...]


class Engine:
    """Judges items under a policy. Load one with `Engine.load`; share it between threads."""

    def __init__(
        self,
        *,
        book: Book,
        platform: Platform,
        detectors: tuple[Detector, ...],
        words: Words,
        policy: Policy | None = None,
        reach: Reach | None = None,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.book = book
        self.platform = platform
        self.policy = policy
        self._detectors = {detector.name: detector for detector in detectors}
        self._words = words
        self._intent = None
        self._reach = reach or Reach()
        self._stopwatch = stopwatch
        rows = [Row(_READING, name, regex, flags) for name, regex, flags in gate_rows()]
        rows.extend(rows_from((files("tutela.links") / "gates.toml").read_bytes(), _LINKS))
        rows.extend(rows_of(detectors))
        self._pass = OnePass(rows)
        # A memory of words, not of items: the same for every item of a policy and a language.
        self._clean_reasons: dict[tuple[str, str | None], str] = {}

    @classmethod
    def load(
        cls,
        platform: str | Path | Platform | None = None,
        policy: str | Path | None = None,
        *,
        intent: Literal["on", "off"] = "on",
        detectors: Iterable[str | Path] = (),
        policies: Iterable[str | Path] = (),
        reach: Reach | None = None,
    ) -> Engine:
        """An engine that is ready to judge.

        `platform` is the platform's profile (a file or a Platform); without one nothing is official. `policy` is a
        version's identifier or a policy file: then every item is judged by it; otherwise by the version in force at
        the item's own time. `detectors` are folders of further detectors, `policies` further policy files. With
        `intent="off"` no text is judged for what it is doing, and each decision's reason says so. `reach` limits what
        is read of media.

        Raises UnknownPolicy (T201), BadPolicy (T204), BadDetector (T205), BadPlatform (T206), MissingWeights (T208).
        """
        extra = [Path(path) for path in policies]
        chosen = str(policy) if policy is not None else None
        if chosen is not None and chosen.endswith(".toml"):
            extra.append(Path(chosen))
        book = load_book(extra)
        fixed = None
        if chosen is not None:
            name = Path(chosen).stem if chosen.endswith(".toml") else chosen
            fixed = book.version(name)
        if isinstance(platform, Platform):
            profile = platform
        else:
            profile = Platform.none() if platform is None else load_platform(platform)
        return cls(
            book=book,
            platform=profile,
            detectors=load_detectors((Path(path) for path in detectors), own_cases=False),
            words=load_words(),
            policy=fixed,
            reach=reach,
        )

    @property
    def detectors(self) -> tuple[Detector, ...]:
        """The detector folders in use, by name."""
        return tuple(self._detectors.values())

    def check(self, item: Item) -> Decision:
        """Judges one item. Never raises for what an item holds: what cannot be judged comes back as `review`."""
        return next(self._batch([item]))

    def check_many(self, items: Iterable[Item], *, batch: int = BATCH) -> Iterator[Decision]:
        """Judges items lazily, in their order, `batch` at a time: one decision for each item."""
        source = iter(items)
        while chunk := list(islice(source, batch)):
            yield from self._batch(chunk)

    def redact(self, item: Item, decision: Decision) -> Item:
        """The item without what it exposed: spans of its texts replaced by named gaps, media by redacted media."""
        return redact_item(item, decision, self._policy_for(item))

    def explain(self, item: Item) -> Explanation:
        """Judges one item and tells how: every signal, what the surroundings said of it, and each rule's outcome."""
        plain = self._plain_text(item)
        hits = {} if plain is None else self._pass.scan([plain]).get(0, {})
        started = self._stopwatch()
        scene, policy, ruling, known = self._judged(item, hits)
        decision = self._decided(scene, policy, ruling)
        return Explanation(
            decision=replace(decision, took_ms=(self._stopwatch() - started) * 1000),
            signals=scene.signals,
            circumstances=tuple(known),
            weighings=ruling.weighings,
            troubles=scene.troubles,
        )

    # One batch: one pass over all plain texts, then work only where something was found.

    def _batch(self, items: Sequence[Item]) -> Iterator[Decision]:
        started = self._stopwatch()
        texts = [item.text or "" for item in items]
        if max(map(len, texts)) > MAX_TEXT:
            texts = [text[:MAX_TEXT] for text in texts]
        found = self._pass.scan(texts)
        share = (self._stopwatch() - started) * 1000 / len(items)
        fixed, book, reasons = self.policy, self.book, self._clean_reasons
        for index, item in enumerate(items):
            plain = not (item.media or item.links or item.author or item.thread)
            if plain and index not in found and len(item.text or "") <= MAX_TEXT:
                policy = fixed or book.in_force(item.created_at)
                reason = reasons.get((policy.id, item.lang)) or self._clean_reason(policy, item.lang)
                yield clean_decision(item, policy, reason, share)
                continue
            begun = self._stopwatch()
            scene, policy, ruling, _ = self._judged(item, found.get(index) or {})
            decision = self._decided(scene, policy, ruling)
            yield replace(decision, took_ms=share + (self._stopwatch() - begun) * 1000)

    def _clean_reason(self, policy: Policy, lang: str | None) -> str:
        reason = clean_reason(policy, lang, intent_off=self._intent is None)
        if len(self._clean_reasons) < 256:
            self._clean_reasons[policy.id, lang] = reason
        return reason

    def _policy_for(self, item: Item) -> Policy:
        return self.policy or self.book.in_force(item.created_at)

    @staticmethod
    def _plain_text(item: Item) -> str | None:
        return None if item.text is None else item.text[:MAX_TEXT]

    def _judged(self, item: Item, hits: Hits) -> tuple[Scene, Policy, Ruling, list[dict[str, bool]]]:
        policy = self._policy_for(item)
        scene = self._scene(item, hits)
        known = [circumstances(scene, signal) for signal in scene.signals]
        ruling = judge(policy, item, scene.signals, known, scene.troubles)
        return scene, policy, ruling, known

    def _decided(self, scene: Scene, policy: Policy, ruling: Ruling) -> Decision:
        decision = decide(scene.item, policy, ruling, scene.troubles, intent_off=self._intent is None)
        if decision.action in ("redact", "review") and decision.evidence:
            texts = redacted_texts(scene.item, decision, policy)
            if texts and not self._still_exposes(scene.item, texts):
                return replace(decision, redacted=texts)
            if texts and decision.action == "redact":
                # What is left still breaks the policy: the post cannot stand without what it exposed.
                return replace(decision, action="remove")
        return decision

    def _still_exposes(self, item: Item, texts: dict[str, str]) -> bool:
        text = texts.get("text")
        if text is None:
            return False
        left = Item(
            id=item.id,
            surface=item.surface,
            audience=item.audience,
            text=text,
            lang=item.lang,
            created_at=item.created_at,
        )
        _, _, ruling, _ = self._judged(left, self._pass.scan([text]).get(0, {}))
        return any(finding.signal.part == "text" and finding.clause.id.startswith("pi.") for finding in ruling.findings)

    # The scene: parts, readings, signals.

    def _scene(self, item: Item, hits: Hits) -> Scene:
        parts: list[Part] = []
        troubles: list[Trouble] = []
        signals: list[Signal] = []
        views: dict[str, View] = {}
        texts: list[tuple[Part, Hits]] = []
        if item.text is not None:
            text = item.text
            if len(text) > MAX_TEXT:
                troubles.append(
                    Trouble(code="T103", what=f"only the first {MAX_TEXT} characters of the text were read")
                )
                text = text[:MAX_TEXT]
            texts.append((Part(name="text", text=text), hits))
        other = _other_parts(item)
        for number, media in enumerate(item.media):
            extract = self._guarded(
                lambda media=media, number=number: media_extract(media, number, item, self.platform, self._reach),  # type: ignore[misc]
                f"media/{number}",
            )
            other.extend(extract.parts)
            signals.extend(extract.signals)
            troubles.extend(extract.troubles)
        if other:
            found = self._pass.scan([part.text for part in other])
            texts.extend((part, found.get(index, {})) for index, part in enumerate(other))
        for part, part_hits in texts:
            parts.append(part)
            view = View(part, Reading(part.text), self._words, lang=item.lang, surface=item.surface)
            views.setdefault(part.name, view)
            if part_hits:
                self._look(item, part, view, part_hits, signals, troubles)
        if item.author is not None and item.author.handle:
            extract = self._guarded(lambda: Extract(signals=self._name(item)), "author.handle")
            signals.extend(extract.signals)
            troubles.extend(extract.troubles)
        scene = Scene(item=item, platform=self.platform, parts=tuple(parts), views=views)
        if item.thread:
            extract = self._guarded(lambda: assemble(item, self._assembled_signals), "thread")
            signals.extend(extract.signals)
            troubles.extend(extract.troubles)
        signals = self._outside_links(signals, texts)
        scene.signals = tuple(signal for signal in settle(signals) if not signal.part.startswith("thread/"))
        scene.troubles = tuple(troubles)
        return scene

    def _look(
        self, item: Item, part: Part, view: View, hits: Hits, signals: list[Signal], troubles: list[Trouble]
    ) -> None:
        """All detectors with hits over the part as written, and over each reading that undoes a disguise seen in it."""
        self._look_at(view, hits, signals, troubles)
        wanted = hits.get(_READING)
        if not wanted:
            return
        made = self._guarded_readings(part, [hit.id for hit in wanted], troubles)
        if not made:
            return
        found = self._pass.scan([reading.text for reading in made])
        for index, reading in enumerate(made):
            if index in found:
                other = View(part, reading, self._words, lang=item.lang, surface=item.surface)
                self._look_at(other, found[index], signals, troubles)

    def _look_at(self, view: View, hits: Hits, signals: list[Signal], troubles: list[Trouble]) -> None:
        for owner, owned in hits.items():
            detector = self._detectors.get(owner)
            if detector is not None:
                extract = self._guarded(
                    lambda detector=detector, owned=owned: Extract(signals=tuple(run(detector, view, owned))),  # type: ignore[misc]
                    f"{view.part.name}, detector {owner}",
                )
            elif owner == _LINKS:
                extract = self._guarded(lambda: Extract(signals=self._links(view)), f"{view.part.name}, links")
            else:
                continue
            signals.extend(extract.signals)
            troubles.extend(extract.troubles)

    def _name(self, item: Item) -> tuple[Signal, ...]:
        author = item.author
        if author is None or not author.handle:
            return ()
        return inspect_name(author.handle, author=author, platform=self.platform, part="author.handle")

    def _links(self, view: View) -> tuple[Signal, ...]:
        found = inspect(view.text, part=view.part.name, platform=self.platform, feeds=self._reach.feeds)
        placed = []
        for signal in found:
            start, end = view.reading.to_part(signal.start, signal.end)
            placed.append(replace(signal, start=start, end=end, where=view.part.locate(start, end)))
        return tuple(placed)

    @staticmethod
    def _outside_links(signals: Sequence[Signal], texts: Sequence[tuple[Part, Hits]]) -> list[Signal]:
        """Marks what only stands inside an address: an order number in a link is no telephone number.

        Links whose whole purpose is a contact (`tel:`, chat links with a number) keep theirs.
        """
        inside: dict[str, list[tuple[int, int]]] = {}
        for part, hits in texts:
            if _LINKS in hits and any(signal.part == part.name and signal.kind in _BY_CHANCE for signal in signals):
                inside[part.name] = [
                    (link.start, link.end) for link in find(part.text) if link.address.site not in _CONTACT_SITES
                ]
        if not inside:
            return list(signals)
        return [
            replace(signal, marks=signal.marks | {"in_link"})
            if signal.kind in _BY_CHANCE
            and any(start <= signal.start and signal.end <= end for start, end in inside.get(signal.part, ()))
            else signal
            for signal in signals
        ]

    def _guarded_readings(self, part: Part, gates: Sequence[str], troubles: list[Trouble]) -> tuple[Reading, ...]:
        try:
            return readings(part.text, frozenset(gates))
        except Exception as error:  # noqa: BLE001 - the boundary that turns any failure into a review
            troubles.append(_trouble(error, f"{part.name}, readings"))
            return ()

    @staticmethod
    def _guarded(look: Callable[[], Extract], where: str) -> Extract:
        try:
            return look()
        except Exception as error:  # noqa: BLE001 - the boundary that turns any failure into a review
            return Extract(troubles=(_trouble(error, where),))

    def _assembled_signals(self, text: str, item: Item) -> list[Signal]:
        """Signals of the text detectors in a text put together from fragments."""
        part = Part(name="text", text=text)
        signals: list[Signal] = []
        hits = self._pass.scan([text]).get(0, {})
        view = View(part, Reading(text), self._words, lang=item.lang, surface=item.surface)
        self._look(item, part, view, hits, signals, [])
        return signals


def _other_parts(item: Item) -> list[Part]:
    return [Part(name=f"links/{number}", text=link, medium="link") for number, link in enumerate(item.links)]


def _trouble(error: Exception, where: str) -> Trouble:
    """A failure as a trouble: its kind and place, never its text, which may hold what was judged."""
    if isinstance(error, TutelaError):
        return Trouble(code=error.code, what=f"{where}: {error.what}")
    return Trouble(code="T301", what=f"{where}: {type(error).__name__} while looking; the rest was judged")


__all__ = ["BATCH", "CIRCUMSTANCES", "MAX_TEXT", "Engine", "Explanation"]
