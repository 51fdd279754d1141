"""Which words open the gate? Hand-written word classes, thinned by what they cost, plus what training positives still need.

Writes `tutela/intent/gates.toml`. The cost of a word is the share of ordinary posts that hold it.
"""

from __future__ import annotations

import heapq
import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from training.intent.encoder import plain
from training.intent.examples import Example
from tutela.intent.folding import fold, unspaced
from tutela.scan.onepass import OnePass, Row

WORDS = Path(__file__).parent / "gate_words.toml"
# A word that more ordinary posts than this hold opens the gate only beside another one.
_COMMON = 0.004
# The same for words of other languages that happen to begin English ones.
_COMMON_ELSEWHERE = 0.0008
_NEAR = 40
_TOPICAL = {"report_or_fear", "warning_education", "genuine_notice", "own_account_help", "news"}
_COVER = 3
_WORST_GAIN = 300.0
_STRUCTURE = (
    ("link", r"https?:|hxxp|\w\.(?:example|test|invalid|apk|exe|zip|scr|com/|app/|net/|org/|ru/|cn/|link/|site|online|top/|shop/|xyz|info/)|\(dot\)|\[\.\]"),
    ("price", r"(?:[$€£¥₹₽₺]\s?\d)|\d\s?(?:[$€£¥₹₽₺]|usd|eur|btc|bucks|dollar|euro|gbp|usdt|rs\b|руб|р\b|元|块|円|원|만원|đ\b|tl\b|zł|reais|rb\b|jt\b)|\b\d+k\b|\bk \d"),
    ("sign", r"🔓|🔑|🔐|💸|💰|💵|🤑|👁|🐴|📇|📱|🍪|🏠|📍|🆔|💳|🏆|🔨|☠|⏳|🕵|🛒|✔|✅|➡|⬇|👇|🔥\W{0,3}🔥"),
)  # fmt: skip


def patterns(examples: Sequence[Example], ordinary: Sequence[Example]) -> list[tuple[str, str]]:
    """(id, expression) for the one pass, caseless. `examples` are those that may be learned from."""
    table = tomllib.loads(WORDS.read_text("utf-8"))
    held = Counter(stem for post in ordinary for stem in _stems(post.text))
    low = [post.text.lower() for post in ordinary]
    rows: list[tuple[str, str]] = list(_STRUCTURE)
    alone, near_things, near_deeds = [], table["en"]["things"].split(), table["en"]["deeds"].split()
    for word in sorted(set(table["en"]["alone"].split())):
        rate = _rate(_bounded(word), low)
        if rate <= _COMMON:
            alone.append(word)
    rows.append(("en.alone", _any(alone)))
    things, deeds = (
        _any(sorted(set(near_things) - set(alone)), whole=True),
        _any(sorted(set(near_deeds) - set(alone)), whole=True),
    )
    rows.append(("en.near", rf"{things}.{{1,{_NEAR}}}{deeds}"))
    rows.append(("en.near", rf"{deeds}.{{1,{_NEAR}}}{things}"))
    for lang, classes in table.items():
        if lang == "en":
            continue
        words = sorted(set(classes["alone"].split()))
        kept = [w for w in words if not w.isascii() or (len(w) > 1 and _rate(_bounded(w), low) <= _COMMON_ELSEWHERE)]
        rows.append((f"{lang}.alone", _any(kept)))
    wanted = [e for e in examples if e.violates and not e.thread]
    missed = [e for e, seen in zip(wanted, passes(rows, [plain(e.text) for e in wanted]), strict=True) if not seen]
    print(f"gate: hand-written classes miss {len(missed)} of {len(wanted)} positives")
    # Reports and warnings name the same things as the deeds: they teach the gate words that no violating line has yet.
    alike = [e for e in examples if not e.thread and _TOPICAL & set(e.counters)]
    missed += [e for e, seen in zip(alike, passes(rows, [plain(e.text) for e in alike]), strict=True) if not seen]
    learned = _cover(missed, held, len(ordinary))
    if learned:
        rows.append(("learned", _any(sorted(word for word in learned if not word.endswith("*")), whole=True)))
        beginnings = sorted(word[:-1] for word in learned if word.endswith("*"))
        if beginnings:
            rows.append(("learned", _any(beginnings)))
    return rows


def write(rows: Iterable[tuple[str, str]], path: Path) -> None:
    """The rows as TOML literal strings."""
    lines = [
        "# Built by `python -m training.intent` from training/intent/gate_words.toml and the training part of the corpus.",
        "",
    ]
    for name, regex in rows:
        lines += ["[[gate]]", f'id = "{name}"', f"regex = '''{regex}'''", f'flags = "{flags_of(regex)}"', ""]
    path.write_text("\n".join(lines), "utf-8")


def flags_of(regex: str) -> str:
    """Caseless; UTF-8 only where there are letters beyond ASCII: counted gaps between long lists grow too large in it."""
    return "i" if regex.isascii() else "iu"


def passes(rows: Iterable[tuple[str, str]], texts: Sequence[str]) -> list[bool]:
    """Whether each text opens the gate in the product's one pass."""
    found = OnePass(Row("intent", name, regex, flags_of(regex)) for name, regex in rows).scan(texts)
    return [number in found for number in range(len(texts))]


def _cover(missed: Sequence[Example], held: Counter[str], posts: int) -> set[str]:
    """Words that between them stand in every missed example twice, the cheapest first."""
    stems = [_stems(e.text) for e in missed]
    of: dict[str, list[int]] = defaultdict(list)
    for number, words in enumerate(stems):
        for word in words:
            of[word].append(number)
    need = [_COVER] * len(stems)
    chosen: set[str] = set()
    cost = {word: held[word] / posts + 0.0001 for word in of if held[word] / posts <= 0.01}
    # A gain only falls as words are chosen, so that the heap's best is best when its gain is still what it was.
    heap = [(-len(of[word]) / price, word) for word, price in cost.items()]
    heapq.heapify(heap)
    while heap:
        before, word = heapq.heappop(heap)
        gain = sum(need[n] > 0 for n in of[word]) / cost[word]
        if gain < _WORST_GAIN:
            continue
        if gain < -before:
            heapq.heappush(heap, (-gain, word))
            continue
        chosen.add(word)
        for number in of[word]:
            need[number] -= need[number] > 0
    return chosen


def _stems(text: str) -> set[str]:
    found = set()
    for token in fold(text):
        word = token.word
        if unspaced(word):
            found |= {word[n : n + size] for n in range(len(word)) for size in (2, 3) if n + size <= len(word)}
        elif len(word) > 2 and word[0].isalpha():
            found.add(word)
            found |= {f"{word[:size]}*" for size in (5, 6, 7) if len(word) > size}
    return found


def _rate(regex: str, low: Sequence[str]) -> float:
    pattern = re.compile(regex)
    return sum(pattern.search(text) is not None for text in low) / len(low)


def _bounded(word: str, *, whole: bool = False) -> str:
    # The matcher's \b is ASCII's: beside other letters none is asked for. Words of up to three letters stand whole.
    left = r"\b" if word[0].isascii() and word[0].isalnum() else ""
    right = r"\b" if word.isascii() and word[-1].isalnum() and (whole or len(word) <= 3) else ""
    return left + re.escape(word) + right


def _any(words: Iterable[str], *, whole: bool = False) -> str:
    return "(?:" + "|".join(_bounded(word, whole=whole) for word in words) + ")"
