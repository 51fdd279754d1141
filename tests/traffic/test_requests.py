"""Judging access logs: harm and automation together make a violation; proof or fitting behaviour excuses."""

import random

import pytest

from bench.traffic import bots, people
from bench.traffic.people import Played, Row, Site
from bench.traffic.play import START, in_order, platform_of
from tutela.settings import Crawler, Fetcher, Platform
from tutela.traffic.agents import impossible_on, read_agent
from tutela.traffic.excuses import HostNames
from tutela.traffic.finding import Finding
from tutela.traffic.lines import Hit
from tutela.traffic.requests import Requests
from tutela.traffic.robots import Robots

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.0.0 Safari/537.36"
)
BOT = "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"


def hits(rows: list[Row]) -> list[Hit]:
    return [
        (START + at, who, agent, method, path, status, referrer, "", "")
        for at, who, agent, method, path, status, referrer in sorted(rows)
    ]


def find(rows: list[Row], platform: Platform | None = None, **options: object) -> list[Finding]:
    requests = Requests(platform or Platform.none(), **options)  # type: ignore[arg-type]
    requests.take(hits(rows))
    return requests.findings()


def violating(rows: list[Row], platform: Platform | None = None) -> list[Finding]:
    return [finding for finding in find(rows, platform) if finding.violates]


def sweep(agent: str = CHROME, who: str = "198.51.100.7", count: int = 120, every: float = 30.0) -> list[Row]:
    return [(i * every, who, agent, "GET", f"/users/name{i:04d}", 200, "-") for i in range(count)]


@pytest.fixture(scope="module")
def site() -> Site:
    return Site.drawn(random.Random(5))


@pytest.mark.parametrize("bot", bots.BOTS, ids=lambda bot: bot.__name__)
def test_each_kind_of_bot_is_found(bot: object, site: Site) -> None:
    played: Played = bot(random.Random(11), site)  # type: ignore[operator]
    assert violating(played.rows, platform_of(site))


@pytest.mark.parametrize(
    "part",
    [
        people.person, people.reader_with_cache, people.private_browser, people.night_owl, people.moving_phone, people.paging_person,
        people.single_page_app, people.endless_scroller, people.binge_reader, people.chat_poller, people.proxy_office, people.feed_reader, people.monitor, people.link_preview, people.shared_links,
        people.archive, people.text_browser, people.link_checker,
    ],
    ids=lambda part: part.__name__,
)  # fmt: skip
@pytest.mark.parametrize("seed", [21, 22, 23])
def test_no_allowed_kind_is_flagged(part: object, seed: int, site: Site) -> None:
    played: Played = part(random.Random(seed), site)  # type: ignore[operator]
    assert violating(played.rows, platform_of(site)) == []


def test_a_thousand_people_behind_one_address_are_no_bot(site: Site) -> None:
    rng = random.Random(31)
    assert violating(people.crowd(rng, site).rows, platform_of(site)) == []
    assert violating(people.app_crowd(rng, site, "Plaza").rows, platform_of(site)) == []


def test_a_sweep_stays_visible_behind_the_address_of_people(site: Site) -> None:
    found = violating(bots.among_people(random.Random(32), site).rows, platform_of(site))
    assert [finding.kind for finding in found] in (["profile-sweep"], ["sweep"], ["enumeration"])


def test_the_same_pages_with_their_assets_and_referrers_are_a_person() -> None:
    rows = [
        (i * 30.0, "198.51.100.7", CHROME, "GET", f"/users/{random.Random(i).random()}", 200, "https://x.example/")
        for i in range(120)
    ]
    rows += [
        (i * 30.0 + 1, "198.51.100.7", CHROME, "GET", f"/static/{i % 9}.js", 200, "https://x.example/")
        for i in range(120)
    ]
    rows = [(at + random.Random(at).expovariate(0.02), *rest) for at, *rest in rows]  # type: ignore[misc]
    assert violating(rows) == []


def test_a_finding_tells_who_when_how_many_and_until_when() -> None:
    (finding,) = violating(sweep())
    assert finding.actor == f"198.51.100.7|{CHROME}"
    assert finding.addresses == ("198.51.100.7",)
    assert finding.clauses[0].id == "ps.deceptive_collection"
    assert finding.action == "remove"
    assert finding.until is not None
    assert finding.until > finding.to_at
    assert {e.kind for e in finding.evidence} >= {"profile-sweep", "missing-assets", "regular-rhythm"}
    assert all(e.where.requests == 120 and e.where.from_at and e.where.to_at for e in finding.evidence)
    assert "120" in finding.reason


def test_a_proven_crawler_is_excused_and_a_borrowed_name_is_not() -> None:
    platform = Platform(
        name="X",
        crawlers=(Crawler(name="Googlebot", user_agent="Googlebot", ranges=("198.18.66.0/24",), verified=True),),
    )
    (proven,) = find(sweep(BOT, "198.18.66.9"), platform)
    assert not proven.violates
    assert "own addresses" in proven.excused
    (liar,) = find(sweep(BOT, "198.18.99.9"), platform)
    assert liar.violates
    assert "false-crawler" in {e.kind for e in liar.evidence}


def test_a_proven_crawler_that_breaks_robots_is_not_excused() -> None:
    crawler = Crawler(name="Googlebot", user_agent="Googlebot", ranges=("198.18.66.0/24",), verified=True)
    platform = Platform(name="X", crawlers=(crawler,), robots_txt="User-agent: *\nDisallow: /users/\n")
    (finding,) = find(sweep(BOT, "198.18.66.9"), platform)
    assert finding.violates


def test_recorded_reverse_dns_proves_and_is_never_looked_up() -> None:
    agent = "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
    forged = HostNames("198.51.100.7\tcrawl.search.msn.com\t198.51.100.200\n")
    good = HostNames("198.51.100.7\tcrawl.search.msn.com\t198.51.100.7\n")
    assert find(sweep(agent), hosts=good)[0].violates is False
    assert find(sweep(agent), hosts=forged)[0].violates is True


def test_a_listed_research_agent_is_excused() -> None:
    listed = Platform(
        name="X",
        research_agents=(Fetcher(name="University crawl", user_agents=("StudyBot",), ranges=("198.51.100.0/24",)),),
    )
    assert find(sweep("StudyBot/1.0"), listed)[0].violates is False
    assert find(sweep("StudyBot/1.0", "198.18.5.5"), listed)[0].violates is True


def test_a_shared_network_is_challenged_never_blocked() -> None:
    from tutela.settings import SharedNetwork

    platform = Platform(name="X", shared_networks=(SharedNetwork(ranges=("198.51.100.7/32",), what="carrier"),))
    (finding,) = violating(sweep(), platform)
    assert finding.action == "warn"


def test_honeypot_counts_only_with_automation() -> None:
    platform = Platform(name="X", honeypots=("/trap/",))
    person = [
        (float(i * 40), "198.51.100.7", CHROME, "GET", path, 200, "https://x.example/")
        for i, path in enumerate(["/trap/", "/a.js", "/b.css", "/c"])
    ]
    assert violating(person, platform) == []
    bot = [
        (float(i), "198.51.100.7", "python-requests/2.31", "GET", path, 200, "-")
        for i, path in enumerate(["/trap/", "/a", "/b", "/c", "/d", "/e", "/f"])
    ]
    assert violating(bot, platform)[0].kind == "honeypot"


def test_one_address_in_two_spellings_is_one_actor() -> None:
    rows = sweep(who="2001:db8::1")[::2] + sweep(who="2001:DB8:0:0:0:0:0:1")[1::2]
    (finding,) = violating(rows)
    assert finding.addresses == ("2001:db8::1",)
    assert finding.requests == 120


def test_an_account_that_changes_its_address_stays_one_actor() -> None:
    requests = Requests(Platform.none())
    requests.take(
        (at, f"198.51.100.{i % 200}", CHROME, "GET", path, 200, "-", "ann", "")
        for i, (at, _, _, _, path, *_) in enumerate(hits_only(sweep()))
    )
    (finding,) = [f for f in requests.findings() if f.violates]
    assert finding.accounts == ("ann",)


def hits_only(rows: list[Row]) -> list[Hit]:
    return hits(rows)


def test_streamed_and_whole_runs_agree(site: Site) -> None:
    rng = random.Random(41)
    rows = [
        row
        for part in (people.person, bots.profile_sweep, bots.rotating, people.feed_reader, bots.scanner)
        for row in part(rng, site).rows
    ]
    whole, streamed = Requests(platform_of(site)), Requests(platform_of(site))
    everything = hits(rows)
    whole.take(everything)
    for start in range(0, len(everything), 97):
        streamed.take(everything[start : start + 97])
        if start % 970 == 0:
            streamed.findings()
    assert streamed.findings() == whole.findings()


def test_bounded_memory_still_finds_who_stays(site: Site) -> None:
    """With room for 60 actors only, the clients that go on are found; counts may be low, never high."""
    rng = random.Random(42)
    played = [people.person(rng, site) for _ in range(200)] + [bots.profile_sweep(rng, site), bots.rotating(rng, site)]
    rows = in_order(played)
    small, large = Requests(platform_of(site), most_actors=60), Requests(platform_of(site))
    for requests in (small, large):
        requests.take(hits(rows))
    counts = {f.kind: f.requests for f in large.findings() if f.violates}
    for finding in small.findings():
        if finding.violates:
            assert finding.requests <= counts[finding.kind]
    assert {f.kind for f in small.findings() if f.violates} == set(counts)
    assert small.forgotten > 0


def test_clocks_that_jump_are_counted_and_do_no_harm() -> None:
    rows = hits(sweep())
    back = [(at - 90_000, *rest) for at, *rest in rows[60:]]
    requests = Requests(Platform.none())
    requests.take([*rows[:60], *back])  # type: ignore[list-item]
    assert requests.jumps == 60
    requests.findings()


def test_hostile_agents_do_not_reach_the_terminal_as_they_are() -> None:
    agent = "curl/8 \x1b[31mred\x00\u202e" + "A" * 5_000
    (finding,) = violating(sweep(agent))
    assert "\x1b" not in finding.actor
    assert "\u202e" not in finding.actor
    assert len(finding.actor) < 600


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("curl/8.5.0", "library"), ("Scrapy/2.11 (+https://scrapy.org)", "library"), (CHROME, "browser"), ("-", "empty"),
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/127.0.0.0 Safari/537.36", "headless"),
        ("Mozilla/5.0 (compatible; HarvestBot/0.9; +http://harvest.example)", "automated"), (BOT, "crawler"),
        ("Mozilla/5.0 (Linux; Android 7.0; CUBOT H3) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/70.0.3538.80 Mobile Safari/537.36", "browser"),
        ("Mozilla/5.0 (Linux; Android 5.0; Discovery Elite) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/75.0.3770.101 Mobile Safari/537.36", "browser"),
        ("Murmura/5.1 (Android 14)", "app"), ("Lynx/2.9.0 libwww-FM/2.14", "browser"),
    ],
)  # fmt: skip
def test_agents_are_read(agent: str, kind: str) -> None:
    assert read_agent(agent).kind == kind


def test_browsers_that_cannot_be_are_told() -> None:
    from datetime import date

    assert impossible_on(read_agent(CHROME.replace("127", "160")), date(2024, 9, 17))
    assert not impossible_on(read_agent(CHROME), date(2024, 9, 17))
    assert impossible_on(read_agent(CHROME.replace("NT 10.0", "NT 11.0")), date(2024, 9, 17))
    assert impossible_on(
        read_agent("Mozilla/5.0 (X11; Linux x86_64; rv:102.0) Gecko/20100101 Firefox/128.0"), date(2024, 9, 17)
    )


def test_robots_follow_the_longest_match() -> None:
    robots = Robots(
        "User-agent: *\nDisallow: /a\nAllow: /a/open\nDisallow: /*.pdf$\nCrawl-delay: 3\n\nUser-agent: GoodBot\nDisallow:\n"
    )
    everyone = robots.rules_for("anything")
    assert not everyone.allows("/a/b")
    assert everyone.allows("/a/open/c")
    assert not everyone.allows("/x/y.pdf")
    assert everyone.allows("/x/y.pdf?z")
    assert everyone.delay_s == 3
    assert robots.rules_for("Mozilla/5.0 (compatible; GoodBot/1)").allows("/a/b")


def test_posting_to_graphql_all_day_is_use_of_the_api_without_the_app() -> None:
    rows: list[Row] = [(i * 4.0, "198.51.100.7", CHROME, "POST", "/graphql", 200, "-") for i in range(300)]
    assert "api-without-app" in {e.kind for e in violating(rows)[0].evidence}


def test_a_preview_from_a_phone_is_none_of_our_business_but_a_thousand_are() -> None:
    platform = Platform(
        name="X", fetchers=(Fetcher(name="previews", user_agents=("WhatsApp",), ranges=("198.18.70.0/24",)),)
    )
    agent = "WhatsApp/2.24.17.79 A"
    assert violating(sweep(agent, "198.51.100.7", count=5), platform) == []
    assert violating(sweep(agent, "198.51.100.7", count=400), platform)
    assert violating(sweep(agent, "198.18.70.9", count=400), platform) == []
