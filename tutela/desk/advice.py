"""Does this link or message look like a trick, why, and what should one do? Judged and forgotten: nothing is stored."""

from __future__ import annotations

from typing import Literal

from tutela.desk.forms import Advice
from tutela.desk.wording import RIGHT_TO_LEFT, known, words
from tutela.engine import Engine
from tutela.errors import BadRequest
from tutela.model import Decision, Item

MOST_CHARACTERS = 20_000
Verdict = Literal["trick", "careful", "exposes", "nothing_found"]


def advise(engine: Engine, text: str, *, lang: str = "en") -> Advice:
    """Judges a pasted link or message as if a stranger had sent it in private.

    Raises BadRequest (T422) for nothing, or for more than 20,000 characters.
    """
    pasted = text.strip()
    if not pasted or len(pasted) > MOST_CHARACTERS:
        raise BadRequest(f"1 to {MOST_CHARACTERS:,} characters are expected", where="text")
    language = known(lang)
    alone = "://" in pasted and not any(char.isspace() for char in pasted)
    # A message is judged as a private one; what it shows of people is judged as if it were posted.
    item = Item(surface="link" if alone else "dm", text=None if alone else pasted, links=(pasted,) if alone else ())
    decision = engine.check(Item(surface=item.surface, text=item.text, links=item.links, lang=lang or None))
    verdict = _verdict(decision)
    if verdict == "nothing_found" and not alone:
        shown = engine.check(Item(surface="post", text=pasted, lang=lang or None))
        if shown.violates and any(clause.id.startswith("pi.") for clause in shown.clauses):
            decision, verdict = shown, "exposes"
    say = words("advice")[language]
    policy = engine.policy or engine.book.in_force(None)
    reasons = []
    for clause in decision.clauses:
        wording = policy.by_id[clause.id].wording
        spoken = wording.get(language) or wording["en"]
        kinds = dict.fromkeys(entry.kind for entry in decision.evidence if entry.clause == clause.id)
        what = ", ".join(policy.kind_name(kind, language) for kind in list(kinds)[:4])
        reasons.append(spoken.reason.format(what=what or policy.kind_name("other", language)))
    if not reasons and decision.action == "review":
        reasons.append(decision.reason)
    return Advice(
        verdict=verdict,
        title=say[verdict],
        reasons=tuple(reasons),
        steps=tuple(say[f"steps_{verdict}"]),
        evidence=decision.evidence,
        lang=language,
        rtl=language in RIGHT_TO_LEFT,
    )


def _verdict(decision: Decision) -> Verdict:
    if decision.violates and any(
        clause.id.startswith("ps.") or clause.id == "pi.threats" for clause in decision.clauses
    ):
        return "careful" if decision.action == "review" else "trick"
    if decision.violates:
        return "exposes"
    return "careful" if decision.action == "review" else "nothing_found"
