import random
import time

import pytest

from tutela.links import inspect, inspect_name
from tutela.settings import Brand, Platform

PLATFORM = Platform(
    name="Murmura",
    domains=("murmura.com",),
    official_accounts=("@murmura",),
    brands=(Brand(name="Norvik Bank", domains=("norvikbank.example",)),),
)
PIECES = ["https://", "http:", "//", "\\", "@", ":", ".", "..", "/", "?", "#", "%", "%2F", "%00", "&u=", "=", "murmura", "murmura.com", "login", "xn--", "xn--80ak6aa92e",
          "[", "]", "[::1]", "0x", "3325256727", "1.2.3.4", "a" * 70, "é", "見", "\u202e", "\u0000", "\ud800", "\u200b", "İ", "ß", "javascript:", "data:text/html,", " dot ", "[.]",
          " ", "\n", "aHR0cHM6Ly8", "--", "-", "_", "com", "co.uk", "pages.dev", "@murmura_help", "😀", "/amp/s/", "translate.goog", "bit.ly/", ".exe"]  # fmt: skip


def test_no_text_breaks_judging() -> None:
    rng = random.Random(20)
    for _ in range(4000):
        text = "".join(rng.choice(PIECES) for _ in range(rng.randint(1, 16)))
        for part in ("text", "links/0"):
            for signal in inspect(text, part=part, platform=PLATFORM):
                assert 0 <= signal.start < signal.end <= len(text)
                assert 0.0 <= signal.confidence <= 1.0
                assert signal.says
                assert signal.shown_as
        inspect_name(text, author=None, platform=PLATFORM)


@pytest.mark.parametrize(
    "text",
    ["https://" + "murmura." * 100 + "com/" + "murmura/" * 500, "https://a.example/?u=" + "https://a.example/?u=" * 200, "https://a.example/" + "%25" * 1300,
     "@murmura_" * 20_000, "https://x.example/?" + "a=//b.example&" * 300, "https://" + "rn" * 30 + ".com", "x.com/ " * 20_000, "murmura.so " * 20_000, "javascript:(" * 20_000],
    ids=lambda text: repr(text[:20]),
)  # fmt: skip
def test_hostile_links_end_soon(text: str) -> None:
    begun = time.perf_counter()
    inspect(text, platform=PLATFORM)
    inspect_name(text, author=None, platform=PLATFORM)
    assert time.perf_counter() - begun < 5
