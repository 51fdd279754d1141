import hashlib
from pathlib import Path

import pytest

from tutela.cli.feeds import update
from tutela.errors import BadSettings
from tutela.links import parse
from tutela.links.feeds import Feeds, expressions, kept_bytes, load_feeds, read_feed, read_kept

URLHAUS = b"""# URLhaus Database Dump (CSV - recent URLs)
# Last updated: 2031-03-04 05:06:07 (UTC)
# id,dateadded,url,url_status,last_online,threat,tags,urlhaus_link,reporter
"1","2031-03-04 05:06:07","http://203.0.113.7/bin.sh","online","","malware_download","elf","https://urlhaus.abuse.ch/url/1/","x"
"""
PHISHTANK = b"""phish_id,url,phish_detail_url,submission_time,verified,verification_time,online,target
1,https://pay.bad.example/login,https://d.example,2031-03-04T05:06:07+00:00,yes,2031-03-04T05:06:07+00:00,yes,Other
"""


def names(data: bytes, link: str, **more: str) -> bool:
    address = parse(link)
    assert address is not None
    return Feeds(lists=(read_feed(data, name="list", **more),)).listed(address) is not None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (URLHAUS, "http://203.0.113.7/bin.sh"),
        (PHISHTANK, "https://pay.bad.example/login?x=1"),
        (b'[{"phish_id": 1, "url": "https://pay.bad.example/login"}]', "https://pay.bad.example/login"),
        (b"https://bad.example/a\n", "https://bad.example/a"),
        (b"bad.example\n", "https://x.y.bad.example/any/path?q"),
        (b"0.0.0.0 bad.example\n", "http://bad.example"),
        (b"||bad.example^\n", "http://bad.example"),
        (hashlib.sha256(b"bad.example/").digest()[:4].hex().encode() + b"\n", "https://bad.example/x"),
        (hashlib.sha256(b"bad.example/a/").hexdigest().encode() + b"\n", "https://bad.example/a/b"),
        (b"xn--bcher-kva.example\n", "https://bücher.example/"),
    ],
)
def test_every_format_is_told_by_itself(data: bytes, link: str) -> None:
    assert names(data, link)


@pytest.mark.parametrize(
    ("data", "link"),
    [
        (b"https://bad.example/a\n", "https://bad.example/b"),
        (b"https://bad.example/a\n", "https://good.example/a"),
        (b"x.bad.example\n", "https://bad.example/"),
        (b"bad.example\n", "https://notbad.example/"),
    ],
)
def test_neighbours_of_a_listed_address_are_not_listed(data: bytes, link: str) -> None:
    assert not names(data, link)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n\n# only remarks\n",
        b"\x00\xff\xfe" * 400,
        b"<html><body>Too many requests</body></html>",
        b'[{"url": 3',
    ],
)
def test_a_list_of_nothing_is_refused(data: bytes) -> None:
    with pytest.raises(BadSettings):
        read_feed(data, name="list")


def test_lines_that_cannot_be_read_are_counted() -> None:
    feed = read_feed(b"https://a.example/\nhttps://b.example/\nnonsense\n", name="list")
    assert (len(feed.prefixes), feed.skipped) == (2, 1)


def test_the_lists_own_date_is_kept() -> None:
    made_at = read_feed(URLHAUS, name="list").made_at
    assert made_at is not None
    assert made_at.date().isoformat() == "2031-03-04"


def test_expressions_follow_hosts_and_paths_upwards() -> None:
    address = parse("https://a.b.c.example/1/2.html?x=1")
    assert address is not None
    found = expressions(address)
    assert found[0] == "a.b.c.example/1/2.html?x=1"
    assert {"c.example/", "b.c.example/1/", "a.b.c.example/1/2.html"} <= set(found)
    assert "example/" not in found


def test_a_kept_list_reads_back_the_same(tmp_path: Path) -> None:
    feed = read_feed(URLHAUS, name="one", threat="malware")
    (tmp_path / "one.tutelafeed").write_bytes(kept_bytes(feed))
    assert load_feeds(tmp_path).lists == (feed,)
    assert load_feeds(tmp_path / "absent") == Feeds()


def test_a_kept_list_that_was_cut_or_changed_is_refused(tmp_path: Path) -> None:
    data = kept_bytes(read_feed(URLHAUS, name="one"))
    for broken in (data[:-3], data[:40] + b"x" + data[41:], b""):
        (tmp_path / "x.tutelafeed").write_bytes(broken)
        with pytest.raises(BadSettings):
            read_kept(tmp_path / "x.tutelafeed")


def test_a_worse_list_never_replaces_the_one_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = tmp_path / "good.txt"
    good.write_text("".join(f"https://bad{number}.example/\n" for number in range(100)))
    shrunk, empty, wrong = tmp_path / "shrunk.txt", tmp_path / "empty.txt", tmp_path / "wrong.txt"
    shrunk.write_text("https://bad1.example/\n")
    empty.write_text("")
    wrong.write_bytes(good.read_bytes())
    folder = tmp_path / "kept"

    def load(path: object, sha256: str = "", force: bool = False) -> int:
        return update([f"list={path}"], folder=folder, format="auto", threat="phishing", sha256=sha256, force=force)

    assert load(good) == 0
    assert [load(shrunk), load(empty), load(wrong, sha256="0" * 64), load(tmp_path / "absent.txt")] == [2, 2, 2, 2]
    assert len(load_feeds(folder).lists[0].prefixes) == 100
    assert load(shrunk, force=True) == 0
    assert len(load_feeds(folder).lists[0].prefixes) == 1
    assert "the old one stays" in capsys.readouterr().err
