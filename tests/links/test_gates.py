import hyperscan
import pytest

from tutela.links.gates import gates


@pytest.fixture(scope="module")
def opens():  # type: ignore[no-untyped-def]
    rows = gates()
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH
    database.compile(
        expressions=[regex.encode() for _, regex in rows], ids=list(range(len(rows))), flags=[flags] * len(rows)
    )

    def opened(text: str) -> set[str]:
        found: set[str] = set()
        database.scan(text.encode(), match_event_handler=lambda number, *_: found.add(rows[number][0]))
        return found

    return opened


@pytest.mark.parametrize(
    "text",
    ["https://a.example/x", "hxxps[:]//a[.]b", "www.a.b", "javascript:x()", "data:text/html,x", "murmura.com", "bit.ly/x", "mur-mura.pt", "murmura[.]top", "murmura dot com", "murmura . com/x",
     "m u r m u r a . c o m", "ｍｕｒ．ｃｏｍ", "mur\u200bmura.top", "dm @murmura_help", "203.0.113.5/login", "tg://x", "a.murmura.pt", "murmura(dot)com"],
)  # fmt: skip
def test_what_holds_a_link_opens_a_gate(opens, text: str) -> None:  # type: ignore[no-untyped-def]
    assert opens(text)
    assert opens(f"and so {text}, they said")


@pytest.mark.parametrize(
    "text",
    [
        "the end. The next",
        "I waited...and then",
        "3.14 is 22/7",
        "e.g. that, i.e. this",
        "done.so what",
        "yes/no and/or",
        "ratio 3:2",
        "mail me",
    ],
)
def test_chatter_opens_none(opens, text: str) -> None:  # type: ignore[no-untyped-def]
    assert not opens(text)
