"""Is this the name of a street, or are these everyday words?"""

from __future__ import annotations

import re
from typing import Any

from tutela.detectors.address.forms import MEDIUM_KINDS, STRONG_KINDS, Family


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never a part of a street's name, in whatever case: "5 minute drive", "2 way street", "the 3 of us walk".
NEVER = _words(
    """
    a an to in at for and or but if is are was were be been being am this that these those it its it's my your his
    her their our i i'm you he she we they me him us them who what which when where why how not no yes so too very
    just only more most less least much many few some any all each every other another than then there here from
    with without into onto about after before during between through again once minute minutes min mins hour hours
    hr hrs seconds day days week weeks month months wheel wheels wheeler sec secs mile miles km kms kilometer
    kilometers kilometre kilometres meter meters metre metres feet foot ft inch inches yard yards pound pounds lb
    lbs kg dollar dollars buck bucks cent cents percent people person persons guys kids times ways best worst
    closures seat seater doors players games goals goal wins losses hits vs amp gt lt can will would should could
    do does did don't get got have has had go going goes went make made like likes love want need know think say
    said see saw take took come came live lives lived step steps per cc hp gb mb tb mph kph rpm bedroom bedrooms
    bed bath car cars bus buses stop stops piece pieces pack set sets year years yr yrs old-fashioned billion
    million thousand hundred dozen k am pm on off up down out over under because while since until though still
    also even ever never now ago later together away back home long short ton tons
    """
)
# No part of it in lower case, while "12 New Street" and "5 Great Hill Road" are.
_SELDOM = _words(
    """
    of the new old first second third last next top big great good bad small little man men woman women guy kid
    star stars level point points game win loss run hit year time way door player round part half full free real
    single double one two three four five six seven eight nine ten dirt dead main-stream wide different people's
    black white red blue green high low hard easy open closed left right side main lane way-out team teams season
    seasons episode episodes page pages word words line lines song songs movie movies book books dog dogs cat cats
    friend friends girl girls boy boys car food places city cities state states country countries church school
    schools house houses
    """
)
_PARTICLES = _words(
    """
    de la le du des van der den von of the and y e di da do dos das del los las el al st
    """
)
YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}")
EVERYDAY = _words(
    """
    place pl. cours square passage route rte côte cité voie clos ch. via largo plaza ronda camino strada plac str.
    """
)
_GENERIC = _words(
    """
    auf im in am der die das den dem ein eine einen mein dein sein ihr unser nach von zu bis und oder platz weg
    kein jeder dieser de het een op naar van en la el un una il lo di da do na no em o os as le les ce cette par
    sur vers ini itu yang di ke dari dan ada va ve bir bu şu için ile kadar по на в и с к до из от за не что это
    plus moins fois 버스 차 지하철 그 이 فى في من على الى إلى هذا هذه
    """
)
_BY = _words(
    """
    am an im in zum zur auf unter hinter vor beim alte alter altes neue neuer große kleine
    """
)
_CJK_FOREWORD = {
    "chinese": re.compile(r".*(?:住在|住|地址|家在|就在|在|搬到|寄到|送到|到|去|是|来|址)"),
    "japanese": re.compile(r".*(?:[はをがにへ]|住所|自宅|実家|から)"),
}


def foreword_size(family: Family, name: str) -> int:
    """How much in front of a street's name belongs to the sentence: "I'm at Lindenallee", "他住在建国路"."""
    if family in _CJK_FOREWORD:
        match = _CJK_FOREWORD[family].match(name)
        return match.end() if match else 0
    if family not in ("germanic", "turkish", "slavic"):
        return 0
    words = [(word.start(), word.group()) for word in re.finditer(r"[^ ]+", name)]
    first = len(words) - 1
    if family == "germanic" and len(words) > 1 and words[0][1].lower() in _BY:
        return 0
    while first > 0:
        word = words[first - 1][1]
        if not word[:1].isupper() or "'" in word or "’" in word or word.lower().strip(".,") in _GENERIC | NEVER:
            break
        first -= 1
    return words[first][0] if words else 0


def later_number(name: str) -> tuple[int, str, str] | None:
    """For "8 1122 Tara Loop": where the house number really begins in the name, it, and the rest."""
    found = None
    for match in re.finditer(r"[0-9]+[A-Za-z]?(?=[ ,])", name):
        found = match
    if found is None or not name[found.end() :].strip(" ,"):
        return None
    return found.start(), found.group(), name[found.end() :].lstrip(" ,")


def judge_english(number: str, name: str, kind: str, sure: float) -> tuple[float, str] | None:
    """Probability of an English form by its words, and how it is named: `titled`, `lower` or `bare` (everyday words)."""
    tokens = [token.strip(".,'’\"").lower() for token in name.split()]
    kind_low = kind.rstrip(".").lower()
    if any(token in NEVER or (token.isdigit() and not sure) for token in tokens) or not any(
        char.isalpha() for char in name
    ):
        return None
    words = [token.strip(".,") for token in name.split()]
    shouting = name.isupper() and kind.isupper() and len(name) > 3
    titled = all(word[:1].isupper() or word[:1].isdigit() or word.lower() in _PARTICLES for word in words)
    capital = kind[:1].isupper()
    if not (titled and words and words[0][:1].isupper()) and not tokens[0][:1].isdigit():
        if any(token in _SELDOM or token.endswith("est") for token in tokens):
            plain = [token for token in tokens if token not in _SELDOM and not token.endswith("est")]
            return (0.05, "bare") if plain and kind_low in STRONG_KINDS else None
        titled = False
    if titled and not capital and any(token in _SELDOM for token in tokens):
        return None
    empty = all(token in _SELDOM or token in _PARTICLES for token in tokens)
    if (
        empty
        and not (titled and capital and words[0][:1].isupper())
        and kind_low not in STRONG_KINDS
        and sure == 0.0
        and tokens != ["the"]
    ):
        return None
    year = YEAR.fullmatch(number) is not None
    if sure:
        return (sure if capital or not kind else 0.4), "titled"
    strength = 2 if kind_low in STRONG_KINDS else 1 if kind_low in MEDIUM_KINDS else 0
    if titled and capital and not shouting:
        level = (0.5, 0.68, 0.88)[strength]
        if empty and strength < 2:
            return 0.3, "titled"
        return (min(level, 0.5) if year else level), "titled"
    if shouting:
        # In capitals throughout, as on documents and receipts: nothing tells a name from a word.
        return (0.2, 0.5, 0.7)[strength], "titled" if strength else "lower"
    if titled:
        return (0.2, 0.45, 0.7)[strength], "titled" if strength else "lower"
    if strength == 2:
        return (0.3 if year else 0.5), "lower"
    return (0.35, "lower") if strength == 1 and len(tokens) <= 2 else (0.05, "bare")


def is_named(family: Family, name: str, match: Any) -> bool:
    """False where the street's name is no name: "auf Platz 3", "via 2", "버스로 10"."""
    words = [word.strip(".,'’-").lower() for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return False
    if family == "germanic":
        kind = match.group("kind").lower() if "kind" in match.re.groupindex and match.group("kind") else ""
        if not kind:
            return True
        glued = not name.endswith((" ", "-"))
        own = words[-1]
        if glued:
            return len(own) >= 3 and own not in _GENERIC
        return own not in _GENERIC and name.strip()[:1].isupper() and kind in {
            "straße", "strasse", "str", "str.", "weg", "allee", "platz", "gasse", "ring", "damm", "ufer", "chaussee",
            "promenade", "markt", "graben", "berg", "hof", "plein", "laan", "straat", "wall", "tor", "park",
        }  # fmt: skip
    if family in ("romance", "french"):
        return (
            any(word not in _GENERIC and len(word) > 2 for word in words) or words[-1].isdigit() or len(words[-1]) >= 2
        )
    if family == "korean":
        return words[-1] not in _GENERIC and len(name.strip()) >= 2
    if family in ("japanese", "chinese"):
        return len(name) >= 2
    return any(word not in _GENERIC for word in words)
