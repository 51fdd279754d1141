"""Reading: formats are recognised line by line, and what cannot be read is counted with its place."""

import gzip
from pathlib import Path

import pytest
import zstandard

from tutela.errors import Unreadable
from tutela.settings import Platform
from tutela.traffic.address import Ranges, network_of, plain_address
from tutela.traffic.analysis import in_time_order
from tutela.traffic.events import EventReader
from tutela.traffic.lines import Reader, read_time
from tutela.traffic.paths import Map
from tutela.traffic.robots import Robots
from tutela.traffic.source import MOST_LINE_BYTES, read_blocks

COMBINED = '198.51.100.7 - - [17/Sep/2024:00:00:05 +0200] "GET /a?b=1 HTTP/1.1" 200 12 "https://x.example/" "curl/8.5"'
AT = 1726524005.0


@pytest.mark.parametrize(
    ("line", "address", "method", "target", "status", "agent"),
    [
        (COMBINED, "198.51.100.7", "GET", "/a?b=1", 200, "curl/8.5"),
        ('198.51.100.7 - ann [16/Sep/2024:22:00:05 +0000] "GET / HTTP/1.0" 304 -', "198.51.100.7", "GET", "/", 304, ""),
        ('x.example:443 198.51.100.7 - - [16/Sep/2024:22:00:05 +0000] "HEAD / HTTP/1.0" 200 1 "-" "a b"', "198.51.100.7", "HEAD", "/", 200, "a b"),
        ('198.51.100.7 - - [16/Sep/2024:22:00:05 +0000] "GET / HTTP/2.0" 200 1 "-" "b" 7 "web@docker" "http://10.0.0.2:80" 3ms', "198.51.100.7", "GET", "/", 200, "b"),
        ('{"time_iso8601":"2024-09-17T00:00:05+02:00","remote_addr":"198.51.100.7","request":"GET /n HTTP/1.1","status":"200","http_user_agent":"n"}', "198.51.100.7", "GET", "/n", 200, "n"),
        ('{"ts":1726524005.2,"request":{"remote_ip":"198.51.100.7","method":"POST","uri":"/c","headers":{"User-Agent":["caddy client"]}},"status":401}', "198.51.100.7", "POST", "/c", 401, "caddy client"),
        ('{"ClientHost":"198.51.100.7","RequestMethod":"GET","RequestPath":"/t","DownstreamStatus":404,"StartUTC":"2024-09-16T22:00:05.123456789Z","request_User-Agent":"t"}', "198.51.100.7", "GET", "/t", 404, "t"),
        ('{"ClientIP":"198.51.100.7","ClientRequestMethod":"GET","ClientRequestURI":"/f","EdgeResponseStatus":200,"EdgeStartTimestamp":1726524005000000000,"ClientRequestUserAgent":"f","JA3Hash":"aa"}', "198.51.100.7", "GET", "/f", 200, "f"),
        ('h2 2024-09-16T22:00:05.000001Z app/web/1 198.51.100.7:40001 10.0.0.1:80 0.0 0.0 0.0 200 200 3 4 "GET https://x.example:443/alb?q=1 HTTP/2.0" "alb" E TLSv1.2 -', "198.51.100.7", "GET", "/alb?q=1", 200, "alb"),
    ],
)  # fmt: skip
def test_each_format_is_recognised(line: str, address: str, method: str, target: str, status: int, agent: str) -> None:
    hits = Reader().read(line + "\n")
    assert len(hits) == 1
    at, who, said, verb, where, answer, *_ = hits[0]
    assert int(at) == int(AT)
    assert (who, verb, where, answer) == (address, method, target, status)
    assert said == agent


def test_a_file_of_mixed_formats_is_read_whole() -> None:
    reader = Reader()
    json_line = '{"ts":1726524006,"request":{"remote_ip":"198.51.100.8","method":"GET","uri":"/c"},"status":200}'
    hits = reader.read("\n".join([COMBINED, json_line, COMBINED]) + "\n")
    assert [hit[1] for hit in hits] == ["198.51.100.7", "198.51.100.8", "198.51.100.7"]
    assert reader.formats == {"combined": 2, "json": 1}


def test_broken_lines_are_counted_and_the_first_is_placed_without_what_it_says() -> None:
    reader = Reader()
    lines = [COMBINED] * 200 + ["secret token hunter2 98765", COMBINED, "\x16\x03\x01 rubbish"]
    hits = reader.read("\n".join(lines) + "\n", "a.log", 1)
    assert len(hits) == 201
    assert reader.broken == 2
    assert reader.first_broken.startswith("a.log:201: ")
    assert "hunter" not in reader.first_broken
    assert "98765" not in reader.first_broken


def test_forged_lines_inside_an_agent_stay_one_request() -> None:
    forged = COMBINED.replace(
        "curl/8.5", r"x\" 200 1 \"-\" \"y\n198.51.100.99 - - [17/Sep/2024:00:00:06 +0200] \"GET /forged"
    )
    hits = Reader().read(forged + "\n")
    assert len(hits) == 1
    assert hits[0][1] == "198.51.100.7"


def test_a_request_that_is_no_http_is_kept_as_a_visit_to_nowhere() -> None:
    hit = Reader().read(COMBINED.replace("GET /a?b=1 HTTP/1.1", r"\x16\x03\x01\x02") + "\n")[0]
    assert (hit[3], hit[4]) == ("?", "?")


@pytest.mark.parametrize(
    "value", ["31/Foo/2024:00:00:00 +0000", "99/Sep/2024:00:00:00 +0000", "", "yesterday", float("nan"), True, -5, 1e30]
)
def test_times_that_are_none_are_refused(value: object) -> None:
    assert read_time(value) is None


@pytest.mark.parametrize(
    "text", ["2001:DB8::1", "2001:db8:0:0:0:0:0:1", "[2001:db8::1]:443", "2001:db8::1%eth0", " 2001:db8::1 "]
)
def test_an_address_has_one_spelling(text: str) -> None:
    assert plain_address(text) == "2001:db8::1"


def test_ipv4_inside_ipv6_is_ipv4() -> None:
    assert plain_address("::ffff:198.51.100.7") == "198.51.100.7"
    assert plain_address("198.51.100.7:8080") == "198.51.100.7"
    assert plain_address("not an address") == ""


def test_ranges_answer_for_both_kinds() -> None:
    ranges = Ranges(["198.51.100.0/25", "2001:db8:68::/48"])
    assert "198.51.100.127" in ranges
    assert "198.51.100.128" not in ranges
    assert "2001:db8:68:1::a" in ranges
    assert "2001:db8:69::a" not in ranges
    assert "rubbish" not in ranges
    assert network_of("2001:db8:68:1::a") == "2001:db8:68::/48"


def test_compressed_files_are_read_by_their_content(tmp_path: Path) -> None:
    text = (COMBINED + "\n") * 3
    (tmp_path / "a").write_bytes(gzip.compress(text.encode()))
    (tmp_path / "b").write_bytes(zstandard.compress(text.encode()))
    for name in ("a", "b"):
        assert "".join(block.text for block in read_blocks(tmp_path / name)) == text


def test_a_file_that_breaks_off_gives_what_it_has_and_then_says_so(tmp_path: Path) -> None:
    path = tmp_path / "cut.gz"
    path.write_bytes(gzip.compress((COMBINED + "\n").encode() * 50_000)[:-200])
    stream = read_blocks(path)
    assert next(stream).text.startswith(COMBINED)
    with pytest.raises(Unreadable):
        list(stream)


def test_an_endless_line_is_left_out_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "long.log"
    path.write_bytes(COMBINED.encode() + b"\n" + b"x" * (40 * MOST_LINE_BYTES) + b"\n" + COMBINED.encode() + b"\n")
    blocks = list(read_blocks(path))
    assert sum(block.cut for block in blocks) == 1
    assert "".join(block.text for block in blocks) == f"{COMBINED}\n{COMBINED}\n"


def test_rotated_files_come_in_the_order_of_their_times(tmp_path: Path) -> None:
    for name, hour in (
        ("access.log", "12"),
        ("access.log.1", "11"),
        ("access.log.10", "02"),
        ("access.log.2.gz", "10"),
    ):
        line = COMBINED.replace(":00:00:05", f":{hour}:00:05").encode() + b"\n"
        (tmp_path / name).write_bytes(gzip.compress(line) if name.endswith("gz") else line)
    order = [path.name for path in in_time_order(tuple(tmp_path.iterdir()))]
    assert order == ["access.log.10", "access.log.2.gz", "access.log.1", "access.log"]


def test_events_are_read_from_json_and_from_csv_with_a_header() -> None:
    reader = EventReader()
    events = reader.read(
        '{"at":"2024-09-16T22:00:05Z","account":"u1","ip":"198.51.100.7","outcome":"ok","event":"login","country":"gb"}\n',
        "a.jsonl",
    )
    events += reader.read(
        "timestamp,user,ip,result,event\n2024-09-16T22:00:06Z,u2,198.51.100.8,failure,sign_in\nbroken line\n", "b.csv"
    )
    assert [(e.account, e.ok, e.event) for e in events] == [("u1", True, "login"), ("u2", False, "login")]
    assert events[0].country == "GB"
    assert reader.broken == 1
    assert reader.first_broken.startswith("b.csv:3: ")


@pytest.mark.parametrize(
    ("target", "template", "ident"),
    [
        ("/@anna", "/@{name}", "anna"),
        ("/users/anna/followers", "/users/{name}/followers", "anna"),
        ("/p/77", "/p/{n}", 77),
        ("/item/77/view", "/item/{n}/view", 77),
        ("/item/77/a-good-title", "/item/{n}/{title}", 77),
        ("/2024/09/17/a-good-title", "/{n}/{n}/{n}/{name}", "a-good-title"),
        ("/wiki/Berlin", "/wiki/{name}", "berlin"),
        ("/list?page=3&utm=x", "/list?page={n}", 3),
        ("/poll/1726531200123", "/poll/{time}", ""),
        ("/chat?since_id=5", "/chat", ""),
        ("https://x.example/p/5", "/p/{n}", 5),
        ("/about", "/about", ""),
    ],
)
def test_paths_become_templates_and_things(target: str, template: str, ident: int | str) -> None:
    place = Map(Platform.none(), Robots("")).read(target, "GET")
    assert (place.template, place.ident) == (template, ident)


@pytest.mark.parametrize(
    "target", ["/" * 5_000, "/?" + "&" * 50_000, "/%" * 3_000, "/a" * 4_000 + "-1" * 4_000, "\x00\ufffd", "?", ""]
)
def test_hostile_paths_cost_little(target: str) -> None:
    Map(Platform.none(), Robots("User-agent: *\nDisallow: /*a*a*a*a*a*b$\n")).read(target, "GET")
