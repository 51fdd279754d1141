"""Look at one item with everything there is: parts, readings, detectors, links, names, intent. The result is a scene.

Nothing here decides anything, and nothing that fails here is lost: it becomes a trouble of the scene.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial

from msgspec.structs import replace

from tutela.context import Scene
from tutela.context.assembly import assemble
from tutela.context.settling import settle
from tutela.detectors.loading import Detector
from tutela.detectors.running import run
from tutela.errors import TutelaError
from tutela.extract.items import Reach, media_extract
from tutela.extract.reading import Reading
from tutela.extract.readings import readings
from tutela.intent import IntentInput, IntentModel
from tutela.links import find, inspect, inspect_name
from tutela.model import Extract, Item, Part, Signal, Trouble
from tutela.scan.onepass import Hits, OnePass
from tutela.scan.view import View
from tutela.scan.words import Words
from tutela.settings import Platform

# A text beyond this is not read to its end: the rest is a trouble, said in the decision.
MAX_TEXT = 32 << 20
# Owners of rows in the one pass that are no detectors.
READING, LINKS, INTENT = "reading", "links", "intent"
# Kinds that an identifier in an address looks like by chance, and the sites whose links carry a real contact.
_BY_CHANCE = frozenset(
    ("phone", "bank_account", "routing", "national_id", "tax_id", "ssn", "password", "username", "one_time_code",
     "driving_licence", "passport", "health_id", "card", "plate", "address")
)  # fmt: skip
_CONTACT_SITES = frozenset(("wa.me", "whatsapp.com", "t.me", "viber.com", "signal.me", "line.me", "zalo.me", ""))
# Kinds whose text is the words themselves: they stay for the intent model to read.
_WORDS = frozenset(("intent", "link", "handle", "file", "image", "address", "email", "ip", "plate"))
# Media whose text is no writing of people: what it is trying to do is not asked.
_NO_SPEECH = frozenset(("link", "name", "source"))


class _Seen:
    """Signals and troubles while they are gathered. What a look raises becomes a trouble that names the place."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self.signals: list[Signal] = []
        self.troubles: list[Trouble] = []

    def add(self, look: Callable[[], Extract], where: str) -> None:
        try:
            extract = look()
        except Exception as error:  # noqa: BLE001 - the boundary that turns any failure into a review
            self.troubles.append(_trouble(error, where))
            return
        self.parts.extend(extract.parts)
        self.signals.extend(extract.signals)
        self.troubles.extend(extract.troubles)

    def add_signals(self, look: Callable[[], Iterable[Signal]], where: str) -> None:
        self.add(lambda: Extract(signals=tuple(look())), where)


class Looker:
    """Everything that looks, ready. Immutable."""

    def __init__(
        self,
        *,
        one_pass: OnePass,
        detectors: Mapping[str, Detector],
        words: Words,
        platform: Platform,
        intent: IntentModel | None,
        reach: Reach,
    ) -> None:
        self.one_pass = one_pass
        self._detectors = detectors
        self._words = words
        self._platform = platform
        self._intent = intent
        self._reach = reach

    def scene(self, item: Item, hits: Hits) -> Scene:
        """The item's scene. `hits` are those of the item's own text, from the pass over its batch."""
        seen = _Seen()
        texts = self._texts(item, hits, seen)
        views: dict[str, View] = {}
        for number, (part, part_hits) in enumerate(texts):
            # Pages and members of one file share the part's name; signals are told apart by this key.
            key = part.name if part.name not in views else f"{part.name}#{number}"
            views[key] = View(part, Reading(part.text), self._words, lang=item.lang, surface=item.surface, key=key)
            self._look(views[key], part_hits, seen)
        author = item.author
        if author is not None and author.handle:
            handle = author.handle
            seen.add_signals(
                lambda: inspect_name(handle, author=author, platform=self._platform, part="author.handle"),
                "author.handle",
            )
        if item.thread:
            seen.add(lambda: assemble(item, self._in_fragments), "thread")
        if self._intent is not None:
            for given in _speech(item, _without_values(texts, seen.signals)):
                seen.add_signals(partial(_meant, self._intent, given), f"{given.part.name}, intent")
        return Scene(
            item=item,
            platform=self._platform,
            parts=tuple(part for part, _ in texts),
            views=views,
            signals=tuple(settle(_outside_links(seen.signals, texts))),
            troubles=tuple(seen.troubles),
        )

    def _texts(self, item: Item, hits: Hits, seen: _Seen) -> list[tuple[Part, Hits]]:
        """Every text of the item with its hits: its own, its links, and what its media say."""
        texts: list[tuple[Part, Hits]] = []
        if item.text is not None:
            if len(item.text) > MAX_TEXT:
                seen.troubles.append(
                    Trouble(code="T103", what=f"only the first {MAX_TEXT} characters of the text were read")
                )
            texts.append((Part(name="text", text=item.text[:MAX_TEXT]), hits))
        seen.parts.extend(
            Part(name=f"links/{number}", text=link, medium="link") for number, link in enumerate(item.links)
        )
        for number, media in enumerate(item.media):
            seen.add(partial(media_extract, media, number, item, self._platform, self._reach), f"media/{number}")
        if seen.parts:
            found = self.one_pass.scan([part.text for part in seen.parts])
            texts.extend((part, found.get(index, {})) for index, part in enumerate(seen.parts))
        return texts

    def _look(self, view: View, hits: Hits, seen: _Seen) -> None:
        """All that has hits in the part as written, and in each reading that undoes a disguise seen in it."""
        self._look_at(view, hits, seen)
        gates = hits.get(READING)
        if not gates:
            return
        part = view.part
        try:
            made = readings(part.text, frozenset(hit.id for hit in gates))
        except Exception as error:  # noqa: BLE001 - the boundary that turns any failure into a review
            seen.troubles.append(_trouble(error, f"{part.name}, readings"))
            return
        found = self.one_pass.scan([reading.text for reading in made]) if made else {}
        for index, reading in enumerate(made):
            if index in found:
                other = View(part, reading, self._words, lang=view.lang, surface=view.surface, key=view.key)
                self._look_at(other, found[index], seen)

    def _look_at(self, view: View, hits: Hits, seen: _Seen) -> None:
        for owner, owned in hits.items():
            detector = self._detectors.get(owner)
            if detector is not None:
                seen.add_signals(partial(run, detector, view, owned), f"{view.part.name}, detector {owner}")
        # A part that is a link is one whether or not it looks like one.
        if LINKS in hits or (view.part.medium == "link" and view.reading.kind == "plain"):
            seen.add_signals(lambda: self._links(view), f"{view.part.name}, links")

    def _links(self, view: View) -> list[Signal]:
        placed = []
        for signal in inspect(view.text, part=view.part.name, platform=self._platform, feeds=self._reach.feeds):
            start, end = view.reading.to_part(signal.start, signal.end)
            placed.append(replace(signal, start=start, end=end, part=view.key, where=view.part.locate(start, end)))
        return placed

    def _in_fragments(self, text: str, item: Item) -> list[Signal]:
        """Signals of the text detectors in a text put together from fragments."""
        seen = _Seen()
        view = View(Part(name="text", text=text), Reading(text), self._words, lang=item.lang, surface=item.surface)
        self._look(view, self.one_pass.scan([text]).get(0, {}), seen)
        return seen.signals


def _speech(item: Item, texts: Sequence[tuple[Part, Hits]]) -> list[IntentInput]:
    """The parts whose words passed the gate; in a thread the item's text always, since a question above gives even
    "ok, sent" a meaning; and disguised texts, whose words the gate could not read."""
    return [
        IntentInput(
            part=part,
            lang=item.lang,
            surface=item.surface,
            audience=item.seen_by(),
            thread=item.thread,
            author=item.author.id if item.author else None,
        )
        for part, hits in texts
        if part.medium not in _NO_SPEECH
        and (part.medium != "document" or _is_prose(part.text))
        and (INTENT in hits or READING in hits or (item.thread and part.name == "text"))
    ]


def _without_values(texts: Sequence[tuple[Part, Hits]], signals: Sequence[Signal]) -> list[tuple[Part, Hits]]:
    """The texts with blanks where values stand: a key or a number is no word, and a model of words reads into it."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for signal in signals:
        if signal.kind not in _WORDS and signal.end > signal.start:
            spans.setdefault(signal.part, []).append((signal.start, signal.end))
    blanked: list[tuple[Part, Hits]] = []
    for part, hits in texts:
        pieces: list[str] = []
        done = 0
        for start, end in sorted(spans.get(part.name, ())):
            if end > done:
                begin = max(start, done)
                pieces.extend((part.text[done:begin], " " * (end - begin)))
                done = end
        letters = "".join((*pieces, part.text[done:]))
        blanked.append((part if letters == part.text else replace(part, text=letters), hits))
    return blanked


def _is_prose(text: str) -> bool:
    """True when a document's head is mostly letters and blanks; tables and data are not spoken to anyone."""
    head = text[:2000]
    return sum(char.isalpha() or char.isspace() for char in head) >= 0.8 * len(head)


def _meant(model: IntentModel, given: IntentInput) -> tuple[Signal, ...]:
    return model.judge([given])[0]


def _outside_links(signals: Sequence[Signal], texts: Sequence[tuple[Part, Hits]]) -> list[Signal]:
    """Marks what only stands inside an address: an order number in a link is no telephone number.

    Links whose whole purpose is a contact (`tel:`, chat links with a number) keep theirs.
    """
    inside: dict[str, list[tuple[int, int]]] = {}
    for part, hits in texts:
        if LINKS in hits and any(signal.part == part.name and signal.kind in _BY_CHANCE for signal in signals):
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


def _trouble(error: Exception, where: str) -> Trouble:
    """A failure as a trouble: its kind and place, never its text, which may hold what was judged."""
    if isinstance(error, TutelaError):
        return Trouble(code=error.code, what=f"{where}: {error.what}")
    return Trouble(code="T301", what=f"{where}: {type(error).__name__} while looking; the rest was judged")
