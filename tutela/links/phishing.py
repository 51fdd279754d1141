"""How probably is an address one of a phishing page? A small trained model over the address alone, calibrated."""

from __future__ import annotations

import hashlib
import math
import re
import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from tutela.errors import MissingWeights
from tutela.links import domains
from tutela.links.address import Address
from tutela.links.lookalike import words

WEIGHTS = Path(__file__).parent / "weights" / "phishing.npz"
# SHA-256 of the weights the product ships; `training/links` writes it anew together with them.
DIGEST = WEIGHTS.with_suffix(".sha256")
BUCKETS = 1 << 15
_LONGEST = 200
_TOKENS = re.compile(r"[a-z0-9]+")
_RANDOM = re.compile(r"(?:[0-9][a-z]|[a-z][0-9])")
_CONSONANTS = re.compile(r"[bcdfghjklmnpqrstvwxz]+")
_HEX = re.compile(r"[0-9a-f]{12,}")
_LONG = re.compile(r"[A-Za-z0-9_\-]{24,}")
_EMAIL = re.compile(r"[\w.+\-]+(?:@|%40)[\w\-]+\.")
_HACKED = (
    "wp-content",
    "wp-includes",
    "wp-admin",
    "/components/",
    "/modules/",
    "/plugins/",
    "/images/",
    "/tmp/",
    "/cgi-bin",
    "/.well-known",
    "/css/",
    "/js/",
    "/includes/",
    "/administrator/",
)
_FORUM = ("cmd=", "dispatch=", "session", "token=", "userid", "login=", "email=", "redirect", "client_id", "webscr")
_ORDINARY = frozenset((
    "about", "api", "archive", "article", "articles", "blog", "book", "books", "category", "community", "course", "courses", "doc", "docs", "documentation", "download", "downloads", "en", "faq",
    "features", "guide", "guides", "help", "hc", "kb", "learn", "list", "news", "page", "pages", "post", "posts", "product", "products", "project", "projects", "questions", "reference",
    "research", "settings", "story", "tag", "topic", "topics", "tutorial", "tutorials", "user", "watch", "wiki",
))  # fmt: skip


def probability(address: Address) -> float:
    """Probability, 0.0 to 1.0, that the address belongs to a phishing page.

    Calibrated on sites it was not trained on, for a stream in which one link in twenty is phishing (`docs/links.md`).
    Raises MissingWeights (T208).
    """
    model = _model()
    values = features(address)
    values.append(model.grams(grams(address)))
    return model.calibrated(model.forest(values))


def grams(address: Address) -> list[int]:
    """Buckets of the address's character 3- and 4-grams, host and path apart."""
    host = f"^{(address.ip and '0.0.0.0') or address.host[-80:]}$".encode("utf-8", "surrogatepass")
    path = f"/{address.path[1:120]}?{address.query[:60]}$".lower().encode("utf-8", "surrogatepass")
    crc = zlib.crc32
    mask = BUCKETS - 1
    found = {crc(host[at : at + 3]) & mask for at in range(len(host) - 2)}
    found.update([crc(host[at : at + 4]) & mask for at in range(len(host) - 3)])
    found.update([crc(path[at : at + 4], 7) & mask for at in range(len(path) - 3)])
    return sorted(found)


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str], frozenset[str], frozenset[str], frozenset[str]]:
    lists = words()
    brands = frozenset(lists["brands"])
    long_brands = sorted((brand for brand in brands if len(brand) >= 5), key=len, reverse=True)
    trust = sorted((word for word in lists["trust"] if len(word) >= 5), key=len, reverse=True)
    return (
        brands, re.compile("|".join(long_brands)), re.compile("|".join(trust)), lists["trust"], lists["page"], lists["cheap"],
    )  # fmt: skip


def features(address: Address) -> list[float]:
    """What the model looks at, but for the character grams; the order is the weights'."""
    brands, brand_inside, trust_inside, trust, page, cheap = _lists()
    parts = address.parts
    label, sub, suffix = (parts.label, parts.sub, parts.suffix) if parts else ("", "", "")
    host, path, query = (
        address.host or address.ip,
        address.path[: _LONGEST * 2].lower(),
        address.query[: _LONGEST * 2].lower(),
    )
    site_uses = domains.uses(host) if address.host else frozenset()
    popular = bool(parts and domains.popular(parts.site))
    if sub == "www":
        sub = ""
    segments = [piece for piece in path.split("/") if piece]
    last = segments[-1] if segments else ""
    stem, dot, ending = last.rpartition(".")
    ending = ending if dot and len(ending) <= 5 else ""
    host_words = _TOKENS.findall(f"{sub}.{label}")
    path_words = _TOKENS.findall(path)
    ends = suffix.rpartition(".")[2]
    strange = not popular
    own = f"{sub}.{label}"
    return [
        min(len(host), 100), min(len(path), 200), min(len(query), 200), len(segments), sub.count(".") + bool(sub), min(len(sub), 60),
        len(label), label.count("-"), sub.count("-"), sum(map(str.isdigit, label)), sum(map(str.isdigit, sub)),
        sum(map(str.isdigit, path)) / (len(path) + 1), len(_RANDOM.findall(label)), max(map(len, _CONSONANTS.findall(label)), default=0),
        _model_free_entropy(label), len(_RANDOM.findall(sub)), float(bool(parts and parts.hosted)), float(bool(address.ip)), float(popular),
        float("open" in site_uses), float("shortener" in site_uses or "bio" in site_uses), float("bank" in site_uses),
        float(ends in cheap), float(ends == "com"), float(ends in ("org", "net", "io", "dev")), float(ends in ("edu", "gov", "mil") or suffix.startswith(("ac.", "gov.", "edu."))),
        float(len(ends) == 2), float(address.punycode or not host.isascii()), float(address.port is not None), float(bool(address.user)),
        strange * sum(word in brands for word in host_words), strange * len(brand_inside.findall(own)), strange * sum(word in brands for word in path_words[:20]),
        sum(word in trust for word in host_words), len(trust_inside.findall(own)), sum(word in trust for word in path_words[:20]),
        sum(word in page or piece_stem in page for word, piece_stem in ((segment, segment.partition(".")[0]) for segment in segments[:10])),
        sum(word in _ORDINARY for word in path_words[:20]), float(ending == "php"), float(ending in ("html", "htm")), float(ending in ("asp", "aspx", "jsp", "cgi", "do")),
        float(any(word in path for word in _HACKED)), float(any(word in query or word in path for word in _FORUM)), query.count("="), float("//" in path), float("~" in path),
        path.count("%") + query.count("%"), float(bool(_HEX.search(path))), float(bool(_HEX.search(query))), float(bool(_LONG.search(address.path))), float(bool(_EMAIL.search(query + address.fragment))),
        path.count("-") / (len(segments) + 1), path.count("_"), max(map(len, path_words), default=0), float(not segments and not query), float(path.endswith("/") and len(segments) > 0),
        float(stem in ("index", "login", "home", "default")), float(host.startswith("www.")), float(bool(address.fragment)), float(label in brands or domains.popular_endings(label) > 1),
        len(host_words), max(map(len, host_words), default=0), float(len(segments) == 1 and not ending), sum(word.isdigit() for word in path_words[:20]),
    ]  # fmt: skip


def _model_free_entropy(text: str) -> float:
    size = len(text)
    if size < 2:
        return 0.0
    return -sum((count / size) * math.log2(count / size) for count in map(text.count, sorted(set(text))))


def _tree(columns: list[list[Any]], node: int) -> Any:
    """A tree as nested tuples (column, limit, left, right) with numbers for leaves: walking it is what costs most."""
    feature, limit, left, right, value = (column[node] for column in columns)
    if feature < 0:
        return value
    return (feature, limit, _tree(columns, left), _tree(columns, right))


class _Model:
    """The weights: a linear layer over grams, a forest over features, and the calibration."""

    def __init__(self, stored: Any) -> None:
        self._grams = stored["grams"].astype("float32") * float(stored["gram_scale"])
        self._gram_bias = float(stored["gram_bias"])
        columns = [stored[name].tolist() for name in ("feature", "limit", "left", "right", "value")]
        self._trees = tuple(_tree(columns, root) for root in stored["roots"].tolist())
        self._bias = float(stored["bias"])
        self._slope, self._offset = (float(number) for number in stored["calibration"])

    def grams(self, buckets: list[int]) -> float:
        """The linear layer's log-odds, by the root of how many grams there are: long addresses weigh no more."""
        return float(self._grams[buckets].sum()) / math.sqrt(len(buckets) + 1) + self._gram_bias

    def forest(self, values: list[float]) -> float:
        total = self._bias
        for node in self._trees:
            while type(node) is tuple:
                column, limit, left, right = node
                node = left if values[column] <= limit else right
            total += node
        return total

    def calibrated(self, odds: float) -> float:
        return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, self._slope * odds + self._offset))))


@lru_cache(maxsize=1)
def _model() -> _Model:
    import io

    import numpy

    try:
        data = WEIGHTS.read_bytes()
        wanted = DIGEST.read_text(encoding="ascii").strip()
    except OSError:
        raise MissingWeights(
            "the weights of the address model are missing", where=WEIGHTS.name, next_step="install the package again"
        ) from None
    if hashlib.sha256(data).hexdigest() != wanted:
        raise MissingWeights(
            "the weights of the address model are not the ones shipped",
            where=WEIGHTS.name,
            next_step="install the package again",
        )
    with numpy.load(io.BytesIO(data), allow_pickle=False) as stored:
        return _Model(stored)
