"""Which labels are there, what do they say, and in which order do the models give them?"""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path

from msgspec import Struct

CLAUSES = (
    "pi.threats", "pi.other", "ps.account_access", "ps.unauthorized_access", "ps.malware", "ps.deceptive_collection",
    "ps.derivative", "ps.other",
)  # fmt: skip
TARGETS = ("person", "account", "platform", "public", "self", "none")
STANCES = ("does", "offers", "asks", "urges", "reports", "warns", "jokes", "quotes", "neutral")


class Labels(Struct, frozen=True, kw_only=True):
    """The labels of `labels.toml`. `columns` is the order of every model's scores.

    `clause_of` gives the place in CLAUSES for each intent, in the order of `intents`.
    """

    intents: tuple[str, ...]
    counters: tuple[str, ...]
    clause_of: tuple[int, ...]
    says: dict[str, str]

    @property
    def columns(self) -> tuple[str, ...]:
        marks = (*(f"target:{t}" for t in TARGETS), *(f"stance:{s}" for s in STANCES))
        return ("violates", *CLAUSES, *self.intents, *self.counters, *marks)


@lru_cache(maxsize=1)
def load_labels() -> Labels:
    """The shipped labels."""
    table = tomllib.loads((Path(__file__).parent / "labels.toml").read_text("utf-8"))
    intents, counters = table["intent"], table["counter"]
    return Labels(
        intents=tuple(intents),
        counters=tuple(counters),
        clause_of=tuple(CLAUSES.index(row["clause"]) for row in intents.values()),
        says={name: row["says"] for name, row in intents.items()} | dict(counters),
    )
