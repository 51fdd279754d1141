"""How is a decision stated to the European Union's transparency database? A record of its schema, checked, without people in it.

Source: the database's own validator and documentation (digital-services-act/transparency-database, version 2 of the
schema, in force since 2025-07-01), after Articles 17 and 24(5) of Regulation (EU) 2022/2065; categories after
Implementing Regulation (EU) 2024/2835. Every field comes from the decision's record. Free text is made from kinds and
counts alone, and our own detectors look at it before it leaves.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime
from typing import Any

from tutela.desk.memory import Memory
from tutela.desk.wording import known
from tutela.engine import Engine
from tutela.errors import BadRequest, Conflict
from tutela.ledger import Tx
from tutela.ledger.chain import moment
from tutela.ledger.fold import Case
from tutela.model import Item
from tutela.policy.form import Policy

VISIBILITY = frozenset(
    f"DECISION_VISIBILITY_{name}"
    for name in (
        "CONTENT_REMOVED", "CONTENT_DISABLED", "CONTENT_DEMOTED", "CONTENT_AGE_RESTRICTED",
        "CONTENT_INTERACTION_RESTRICTED", "CONTENT_LABELLED", "OTHER",
    )
)  # fmt: skip
ACCOUNT = frozenset({"DECISION_ACCOUNT_SUSPENDED", "DECISION_ACCOUNT_TERMINATED"})
GROUNDS = frozenset({"DECISION_GROUND_ILLEGAL_CONTENT", "DECISION_GROUND_INCOMPATIBLE_CONTENT"})
AUTOMATED = frozenset(f"AUTOMATED_DECISION_{name}" for name in ("FULLY", "PARTIALLY", "NOT_AUTOMATED"))
SOURCES = frozenset(
    {"SOURCE_ARTICLE_16", "SOURCE_TRUSTED_FLAGGER", "SOURCE_TYPE_OTHER_NOTIFICATION", "SOURCE_VOLUNTARY"}
)
CONTENT = frozenset(
    f"CONTENT_TYPE_{name}" for name in ("APP", "AUDIO", "IMAGE", "PRODUCT", "SYNTHETIC_MEDIA", "TEXT", "VIDEO", "OTHER")
)
CATEGORIES = frozenset(
    f"STATEMENT_CATEGORY_{name}"
    for name in (
        "ANIMAL_WELFARE", "CONSUMER_INFORMATION", "CYBER_VIOLENCE", "CYBER_VIOLENCE_AGAINST_WOMEN",
        "DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", "ILLEGAL_OR_HARMFUL_SPEECH", "INTELLECTUAL_PROPERTY_INFRINGEMENTS",
        "NEGATIVE_EFFECTS_ON_CIVIC_DISCOURSE_OR_ELECTIONS", "NOT_SPECIFIED_NOTICE", "OTHER_VIOLATION_TC",
        "PROTECTION_OF_MINORS", "RISK_FOR_PUBLIC_SECURITY", "SCAMS_AND_FRAUD", "SELF_HARM",
        "UNSAFE_AND_PROHIBITED_PRODUCTS", "VIOLENCE",
    )
)  # fmt: skip
# The keywords that our clauses use, of the sixty-nine that the database takes.
KEYWORDS = frozenset(
    f"KEYWORD_{name}"
    for name in (
        "MISSING_PROCESSING_GROUND", "IMPERSONATION_ACCOUNT_HIJACKING", "PHISHING", "CYBER_BULLYING_INTIMIDATION",
        "GOODS_SERVICES_NOT_PERMITTED", "INAUTHENTIC_ACCOUNTS", "OTHER",
    )
)  # fmt: skip
TERRITORY = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT", "LU",
    "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip
_PUID = re.compile(r"[A-Za-z0-9_-]{1,500}\Z")
_DATE = re.compile(r"20[0-9]{2}-[01][0-9]-[0-3][0-9]\Z")

# clause -> category, further categories, keywords, and the words for KEYWORD_OTHER. The taxonomy has no keyword for
# doxxing, malware, hacking, trade with access or reverse engineering.
_MAPPING: dict[str, tuple[str, tuple[str, ...], tuple[str, ...], str]] = {
    "pi.contact": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", (), ("MISSING_PROCESSING_GROUND",), ""),
    "pi.financial": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", (), ("MISSING_PROCESSING_GROUND",), ""),
    "pi.credentials": ("OTHER_VIOLATION_TC", ("SCAMS_AND_FRAUD",), ("OTHER",), "credential disclosure"),
    "pi.identity": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", (), ("MISSING_PROCESSING_GROUND",), ""),
    "pi.threats": (
        "CYBER_VIOLENCE",
        ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS",),
        ("CYBER_BULLYING_INTIMIDATION",),
        "",
    ),
    "pi.other": ("DATA_PROTECTION_AND_PRIVACY_VIOLATIONS", (), ("MISSING_PROCESSING_GROUND",), ""),
    "ps.account_access": ("OTHER_VIOLATION_TC", ("SCAMS_AND_FRAUD",), ("GOODS_SERVICES_NOT_PERMITTED",), ""),
    "ps.unauthorized_access": (
        "OTHER_VIOLATION_TC",
        ("SCAMS_AND_FRAUD",),
        ("IMPERSONATION_ACCOUNT_HIJACKING",),
        "",
    ),
    "ps.malware": ("OTHER_VIOLATION_TC", ("SCAMS_AND_FRAUD",), ("OTHER",), "malicious software"),
    "ps.deceptive_collection": ("SCAMS_AND_FRAUD", (), ("PHISHING",), ""),
    "ps.derivative": (
        "OTHER_VIOLATION_TC",
        ("INTELLECTUAL_PROPERTY_INFRINGEMENTS",),
        ("OTHER",),
        "modified or reverse engineered software",
    ),
    "ps.other": ("OTHER_VIOLATION_TC", (), ("OTHER",), "abuse of the platform's security"),
}
_CONTENT_OF = {"image": "IMAGE", "audio": "AUDIO", "video": "VIDEO", "file": "OTHER"}
_RESTRICTED = {
    "remove": "DECISION_VISIBILITY_CONTENT_REMOVED",
    "restrict": "DECISION_VISIBILITY_CONTENT_DEMOTED",
    "redact": "DECISION_VISIBILITY_OTHER",
}
_LIMITS = {
    "decision_visibility_other": 500, "incompatible_content_ground": 500, "incompatible_content_explanation": 2_000,
    "category_specification_other": 500, "content_type_other": 500, "decision_ground_reference_url": 500,
    "decision_facts": 5_000,
}  # fmt: skip


class Statements:
    """Makes and checks statements of reasons."""

    def __init__(self, memory: Memory, *, policy_url: str = "", territory: tuple[str, ...] = TERRITORY) -> None:
        self._memory = memory
        self._policy_url = policy_url
        self._territory = territory

    def of_case(self, case_id: str) -> dict[str, Any]:
        """The statement for the case's decision in force, checked.

        Raises Conflict (T409) where none is due: nothing was restricted, or nobody decided yet.
        """
        return self._memory.read(lambda tx: self._of(tx, self._memory.case(tx, case_id)))

    def batch(self, since: datetime, until: datetime, *, limit: int = 100) -> dict[str, Any]:
        """Statements for cases closed in a period, as one body for the database: at most 100, as it takes them."""
        from tutela.ledger.chain import stamp
        from tutela.ledger.fold import loads

        def job(tx: Tx) -> dict[str, Any]:
            rows = tx.rows(
                "SELECT body FROM cases WHERE state = 'closed' AND violates = 1 AND closed >= ? AND closed < ?"
                f" AND action IN ('remove', 'restrict', 'redact') ORDER BY closed LIMIT {max(1, min(limit, 100))}",
                stamp(since),
                stamp(until),
            )
            return {"statements": [self._of(tx, case) for case in loads(row[0] for row in rows)]}

        return self._memory.read(job)

    def _of(self, tx: Tx, case: Case) -> dict[str, Any]:
        if case.state not in ("closed", "appealed") or not case.violates or case.action not in _RESTRICTED:
            raise Conflict(
                "no statement is due: nothing is restricted by this case", where="case", next_step="warnings need none"
            )
        statement = self.build(case, self._memory.policy_of(case), decisions=self._decisions(tx, case))
        problems = [*defects(statement), *exposures(self._memory.engine, statement)]
        if problems:
            raise BadRequest("; ".join(problems), where="statement of reasons")
        return statement

    def _decisions(self, tx: Tx, case: Case) -> int:
        return int(tx.value("SELECT COUNT(*) FROM rulings WHERE case_id = ? AND role <> 'blind'", case.id))

    def build(self, case: Case, policy: Policy, *, decisions: int) -> dict[str, Any]:
        """The record for a case. `decisions` is how many rulings there were: each is a statement of its own."""
        clause = policy.by_id[case.clause]
        category, further, keywords, other = _MAPPING[case.clause]
        closed = moment(case.closed if case.closed is not None else case.opened)
        posted = moment(case.item_at if case.item_at is not None else case.opened)
        visibility = _RESTRICTED[case.action]
        wording = clause.wording["en"]
        kinds = Counter(entry.kind for entry in case.evidence)
        statement: dict[str, Any] = {
            "puid": f"tut_{case.id}_{decisions}",
            "decision_visibility": [visibility],
            "decision_ground": "DECISION_GROUND_INCOMPATIBLE_CONTENT",
            "incompatible_content_ground": f"Privacy and Security, {clause.id}, version {policy.id}: {wording.title}",
            "incompatible_content_explanation": wording.reason.format(
                what=", ".join(policy.kind_name(kind, "en") for kind in list(kinds)[:4]) or "personal information"
            ),
            "category": f"STATEMENT_CATEGORY_{category}",
            "category_addition": [f"STATEMENT_CATEGORY_{name}" for name in further],
            "category_specification": [f"KEYWORD_{name}" for name in keywords],
            "content_type": self._content(case),
            "content_date": max(posted.date(), date(2000, 1, 1)).isoformat(),
            "application_date": closed.date().isoformat(),
            "territorial_scope": list(self._territory),
            "decision_facts": self._facts(case, policy, kinds),
            "source_type": "SOURCE_VOLUNTARY" if case.source == "engine" else "SOURCE_TYPE_OTHER_NOTIFICATION",
            "automated_detection": "Yes" if case.detected else "No",
            "automated_decision": {
                "fully": "AUTOMATED_DECISION_FULLY",
                "partially": "AUTOMATED_DECISION_PARTIALLY",
                "not": "AUTOMATED_DECISION_NOT_AUTOMATED",
            }[case.automation],
        }
        if visibility == "DECISION_VISIBILITY_OTHER":
            statement["decision_visibility_other"] = "Personal data masked, the rest of the content kept."
        if other:
            statement["category_specification_other"] = other
        if statement["content_type"] == ["CONTENT_TYPE_OTHER"]:
            statement["content_type_other"] = "File"
        if len(case.lang) == 2:
            statement["content_language"] = case.lang.upper()
        if self._policy_url:
            statement["decision_ground_reference_url"] = self._policy_url.format(policy=policy.id)
        return statement

    @staticmethod
    def _content(case: Case) -> list[str]:
        kinds = {_CONTENT_OF[case.surface]} if case.surface in _CONTENT_OF else set()
        for entry in case.evidence:
            part = entry.where.part
            if part.startswith("media/"):
                kinds.add("VIDEO" if entry.where.from_s is not None and entry.where.box else "")
                kinds.add("IMAGE" if entry.where.from_s is None and entry.where.box else "")
                kinds.add("AUDIO" if entry.where.from_s is not None and not entry.where.box else "")
            else:
                kinds.add("TEXT")
        kinds.discard("")
        return sorted(f"CONTENT_TYPE_{kind}" for kind in kinds or {"TEXT"})

    @staticmethod
    def _facts(case: Case, policy: Policy, kinds: Counter[str]) -> str:
        found = ", ".join(f"{count} × {policy.kind_name(kind, known('en'))}" for kind, count in sorted(kinds.items()))
        how = "found by automated means" if case.detected else "notified to us"
        who = {
            "fully": "decided by automated means",
            "partially": "decided by a person after an automated finding",
            "not": "decided by a person",
        }[case.automation]
        return f"Content of type {case.surface}, {how} and {who}. Found: {found or 'as described in the ground'}."


def defects(statement: dict[str, Any]) -> list[str]:
    """What the database's validator would refuse, as field and reason; empty when nothing."""
    found: list[str] = []

    def among(name: str, allowed: frozenset[str]) -> None:
        value = statement.get(name)
        values = value if isinstance(value, list) else [value]
        found.extend(f"{name}: {entry!r} is not known" for entry in values if entry not in allowed)

    required = (
        "puid", "decision_ground", "category", "content_type", "content_date", "application_date", "decision_facts",
        "source_type", "automated_detection", "automated_decision",
    )  # fmt: skip
    found.extend(f"{name}: is missing" for name in required if not statement.get(name))
    if not any(statement.get(f"decision_{name}") for name in ("visibility", "monetary", "provision", "account")):
        found.append("decision_visibility: one restriction at least is needed")
    if statement.get("decision_visibility") is not None:
        among("decision_visibility", VISIBILITY)
    if statement.get("decision_account") is not None:
        among("decision_account", ACCOUNT)
    among("decision_ground", GROUNDS)
    among("category", CATEGORIES)
    among("source_type", SOURCES)
    among("automated_decision", AUTOMATED)
    among("content_type", CONTENT)
    for name, allowed in (("category_addition", CATEGORIES), ("category_specification", KEYWORDS)):
        found.extend(f"{name}: {entry!r} is not known" for entry in statement.get(name, ()) if entry not in allowed)
    found.extend(
        f"territorial_scope: {entry!r} is not known"
        for entry in statement.get("territorial_scope", ())
        if entry not in TERRITORY
    )
    if statement.get("automated_detection") not in ("Yes", "No"):
        found.append("automated_detection: Yes or No is expected")
    if not _PUID.match(str(statement.get("puid", ""))):
        found.append("puid: up to 500 of A-Z a-z 0-9 _ - are expected")
    for name in ("content_date", "application_date"):
        value = str(statement.get(name, ""))
        first = "2000-01-01" if name == "content_date" else "2020-01-01"
        if not _DATE.match(value) or not first <= value <= "2038-01-01":
            found.append(f"{name}: a day from {first} to 2038-01-01 is expected")
    found.extend(
        f"{name}: at most {limit} characters are expected"
        for name, limit in _LIMITS.items()
        if len(str(statement.get(name, ""))) > limit
    )
    if "DECISION_VISIBILITY_OTHER" in statement.get("decision_visibility", ()) and not statement.get(
        "decision_visibility_other"
    ):
        found.append("decision_visibility_other: is needed with OTHER")
    if "CONTENT_TYPE_OTHER" in statement.get("content_type", ()) and not statement.get("content_type_other"):
        found.append("content_type_other: is needed with OTHER")
    if statement.get("decision_ground") == "DECISION_GROUND_INCOMPATIBLE_CONTENT":
        found.extend(
            f"{name}: is needed with this ground"
            for name in ("incompatible_content_ground", "incompatible_content_explanation")
            if not statement.get(name)
        )
    return found


def exposures(engine: Engine, statement: dict[str, Any]) -> list[str]:
    """Free text in which our own detectors see personal data: the field and the kind, never the value."""
    found: list[str] = []
    for name in (*_LIMITS, "source_identity"):
        text = statement.get(name)
        if not isinstance(text, str) or not text or name.endswith("_url"):
            continue
        decision = engine.check(Item(text=text, surface="post"))
        kinds = sorted({entry.kind for entry in decision.evidence})
        if kinds and (decision.violates or decision.action == "review"):
            found.append(f"{name}: holds what looks like a {', '.join(kinds)}")
    return found
