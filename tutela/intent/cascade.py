"""What is a text doing, how sure is that, and which words say so? Linear stage first, the encoder for what it leaves open."""

from __future__ import annotations

import struct
import tomllib
from collections.abc import Sequence
from math import exp
from pathlib import Path

import numpy as np
import zstandard
from msgspec import Struct
from numpy.typing import NDArray

from tutela.errors import MissingWeights
from tutela.intent.encoder import Encoder
from tutela.intent.features import around_features, slots, text_features
from tutela.intent.folding import Token, fold, folded_text
from tutela.intent.labels import CLAUSES, STANCES, TARGETS, Labels, load_labels
from tutela.intent.linear import Linear
from tutela.intent.weights import RESTORE, SHIPPED, Manifest, read_checked, read_manifest
from tutela.model import Audience, Message, Part, Signal, Surface
from tutela.scan.onepass import Row
from tutela.scan.view import Hit

# Below this nothing is said of a label: a policy that acts on less than one in five would act on noise.
SAID_FROM = 0.2
_COUNTER_FROM = 0.3
_EARLIER = 3
_GATES = Path(__file__).parent / "gates.toml"


class IntentInput(Struct, frozen=True, kw_only=True):
    """One part to judge, and where it stands. `author` is the item's; None when unknown. `hits` are those of the gates."""

    part: Part
    lang: str | None = None
    surface: Surface = "post"
    audience: Audience = "public"
    thread: tuple[Message, ...] = ()
    author: str | None = None
    hits: tuple[Hit, ...] = ()


class Judged(Struct, frozen=True, kw_only=True):
    """Everything the model found in one text. Probabilities are calibrated.

    `stage` is the last stage that looked: `linear` or `encoder`. `clauses`, `intents` and `counters` are in the
    order of `labels.CLAUSES` and of `labels.toml`; empty where the linear stage let the text pass.
    """

    violates: float
    stage: str
    clauses: tuple[float, ...] = ()
    intents: tuple[float, ...] = ()
    counters: tuple[float, ...] = ()
    target: str = "none"
    stance: str = "neutral"
    linear: float = 0.0
    encoder: float = 0.0


class IntentModel:
    """Gates, linear stage and encoder with their calibration. Immutable; judging is pure and repeatable."""

    def __init__(self, *, linear: Linear, encoder: Encoder, manifest: Manifest, labels: Labels) -> None:
        self._linear = linear
        self._encoder = encoder
        self._settings = manifest.settings
        self.version = manifest.version
        self.labels = labels

    def rows(self, owner: str) -> list[Row]:
        """The gates as rows of the one pass: a text with none of these words need not be judged."""
        with _GATES.open("rb") as file:
            table = tomllib.load(file)
        return [Row(owner, row["id"], row["regex"], row["flags"]) for row in table["gate"]]

    def judge(self, inputs: Sequence[IntentInput]) -> list[tuple[Signal, ...]]:
        """Signals `intent.<label>` and `counter.<label>` for each input, in order; none where nothing is to be said.

        Offsets are code points of the part's text. Takes time in proportion to the text up to a bound.
        """
        return [self._signals(given) for given in inputs]

    def look(self, text: str, *, surface: str = "post", thread: Sequence[tuple[bool, str]] = ()) -> Judged:
        """What the model makes of a text. `thread` is (by the same author, text), oldest first."""
        return self._look(fold(text), text, surface, thread)[0]

    def _look(
        self, tokens: Sequence[Token], text: str, surface: str, thread: Sequence[tuple[bool, str]]
    ) -> tuple[Judged, list[tuple[int, int, int]]]:
        settings = self._settings
        features = text_features(tokens)
        earlier = [(own, fold(said)) for own, said in thread[-_EARLIER:]]
        places = slots(features, around_features(surface, earlier))
        linear = self._linear.score(places)
        if not tokens or linear < (settings.pass_below_thread if earlier else settings.pass_below):
            return Judged(violates=_chance(_line(settings.passed, linear)), stage="linear", linear=linear), features
        before = " ".join(
            ("me: " if own else "you: ") + folded_text(said, folded)[:160]
            for (own, said), (_, folded) in zip(thread[-_EARLIER:], earlier, strict=True)
        )
        scores = self._encoder.scores(folded_text(text, tuple(tokens)), before)
        by_encoder, by_linear, in_thread, constant = settings.verdict
        verdict = by_encoder * float(scores[0]) + by_linear * linear + in_thread * bool(earlier) + constant
        return self._judged(scores, _chance(verdict), linear), features

    def _judged(self, scores: NDArray[np.float32], violates: float, linear: float) -> Judged:
        settings, labels = self._settings, self.labels
        at = 1
        clauses = scores[at : at + len(CLAUSES)]
        at += len(CLAUSES)
        intents = scores[at : at + len(labels.intents)]
        at += len(labels.intents)
        counters = scores[at : at + len(labels.counters)]
        at += len(labels.counters)
        target = TARGETS[int(np.argmax(scores[at : at + len(TARGETS)]))]
        stance = STANCES[int(np.argmax(scores[at + len(TARGETS) :]))]
        chances = [violates * _chance(_line(settings.clause, float(c))) for c in clauses]
        # A text that violates breaks at least one clause: the likeliest carries the verdict's own probability.
        chances[int(np.argmax(clauses))] = violates
        said = [0.0] * len(labels.intents)
        for clause, chance in enumerate(chances):
            members = [n for n, of in enumerate(labels.clause_of) if of == clause]
            best = max(members, key=lambda n: intents[n])
            for member in members:
                said[member] = chance if member == best else chance * _chance(float(intents[member]))
        return Judged(
            violates=violates,
            stage="encoder",
            clauses=tuple(chances),
            intents=tuple(said),
            counters=tuple(_chance(_line(settings.counter, float(c))) for c in counters),
            target=target,
            stance=stance,
            linear=linear,
            encoder=float(scores[0]),
        )

    def _signals(self, given: IntentInput) -> tuple[Signal, ...]:
        text = given.part.text
        tokens = fold(text)
        thread = [
            (given.author is not None and message.author == given.author, message.text)
            for message in given.thread
            if given.part.name == "text"
        ]
        surface = {"ocr": "ocr", "transcript": "transcript"}.get(given.part.medium, given.surface)
        judged, features = self._look(tokens, text, surface, thread)
        if not judged.intents:
            return ()
        labels = self.labels
        weighed = [(chance, labels.counters[n]) for n, chance in enumerate(judged.counters) if chance >= _COUNTER_FROM]
        weighed.sort(reverse=True)
        against = "; weighed against: " + ", ".join(labels.says[name] for _, name in weighed) if weighed else ""
        marks = frozenset((f"target:{judged.target}", f"stance:{judged.stance}", f"stage:{judged.stage}"))
        found = []
        for number, chance in enumerate(judged.intents):
            if chance < SAID_FROM:
                continue
            name = labels.intents[number]
            column = 1 + number
            start, end = self._carrying(features, column, tokens, text)
            found.append(
                _signal(
                    f"intent.{name}", chance, given.part, start, end, marks, f"The text {labels.says[name]}{against}."
                )
            )
        if found or judged.violates >= SAID_FROM:
            found += [
                _signal(
                    f"counter.{name}",
                    chance,
                    given.part,
                    0,
                    len(text),
                    frozenset(),
                    f"Speaks for it: {labels.says[name]}.",
                )
                for chance, name in weighed
            ]
        return tuple(found)

    def _carrying(
        self, features: Sequence[tuple[int, int, int]], column: int, tokens: Sequence[Token], text: str
    ) -> tuple[int, int]:
        """The stretch of words that spoke most for a label: the largest sum over a run, each word paying the mean."""
        if not tokens:
            return 0, len(text)
        share = self._linear.carried(features, 0, len(tokens)) + self._linear.carried(features, column, len(tokens))
        share = share - max(0.0, float(share.mean()))
        best, total, start, where = 0.0, 0.0, 0, (0, len(tokens) - 1)
        for at, value in enumerate(share):
            if total <= 0:
                total, start = 0.0, at
            total += float(value)
            if total > best:
                best, where = total, (start, at)
        return tokens[where[0]].start, tokens[where[1]].end


def load(weights: str | Path | None = None) -> IntentModel:
    """The shipped model, or the one in the folder `weights`. The encoder's memory is taken at its first use.

    Raises MissingWeights (T208) that names the file when one is missing or is not the one it was shipped with.
    """
    folder = SHIPPED if weights is None else Path(weights)
    manifest = read_manifest(folder)
    linear = read_checked(folder, "linear.bin", manifest)
    model = read_checked(folder, "encoder.onnx", manifest)
    pieces = read_checked(folder, "pieces.json", manifest)
    labels = load_labels()
    try:
        stage = Linear.from_bytes(linear)
    except (ValueError, struct.error, zstandard.ZstdError):
        raise MissingWeights("the file cannot be read", where=str(folder / "linear.bin"), next_step=RESTORE) from None
    if stage.columns != 1 + len(labels.intents):
        raise MissingWeights("the file has other labels", where=str(folder / "linear.bin"), next_step=RESTORE)
    return IntentModel(linear=stage, encoder=Encoder(model, pieces), manifest=manifest, labels=labels)


def _signal(name: str, chance: float, part: Part, start: int, end: int, marks: frozenset[str], says: str) -> Signal:
    return Signal(
        name=name,
        kind="intent",
        confidence=round(chance, 4),
        detector="intent",
        where=part.locate(start, end),
        part=part.name,
        start=start,
        end=end,
        marks=marks,
        says=says,
    )


def _line(pair: tuple[float, float], score: float) -> float:
    return pair[0] * score + pair[1]


def _chance(logit: float) -> float:
    if logit < -40:
        return 0.0
    return 1 / (1 + exp(-logit))
