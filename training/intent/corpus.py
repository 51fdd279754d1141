"""Which examples are there, and which part does each belong to?"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from msgspec import Struct

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "corpus"
Part = Literal["train", "tune", "measure"]

INTENTS = (
    "threaten_expose",
    "call_to_find",
    "call_to_post",
    "praise_doxxing",
    "offer_dox",
    "ask_dox",
    "offer_break_in",
    "ask_break_in",
    "blackmail",
    "swatting",
    "hostile_locate",
    "sell_account",
    "buy_account",
    "rent_account",
    "lend_account",
    "rule_breaking_service",
    "ask_code",
    "ask_password",
    "fake_support",
    "fake_prize",
    "fake_job",
    "fake_delivery",
    "fake_bank",
    "romance_scam",
    "investment_scam",
    "phishing_link",
    "impersonate_platform",
    "sell_scraper",
    "sell_data",
    "lookup_bot",
    "phishing_kit",
    "malware_lure",
    "malware_offer",
    "malware_command",
    "disable_protection",
    "login_bypass",
    "fake_client",
    "modified_client",
    "decompile",
    "leaked_source",
    "protection_bypass",
    "clone_algorithm",
    "flood",
    "mass_report",
    "takedown_exploit",
    "buy_confidential",
)
COUNTERS = (
    "report_or_fear",
    "warning_education",
    "news",
    "fiction_quote",
    "game",
    "research_consent",
    "genuine_notice",
    "parody",
    "own_account_help",
    "ordinary_use",
)
CLAUSES = (
    "pi.threats",
    "pi.other",
    "ps.account_access",
    "ps.unauthorized_access",
    "ps.malware",
    "ps.deceptive_collection",
    "ps.derivative",
    "ps.other",
)
SURFACES = ("post", "comment", "dm", "bio", "caption", "livechat", "listing", "ocr", "transcript")
TARGETS = ("person", "account", "platform", "public", "self", "none")
STANCES = ("does", "offers", "asks", "urges", "reports", "warns", "jokes", "quotes", "neutral")


class Earlier(Struct, frozen=True, forbid_unknown_fields=True):
    author: str
    text: str


class Line(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One example. `topic` is its file's name."""

    text: str
    lang: str
    surface: str
    intents: tuple[str, ...]
    counters: tuple[str, ...]
    clauses: tuple[str, ...]
    target: str
    stance: str
    family: str
    pair: str | None = None
    thread: tuple[Earlier, ...] = ()
    topic: str = ""

    @property
    def violates(self) -> bool:
        return bool(self.clauses)


def part_of(family: str) -> Part:
    """The part a family belongs to, by its name alone: 72 of 100 train, 13 tune, 15 measure."""
    place = int.from_bytes(hashlib.blake2b(family.encode(), digest_size=4).digest(), "big") % 100
    return "train" if place < 72 else "tune" if place < 85 else "measure"


def load(folder: Path = CORPUS) -> list[Line]:
    """Every line, by language, topic and place. Raises ValueError that names file and line for a line that does not fit."""
    return [line for path in sorted(folder.glob("*/*.jsonl")) for line in _lines(path)]


def defects(lines: list[Line]) -> list[str]:
    """What is wrong with the corpus as a whole; empty when nothing is."""
    found = []
    seen: dict[tuple[str, str, tuple[Earlier, ...]], str] = {}
    pairs: dict[str, list[bool]] = {}
    topics: dict[tuple[str, str], str] = {}
    for line in lines:
        for name, values, allowed in (
            ("surface", (line.surface,), SURFACES),
            ("intents", line.intents, INTENTS),
            ("counters", line.counters, COUNTERS),
            ("clauses", line.clauses, CLAUSES),
            ("target", (line.target,), TARGETS),
            ("stance", (line.stance,), STANCES),
        ):
            found += [f"{line.family}: {name} knows no {value!r}" for value in values if value not in allowed]
        if line.violates != bool(line.intents):
            found.append(f"{line.family}: clauses and intents disagree: {line.text[:50]!r}")
        if line.violates and line.counters:
            found.append(f"{line.family}: violates and is excused: {line.text[:50]!r}")
        key = (line.lang, line.text, line.thread)
        if key in seen:
            found.append(f"{line.family}: stands in {seen[key]} too: {line.text[:50]!r}")
        seen[key] = line.family
        if line.pair:
            pairs.setdefault(f"{line.lang} {line.pair}", []).append(line.violates)
        if topics.setdefault((line.lang, line.family), line.topic) != line.topic:
            found.append(f"{line.family}: stands in topics {topics[line.lang, line.family]} and {line.topic}")
    found += [f"pair {pair}: sides are {sides}" for pair, sides in pairs.items() if len(set(sides)) != 2]
    return found


def _lines(path: Path) -> Iterator[Line]:
    for number, text in enumerate(path.read_text("utf-8").splitlines(), 1):
        try:
            fields = json.loads(text)
            thread = tuple(Earlier(**earlier) for earlier in fields.pop("thread", ()))
            for name in ("intents", "counters", "clauses"):
                fields[name] = tuple(fields[name])
            yield Line(**fields, thread=thread, topic=path.stem)
        except (ValueError, TypeError, KeyError) as error:
            raise ValueError(f"{path}:{number}: {error}") from error
