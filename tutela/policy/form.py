"""The form of a policy file: what a version says, clause by clause."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from typing import Literal

from msgspec import Struct, field

from tutela.model import Action, Audience, Surface

Risk = Literal["stalking", "violence", "phishing", "fraud", "identity_theft", "financial_exploitation", "platform_harm"]
Language = str


class Rule(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way to break a clause: any of `signals` at `at_least` (probability) in a place seen by `audiences`.

    All of `needs` must be yes. One yes among `unless` excuses; unknown never does. One yes among `unsure` makes it a
    case for a person: it still counts as the best verdict, the action becomes the clause's `unsure`. A probability
    from `review_from` up to `at_least` is no violation but a case for a person.
    """

    signals: tuple[str, ...]
    at_least: float
    review_from: float | None = None
    needs: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    unsure: tuple[str, ...] = ()
    audiences: tuple[Audience, ...] = ("public", "group", "private")
    then: Action | None = None


class Ladder(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What follows: by surface, else by audience, else `default`; `unsure` where a person should look."""

    default: Action
    unsure: Action = "review"
    surface: dict[Surface, Action] = {}
    audience: dict[Audience, Action] = {}

    def step(self, surface: Surface, audience: Audience) -> Action:
        """The action for an item shown on `surface` to `audience`."""
        return self.surface.get(surface) or self.audience.get(audience) or self.default


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people read. `{what}` stands for the kinds of evidence, in the same language."""

    title: str
    reason: str
    advice: str


class Example(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An example that is a test. Without `violates` under a clause it breaks that clause."""

    text: str
    violates: bool = True
    surface: Surface = "post"
    lang: str | None = None
    note: str = ""


class Clause(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One clause. `gravity` orders findings, the gravest first; `strikes` counts towards an account's standing."""

    id: str
    gravity: int
    risks: tuple[Risk, ...]
    rules: tuple[Rule, ...] = field(name="rule", default=())
    then: Ladder
    wording: dict[Language, Wording]
    examples: tuple[Example, ...] = field(name="example", default=())
    strikes: int = 1
    second_approval: bool = False
    fast_lane: bool = False


class Retention(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days after which sealed originals and closed cases go, and how long an appeal may be filed."""

    originals_days: int
    cases_days: int
    appeal_days: int


class Strikes(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long a strike counts, and what an account's sum of them leads to."""

    expire_days: int
    ladder: dict[str, str]


class Policy(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """One version of a policy, complete and dated. `id` is its effective date."""

    id: str
    name: str
    released: dt.date
    effective: dt.date
    wording: dict[Language, dict[str, str]]
    kinds: dict[str, dict[Language, str]]
    retention: Retention
    strikes: Strikes
    clauses: tuple[Clause, ...] = field(name="clause")

    @cached_property
    def by_id(self) -> dict[str, Clause]:
        """Clauses by their identifier."""
        return {clause.id: clause for clause in self.clauses}

    @cached_property
    def by_signal(self) -> dict[str, tuple[tuple[Clause, Rule], ...]]:
        """The rules that a signal of this name can meet."""
        table: dict[str, list[tuple[Clause, Rule]]] = {}
        for clause in self.clauses:
            for rule in clause.rules:
                for name in rule.signals:
                    table.setdefault(name, []).append((clause, rule))
        return {name: tuple(rules) for name, rules in table.items()}

    def kind_name(self, kind: str, lang: str | None) -> str:
        """The kind of evidence as people call it, in `lang` where the policy has it, else in English."""
        names = self.kinds.get(kind) or self.kinds["other"]
        return names.get(lang or "en") or names["en"]

    def gap(self, kind: str, lang: str | None) -> str:
        """What stands in redacted text for a value of this kind: `[phone number removed]`."""
        words = self.wording.get(lang or "en") or self.wording["en"]
        return words["gap"].format(what=self.kind_name(kind, lang))
