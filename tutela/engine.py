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

from tutela.context import circumstances
from tutela.context.scene import Scene
from tutela.detectors.loading import Detector, load_detectors
from tutela.detectors.running import rows_of
from tutela.extract.items import Reach
from tutela.extract.readings import gate_rows
from tutela.intent import IntentModel, load_intent
from tutela.looking import INTENT, LINKS, MAX_TEXT, READING, Looker
from tutela.model import Decision, Item, Signal, Trouble
from tutela.policy import Book, Ruling, judge, load_book
from tutela.policy.deciding import clean_decision, clean_reason, decide
from tutela.policy.form import Policy
from tutela.policy.judging import Weighing
from tutela.redact import redact_item, redacted_texts
from tutela.scan.onepass import Hits, OnePass, Row, rows_from
from tutela.scan.words import Words, load_words
from tutela.settings import Platform, load_platform

BATCH = 512


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
        intent: IntentModel | None,
        policy: Policy | None = None,
        reach: Reach | None = None,
        stopwatch: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.book = book
        self.platform = platform
        self.policy = policy
        self.detectors = detectors
        self._intent_off = intent is None
        self._stopwatch = stopwatch
        rows = [Row(READING, name, regex, flags) for name, regex, flags in gate_rows()]
        rows.extend(rows_from((files("tutela.links") / "gates.toml").read_bytes(), LINKS))
        rows.extend(rows_of(detectors))
        if intent is not None:
            rows.extend(intent.rows(INTENT))
        self._pass = OnePass(rows)
        self._looker = Looker(
            one_pass=self._pass,
            detectors={detector.name: detector for detector in detectors},
            words=words,
            platform=platform,
            intent=intent,
            reach=reach or Reach(),
        )
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
            intent=load_intent()
            if intent == "on" and (files("tutela.intent") / "weights" / "manifest.json").is_file()
            else None,
            policy=fixed,
            reach=reach,
        )

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
        reason = clean_reason(policy, lang, intent_off=self._intent_off)
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
        scene = self._looker.scene(item, hits)
        known = [circumstances(scene, signal) for signal in scene.signals]
        ruling = judge(policy, item, scene.signals, known, scene.troubles)
        return scene, policy, ruling, known

    def _decided(self, scene: Scene, policy: Policy, ruling: Ruling) -> Decision:
        decision = decide(scene.item, policy, ruling, scene.troubles, intent_off=self._intent_off)
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


__all__ = ["BATCH", "MAX_TEXT", "Engine", "Explanation"]
