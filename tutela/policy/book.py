"""The book of policy versions: read the files, find the one in force, and say what is wrong with one."""

from __future__ import annotations

import datetime as dt
import difflib
import tomllib
from collections.abc import Collection, Iterable, Sequence
from importlib.resources import files
from pathlib import Path

import msgspec
from msgspec import Struct

from tutela.errors import BadPolicy, UnknownPolicy
from tutela.policy.form import Policy

CLAUSES = (
    "pi.contact", "pi.financial", "pi.credentials", "pi.identity", "pi.threats", "pi.other",
    "ps.account_access", "ps.unauthorized_access", "ps.malware", "ps.deceptive_collection", "ps.derivative", "ps.other",
)  # fmt: skip


class Book(Struct, frozen=True, kw_only=True):
    """Versions of one policy, oldest first."""

    versions: tuple[Policy, ...]

    def version(self, policy_id: str) -> Policy:
        """The version of that identifier. Raises UnknownPolicy (T201) with the nearest one."""
        for policy in self.versions:
            if policy.id == policy_id:
                return policy
        names = [policy.id for policy in self.versions]
        close = difflib.get_close_matches(policy_id, names, 1)
        raise UnknownPolicy(
            "no policy version of that name" + (f"; nearest is {close[0]}" if close else ""),
            next_step="`tutela policy list` lists all",
        )

    def in_force(self, at: dt.datetime | None) -> Policy:
        """The version in force at `at`; without a time the newest one.

        An item from before the first version is judged by the first: no older rules are known.
        """
        if at is None:
            return self.versions[-1]
        day = at.astimezone(dt.UTC).date() if at.tzinfo else at.date()
        chosen = self.versions[0]
        for policy in self.versions:
            if policy.effective <= day:
                chosen = policy
        return chosen


def load_book(extra: Iterable[Path] = ()) -> Book:
    """The product's versions and the files named in `extra`, which replace versions of the same identifier.

    Raises BadPolicy (T204) that lists every defect of every file.
    """
    sources: list[tuple[str, bytes]] = []
    folder = files("tutela.policies") / "privacy-security"
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.name.endswith(".toml"):
            sources.append((f"policies/privacy-security/{entry.name}", entry.read_bytes()))
    defects: list[str] = []
    for path in extra:
        try:
            sources.append((str(path), path.read_bytes()))
        except OSError as error:
            defects.append(f"{path}: cannot be read: {error.strerror}")
    versions: dict[str, Policy] = {}
    for name, data in sources:
        try:
            policy = read_policy(data, name)
        except BadPolicy as error:
            defects.append(error.what)
        else:
            versions[policy.id] = policy
    if defects:
        raise BadPolicy("\n     ".join(defects), next_step="`tutela policy lint FILE` checks one file")
    return Book(versions=tuple(sorted(versions.values(), key=lambda policy: policy.effective)))


def read_policy(data: bytes, name: str) -> Policy:
    """One policy from its file. Raises BadPolicy (T204) with every defect; `name` is the place to show."""
    try:
        policy = msgspec.toml.decode(data, type=Policy)
    except (msgspec.MsgspecError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadPolicy(f"{name}: {error}", next_step="docs/policies.md describes the form") from None
    defects = _defects(policy)
    if defects:
        raise BadPolicy("\n     ".join(f"{name}, {defect}" for defect in defects))
    return policy


def _defects(policy: Policy) -> list[str]:
    found: list[str] = []
    if policy.id != policy.effective.isoformat():
        found.append(f"id: is not the effective date {policy.effective.isoformat()}")
    if policy.released > policy.effective:
        found.append("released: is after effective")
    if "other" not in policy.kinds or any("en" not in names for names in policy.kinds.values()):
        found.append("kinds: each needs a name in en, and `other` must be there")
    if "gap" not in policy.wording.get("en", {}) or "clean" not in policy.wording.get("en", {}):
        found.append("wording.en: needs `gap` and `clean`")
    seen: set[str] = set()
    for clause in policy.clauses:
        place = f"clause {clause.id}"
        if clause.id not in CLAUSES:
            found.append(f"{place}: no such clause{_nearest(clause.id, CLAUSES)}")
        if clause.id in seen:
            found.append(f"{place}: stands twice")
        seen.add(clause.id)
        if "en" not in clause.wording:
            found.append(f"{place}: wording in en is missing")
        for number, rule in enumerate(clause.rules, 1):
            if not 0 < rule.at_least <= 1:
                found.append(f"{place}, rule {number}: at_least is a probability above 0, up to 1")
            if rule.review_from is not None and not 0 < rule.review_from < rule.at_least:
                found.append(f"{place}, rule {number}: review_from lies between 0 and at_least")
    found.extend(f"clause {name}: is missing" for name in CLAUSES if name not in seen)
    return found


def lint(policy: Policy, signals: Collection[str], circumstances: Collection[str]) -> tuple[list[str], list[str]]:
    """Checks names against what is installed: (defects, remarks).

    A defect is a name that nobody gives, with the nearest one. A remark is a clause that nothing installed can find.
    """
    defects: list[str] = []
    remarks: list[str] = []
    for clause in policy.clauses:
        given = 0
        for number, rule in enumerate(clause.rules, 1):
            place = f"clause {clause.id}, rule {number}"
            for name in rule.signals:
                if name in signals:
                    given += 1
                else:
                    defects.append(f'{place}: no detector gives the signal "{name}"{_nearest(name, signals)}')
            defects.extend(
                f'{place}: unknown circumstance "{name}"{_nearest(name, circumstances)}'
                for name in (*rule.needs, *rule.unless, *rule.unsure)
                if name not in circumstances
            )
        if not given:
            remarks.append(f"clause {clause.id}: nothing that is installed can find it yet")
    return defects, remarks


def _nearest(name: str, known: Iterable[str]) -> str:
    close: Sequence[str] = difflib.get_close_matches(name, list(known), 1)
    return f"; nearest is {close[0]}" if close else ""
