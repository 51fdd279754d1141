"""Circumstances of one signal: is it public, a sample, masked, its writer's own, shown in private, part of a hunt?

A circumstance is yes, no, or unknown (not in the answer). Each is computed from what stands around the signal, from
the marks its detector gave it, from the author's account and from the platform's profile; none from the policy.
"""

from __future__ import annotations

from collections.abc import Iterable

from tutela.context.scene import Scene
from tutela.model import Signal
from tutela.scan.words import Cue

# Marks that detectors give and that policies may use by the same name.
FROM_MARKS = frozenset(
    ("masked", "partial", "organisation", "guest", "game", "game_code", "coupon", "advice", "demo", "coarse", "weak",
     "cue", "checked", "home", "specimen", "blank", "official", "parody", "toll_free", "short_code", "reserved",
     "in_link")
)  # fmt: skip
_SAMPLE_MARKS = frozenset(("sample", "specimen", "placeholder", "fiction", "blank", "demo"))
_PUBLIC_MARKS = frozenset(("toll_free", "shared_cost", "premium", "short_code", "organisation", "service"))
# How much a word of the group speaks for a public or for a personal contact, when it stands beside the value.
_PUBLIC = {
    "public.place": 1.0,
    "public.office": 1.3,
    "public.helpline": 1.6,
    "public.listing": 1.1,
    "public.event": 0.9,
    "public.hours": 1.3,
    "public.us": 1.4,
    "public.receipt": 1.1,
}
_PERSONAL = {"personal.own": 1.5, "personal.third": 1.6, "personal.mine": 0.8}
# An account is public when it is there to receive: banks and branches stand beside every account.
_RECEIVING = {"public.charity": 1.3, "public.receipt": 0.9}
_ACCOUNTS = frozenset(("iban", "bank_account", "routing"))
# The word that stands closest to the value says most about it.
_NEAREST = 0.5
_NEAR, _FAR = 70, 260
_HUNT = frozenset(
    f"intent.{name}"
    for name in (
        "call_to_find",
        "call_to_post",
        "hostile_locate",
        "threaten_expose",
        "praise_doxxing",
        "swatting",
        "blackmail",
    )
)
# Kinds whose meaning does not change with who may be called or visited there.
_CONTACTS = frozenset(("phone", "address", "geo", "email", "iban", "bank_account", "routing", "ip", "plate"))
_IN_A_ROW = frozenset(("phone", "address", "email"))
_ROW_GAP, _MOST_IN_A_ROW = 60, 24
# Values whose exposure is what such a text is about: words of intent round them count only when they are plain.
_EXPOSED = frozenset(
    ("phone", "card", "card_security", "iban", "bank_account", "wallet_secret", "username", "password", "one_time_code",
     "token", "private_key", "national_id", "ssn", "tax_id", "passport", "driving_licence", "health_id", "mrz")
)  # fmt: skip
_QUIET_LINKS = frozenset(("link.official", "link.shortener"))
# Values with a form of their own, which people explain by showing one.
_FORMATTED = frozenset(
    (
        "card",
        "iban",
        "bank_account",
        "national_id",
        "ssn",
        "tax_id",
        "passport",
        "driving_licence",
        "health_id",
        "token",
        "mrz",
    )
)

NAMES = FROM_MARKS | frozenset(
    (
        "public_contact", "documented_sample", "own_contact", "third_party", "no_context", "hostile_call",
        "organisation_account", "official_account", "official_links", "defanged_links", "exposes_value", "in_private",
    )
)  # fmt: skip


def circumstances(scene: Scene, signal: Signal) -> dict[str, bool]:
    """What is known about the surroundings of `signal`. Unknown circumstances are left out."""
    known = dict.fromkeys(signal.marks & FROM_MARKS, True)
    account = scene.item.author.account if scene.item.author else None
    if account is not None:
        known["organisation_account"] = account in ("business", "official")
        known["official_account"] = account == "official"
    known["in_private"] = scene.item.seen_by() == "private"
    if signal.marks & _SAMPLE_MARKS:
        known["documented_sample"] = True
    if any(other.name in _HUNT and other.confidence >= 0.5 for other in scene.signals):
        known["hostile_call"] = True
    if signal.name.startswith("intent."):
        known.update(_around_intent(scene))
        return known
    cues = _cues(scene, signal)
    near = {cue.group for cue, gap in cues if gap <= _NEAR}
    if signal.kind in _FORMATTED and _beside(cues, "example.format", 40):
        known["documented_sample"] = True
    whose = min((gap, cue.group) for cue, gap in cues if cue.group in _PERSONAL) if near & set(_PERSONAL) else None
    if whose is not None:
        known["third_party"] = whose[1] == "personal.third"
        known["own_contact"] = whose[1] in ("personal.own", "personal.mine")
    if any(group == "hostile.call" for group in (cue.group for cue, _ in cues)):
        known.setdefault("hostile_call", True)
    if signal.kind in _CONTACTS:
        groups = _RECEIVING if signal.kind in _ACCOUNTS else _PUBLIC
        nearest = min(
            ((gap, cue.group) for cue, gap in cues if cue.group in groups or cue.group in _PERSONAL), default=None
        )
        public = _weight(cues, groups) + (0.3 if scene.item.surface == "listing" else 0.0)
        # Who is set on somebody is not told a public address.
        personal = _weight(cues, _PERSONAL) + (1.0 if known.get("hostile_call") else 0.0)
        if nearest is not None and nearest[1] in groups:
            public += _NEAREST
        elif nearest is not None:
            personal += _NEAREST
        if (
            _on_profile(scene, signal)
            or (signal.marks & _PUBLIC_MARKS and not personal)
            or (public >= 1.3 and public > personal)
        ):
            known["public_contact"] = True
        elif personal > public:
            known["public_contact"] = False
        if not cues and "cue" not in signal.marks and _nothing_else(scene, signal):
            known["no_context"] = True
    return known


def _around_intent(scene: Scene) -> dict[str, bool]:
    """What links and names beside it say of a text that seems to push or to pose."""
    names = {signal.name for signal in scene.signals if signal.confidence >= 0.5}
    known: dict[str, bool] = {}
    if any(s.kind in _EXPOSED and s.confidence >= 0.4 for s in scene.signals):
        known["exposes_value"] = True
    if "link.official" in names:
        known["official_links"] = not any(name.startswith("link.") and name not in _QUIET_LINKS for name in names)
    elif any("defanged" in signal.marks for signal in scene.signals if signal.kind == "link"):
        known["defanged_links"] = True
    if "name.official" in names:
        known["official_account"] = True
    if "name.parody" in names:
        known["parody"] = True
    return known


def _cues(scene: Scene, signal: Signal) -> list[tuple[Cue, int]]:
    """Words around the signal with their distance in code points; words of the thread count as far ones."""
    view = scene.views.get(signal.part)
    found: list[tuple[Cue, int]] = []
    if view is not None:
        start, end = _block(scene, signal)
        for cue in view.cues(start - _FAR, end + _FAR):
            # A word inside the value belongs to it.
            if cue.start < signal.end and cue.end > signal.start:
                continue
            gap = start - cue.end if cue.end <= start else cue.start - end
            found.append((cue, max(gap, 0)))
        for number, message in enumerate(reversed(scene.item.thread[-4:])):
            found.extend((cue, _NEAR + 1 + number) for cue in view.words_in(message.text[:2000]))
    return found


def _block(scene: Scene, signal: Signal) -> tuple[int, int]:
    """The contact block the signal stands in: an address, a phone and an e-mail in a row speak of one place."""
    start, end = signal.start, signal.end
    if signal.kind not in _IN_A_ROW:
        return start, end
    others = [s for s in scene.signals if s.kind in _IN_A_ROW and s.part == signal.part and s is not signal]
    if len(others) > _MOST_IN_A_ROW:
        return start, end
    for other in sorted(others, key=lambda s: abs(s.start - signal.start)):
        if (
            other.start - end <= _ROW_GAP
            and start - other.end <= _ROW_GAP
            and max(end, other.end) - min(start, other.start) < 400
        ):
            start, end = min(start, other.start), max(end, other.end)
    return start, end


def _weight(cues: Iterable[tuple[Cue, int]], groups: dict[str, float]) -> float:
    best: dict[str, float] = {}
    for cue, gap in cues:
        weight = groups.get(cue.group)
        if weight is not None:
            best[cue.group] = max(best.get(cue.group, 0.0), weight if gap <= _NEAR else weight * 0.6)
    return sum(best.values())


def _beside(cues: Iterable[tuple[Cue, int]], group: str, most: int) -> bool:
    return any(cue.group == group and gap <= most for cue, gap in cues)


def _nothing_else(scene: Scene, signal: Signal) -> bool:
    """True when hardly a word stands beside the value: nobody could tell whose it is."""
    view = scene.views.get(signal.part)
    text = view.text if view is not None else ""
    rest = text[: signal.start] + text[signal.end :]
    return sum(char.isalpha() for char in rest[:200]) < 4 and not scene.item.thread


def _on_profile(scene: Scene, signal: Signal) -> bool:
    """True when the value is one that the platform's profile lists as public."""
    profile = scene.platform
    for contacts in (profile.public_contacts, profile.support):
        if signal.kind == "phone" and any(_digits(phone) == _digits(signal.value) for phone in contacts.phones):
            return True
        if signal.kind == "email" and signal.value.lower() in (address.lower() for address in contacts.emails):
            return True
        if signal.kind == "address" and any(_plain(signal.value) in _plain(address) for address in contacts.addresses):
            return True
    return False


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum())
