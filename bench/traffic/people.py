"""How do people and allowed programs use a site? Played from published behaviour, for measuring and for training.

Sources of the behaviour: reading times are heavy-tailed (Liu, White, Dumais, "Understanding web browsing behaviors
through Weibull analysis of dwell time", SIGIR 2010); people come in bursts (Barabási, Nature 435, 2005); a page brings
its pictures, scripts and styles unless they are cached (HTTP Archive, Web Almanac, chapter Page Weight).
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

# at, address, agent, method, target, status, referrer
Row = tuple[float, str, str, str, str, int, str]
DAY = 86_400.0
SHARED_LINKS = "person who opens a shared link"


@dataclass
class Played:
    """One actor of a played day and its rows. `kind` names the part; `bad` says whether it violates."""

    kind: str
    bad: bool
    rows: list[Row] = field(default_factory=list)


@dataclass
class Site:
    """A site with its own ways: how profiles, posts, lists, assets and the API are called."""

    host: str
    profile: str
    post: str
    listing: str
    search: str
    api: str
    assets: tuple[str, ...]
    handles: list[str]
    posts: int

    @classmethod
    def drawn(cls, rng: random.Random) -> Site:
        host = f"https://{''.join(rng.choices('abcdefghijklmnop', k=7))}.example"
        handles = sorted({_handle(rng) for _ in range(6_000)})
        return cls(
            host=host,
            profile=rng.choice(["/@{}", "/u/{}", "/users/{}", "/profile/{}", "/members/{}"]),
            post=rng.choice(["/p/{}", "/posts/{}", "/thread/{}", "/status/{}", "/item/{}/view"]),
            listing=rng.choice(["/explore?page={}", "/latest?p={}", "/topics/news?offset={}", "/new?start={}"]),
            search=rng.choice(["/search?q={}&page={}", "/find?query={}&p={}"]),
            api=rng.choice(["/api/v1", "/api", "/v2", "/graphql"]),
            assets=tuple(
                f"/{rng.choice(['static', 'assets', 'media', 'img'])}/{i:x}.{rng.choice(['js', 'css', 'png', 'webp', 'jpg', 'woff2'])}"
                for i in range(200)
            ),
            handles=handles,
            posts=rng.randrange(20_000, 5_000_000),
        )


def _handle(rng: random.Random) -> str:
    name = rng.choice(
        [
            "mira",
            "jon",
            "ada",
            "kofi",
            "li",
            "ben",
            "eva",
            "sam",
            "noor",
            "tom",
            "ines",
            "raj",
            "zoe",
            "max",
            "yuki",
            "ola",
            "pia",
            "leo",
        ]
    )
    return (
        name
        + rng.choice(["", "_", "."])
        + rng.choice(["plays", "cooks", "writes", "runs", "draws", "sings", "reads", "codes"])
        + str(rng.randrange(1, 400))
    )


def address(rng: random.Random) -> str:
    """An address of the ranges for benchmarks and documentation (RFC 2544, RFC 3849)."""
    if rng.random() < 0.25:
        return f"2001:db8:{rng.randrange(65_536):x}:{rng.randrange(65_536):x}::{rng.randrange(1, 65_536):x}"
    return f"198.{rng.choice([18, 19])}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def browser(rng: random.Random) -> str:
    chrome, firefox = rng.randrange(124, 129), rng.randrange(124, 131)
    android = f"Mozilla/5.0 (Linux; Android {rng.randrange(10, 15)}; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Mobile Safari/537.36"
    return rng.choice([
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36",
        f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{chrome}.0.0.0 Safari/537.36",
        f"Mozilla/5.0 (X11; Linux x86_64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
        f"Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:{firefox}.0) Gecko/20100101 Firefox/{firefox}.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
        android,
        android,
    ])  # fmt: skip


def visit(
    rng: random.Random,
    site: Site,
    who: str,
    agent: str,
    start: float,
    pages: int,
    *,
    cached: float = 0.3,
    referrers: bool = True,
) -> Iterator[Row]:
    """One person's visit: pages with their assets, referrers, reading times of a Weibull distribution."""
    at, last = start, "-" if rng.random() < 0.6 else "https://www.google.com/"
    if rng.random() < 0.5:
        yield at + 0.4, who, agent, "GET", "/favicon.ico", 200, "-"
    for number in range(pages):
        path = rng.choices(
            [
                site.profile.format(rng.choice(site.handles)), site.post.format(int(site.posts * rng.random() ** 0.3)),
                site.listing.format(rng.randrange(1, 4)), site.search.format(rng.choice(["cats", "jazz", "bread", "hiking"]), 1), "/",
            ],
            [3, 6, 2, 1, 2],
        )[0]  # fmt: skip
        yield at, who, agent, "GET", path, 200 if rng.random() < 0.97 else 404, last if referrers else "-"
        here = site.host + path
        warm = cached if number else cached / 3
        for asset in rng.sample(site.assets, rng.randrange(3, 12)):
            if rng.random() > warm:
                yield (
                    at + rng.random() * 1.5,
                    who,
                    agent,
                    "GET",
                    asset,
                    200 if rng.random() < 0.8 else 304,
                    here if referrers else "-",
                )
        if rng.random() < 0.2:
            yield at + 2, who, agent, "GET", f"{site.api}/notifications", 200, here if referrers else "-"
        if rng.random() < 0.08:
            yield (
                at + 4,
                who,
                agent,
                "POST",
                f"{site.post.format(rng.randrange(site.posts))}/like",
                200,
                here if referrers else "-",
            )
        last = here
        at += min(rng.weibullvariate(35, 0.6), 1_500)


def person(rng: random.Random, site: Site) -> Played:
    played, who, agent = Played("person", False), address(rng), browser(rng)
    for _ in range(rng.choices([1, 2, 4], [6, 3, 1])[0]):
        played.rows += visit(rng, site, who, agent, rng.random() * DAY, rng.randrange(1, 30))
    return played


def reader_with_cache(rng: random.Random, site: Site) -> Played:
    """Comes daily: nearly everything is cached, long lists are read."""
    return Played(
        "person with a warm cache",
        False,
        [*visit(rng, site, address(rng), browser(rng), rng.random() * DAY * 0.8, rng.randrange(20, 80), cached=0.85)],
    )


def private_browser(rng: random.Random, site: Site) -> Played:
    """Sends no referrers at all."""
    return Played(
        "person without referrers",
        False,
        [
            *visit(
                rng, site, address(rng), browser(rng), rng.random() * DAY * 0.8, rng.randrange(10, 70), referrers=False
            )
        ],
    )


def night_owl(rng: random.Random, site: Site) -> Played:
    played, who, agent = Played("person awake all night", False), address(rng), browser(rng)
    for hour in range(10):
        played.rows += visit(rng, site, who, agent, hour * 3_600 + rng.random() * 900, rng.randrange(10, 25))
    return played


def moving_phone(rng: random.Random, site: Site) -> Played:
    """A visit that goes from Wi-Fi to the mobile network."""
    played, agent, at = Played("person who changes networks", False), browser(rng), rng.random() * DAY * 0.9
    for part in range(rng.randrange(2, 5)):
        played.rows += visit(rng, site, address(rng), agent, at + part * 600, rng.randrange(3, 12))
    return played


def paging_person(rng: random.Random, site: Site) -> Played:
    """Clicks through thirty pages of a list, with everything a browser fetches."""
    played, who, agent, at, last = (
        Played("person who pages far", False),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.8,
        "-",
    )
    for page in range(1, rng.randrange(15, 35)):
        path = site.listing.format(page)
        played.rows.append((at, who, agent, "GET", path, 200, last))
        played.rows += [
            (at + 1, who, agent, "GET", asset, 200, site.host + path) for asset in rng.sample(site.assets, 5)
        ]
        last, at = site.host + path, at + rng.weibullvariate(25, 0.7)
    return played


def endless_scroller(rng: random.Random, site: Site) -> Played:
    """Scrolls a list without end: the page's script fetches two hundred parts, numbered up, with the pictures in them."""
    played, who, agent, at = (
        Played("person who scrolls without end", False),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.7,
    )
    played.rows.append((at, who, agent, "GET", "/", 200, "-"))
    for part in range(1, rng.randrange(120, 300)):
        played.rows.append((at, who, agent, "GET", f"{site.api}/feed?page={part}", 200, site.host + "/"))
        played.rows += [
            (at + 0.5, who, agent, "GET", asset, 200, site.host + "/") for asset in rng.sample(site.assets, 3)
        ]
        at += rng.weibullvariate(14, 0.7)
    return played


def binge_reader(rng: random.Random, site: Site) -> Played:
    """Reads a serial from its first part to its last, each by the link in the one before."""
    played, who, agent, at, last = (
        Played("person who reads a serial", False),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.3,
        "-",
    )
    start = rng.randrange(5_000)
    for number in range(start, start + rng.randrange(100, 300)):
        path = site.post.format(number)
        played.rows.append((at, who, agent, "GET", path, 200, last))
        played.rows += [
            (at + 0.5, who, agent, "GET", asset, 200, site.host + path) for asset in rng.sample(site.assets, 3)
        ]
        last, at = site.host + path, at + rng.weibullvariate(40, 0.7)
    return played


def chat_poller(rng: random.Random, site: Site) -> Played:
    """Leaves a chat open: its script asks every few seconds for what is newer than the last."""
    played, who, agent, at = (
        Played("person with a chat open", False),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.6,
    )
    played.rows += [(at, who, agent, "GET", asset, 200, site.host + "/chat") for asset in rng.sample(site.assets, 8)]
    number, stamp = rng.randrange(10**6), 1_726_531_200_000
    for _ in range(rng.randrange(300, 1_500)):
        number += rng.choice([0, 0, 1, 3])
        path = rng.choice([f"{site.api}/messages?since_id={number}", f"{site.api}/poll/{stamp + int(at * 1000)}"])
        played.rows.append((at, who, agent, "GET", path, 200, site.host + "/chat"))
        at += 5.0
    return played


def single_page_app(rng: random.Random, site: Site) -> Played:
    """A web app that prefetches: hundreds of API calls, each with the page as its referrer."""
    played, who, agent, at = (
        Played("person in a single-page app", False),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.8,
    )
    played.rows += [(at, who, agent, "GET", asset, 200, site.host + "/") for asset in rng.sample(site.assets, 12)]
    for _ in range(rng.randrange(100, 400)):
        played.rows.append(
            (
                at,
                who,
                agent,
                "GET",
                f"{site.api}/items/{int(site.posts * rng.random() ** 0.3)}?_rsc=1",
                200,
                site.host + "/feed",
            )
        )
        at += 0.2 if rng.random() < 0.7 else rng.weibullvariate(20, 0.6)
    return played


def crowd(rng: random.Random, site: Site, people: int = 1_000) -> Played:
    """A thousand people behind one address, with the few agents that many share."""
    played, who = Played("a thousand people behind one address", False), address(rng)
    agents = [browser(rng) for _ in range(6)]
    for _ in range(people):
        played.rows += visit(rng, site, who, rng.choice(agents), rng.random() * DAY, rng.randrange(1, 9))
    return played


def app_crowd(rng: random.Random, site: Site, app: str) -> Played:
    """Three hundred phones with the platform's app behind one carrier address."""
    played, who = Played("app users behind one address", False), address(rng)
    for _ in range(300):
        at, agent = rng.random() * DAY, f"{app}/5.{rng.randrange(3)} (Android 14)"
        for _ in range(rng.randrange(5, 40)):
            path = rng.choice(
                [
                    f"{site.api}/timeline",
                    f"{site.api}/posts/{int(site.posts * rng.random() ** 0.3)}",
                    f"{site.api}/users/{rng.choice(site.handles)}",
                ]
            )
            played.rows.append((at, who, agent, "GET", path, 200, "-"))
            at += rng.weibullvariate(20, 0.6)
    return played


def proxy_office(rng: random.Random, site: Site) -> Played:
    """Two hundred people behind a caching proxy: one agent, hardly any assets, referrers as they are."""
    played, who, agent = Played("office behind a caching proxy", False), address(rng), browser(rng)
    for _ in range(200):
        played.rows += visit(
            rng, site, who, agent, 8 * 3_600 + rng.random() * 9 * 3_600, rng.randrange(2, 9), cached=0.97
        )
    return played


def feed_reader(rng: random.Random, site: Site) -> Played:
    played, who = Played("feed reader", False), address(rng)
    agent = rng.choice(
        [
            "Feedly/1.0 (+http://www.feedly.com/fetcher.html; 12 subscribers)",
            "newsboat/2.36 (Linux x86_64)",
            "FreshRSS/1.24.1 (Linux; https://freshrss.org)",
            "NetNewsWire (RSS Reader; https://netnewswire.com/)",
        ]
    )
    feeds = [
        site.profile.format(h) + rng.choice(["/feed.xml", "/rss"])
        for h in rng.sample(site.handles, rng.randrange(1, 40))
    ]
    at, every = rng.random() * 1_800, rng.choice([900, 1_800, 3_600])
    while at < DAY:
        played.rows += [(at + i, who, agent, "GET", feed, rng.choice([200, 304]), "-") for i, feed in enumerate(feeds)]
        at += every + rng.random() * 5
    return played


def monitor(rng: random.Random, site: Site) -> Played:
    who, agent, every = (
        address(rng),
        rng.choice(
            [
                "UptimeLantern/2.1",
                "Mozilla/5.0 (compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)",
                "Blackbox Exporter/0.24.0",
                "curl/8.5.0",
            ]
        ),
        rng.choice([60, 120, 300]),
    )
    paths = ["/", "/health", "/login"][: rng.randrange(1, 4)]
    return Played(
        "monitor",
        False,
        [
            (i * every + j, who, agent, rng.choice(["GET", "HEAD"]), path, 200, "-")
            for i in range(int(DAY / every))
            for j, path in enumerate(paths)
        ],
    )


def link_preview(rng: random.Random, site: Site) -> Played:
    agent = rng.choice(
        [
            "TelegramBot (like TwitterBot)",
            "WhatsApp/2.24.17.79 A",
            "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
            "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
        ]
    )
    net, fresh = rng.randrange(256), rng.random() < 0.5
    played = Played("link preview", False)
    for _ in range(rng.randrange(50, 400)):
        at = rng.random() * DAY
        # Links to what was written in the last minutes: the numbers rise with the day, as they do for people.
        number = int(site.posts + at / 20 - rng.expovariate(0.3)) if fresh else int(site.posts * rng.random() ** 0.3)
        played.rows.append(
            (at, f"198.18.{net}.{rng.randrange(1, 255)}", agent, "GET", site.post.format(number), 200, "-")
        )
    return played


def shared_links(rng: random.Random, site: Site) -> Played:
    """Fresh posts opened from messengers: many people, one page each, no referrer; some have the assets cached."""
    played = Played(SHARED_LINKS, False)
    for _ in range(rng.randrange(100, 300)):
        at, who, agent = rng.random() * DAY, address(rng), browser(rng)
        path = site.post.format(int(site.posts + at / 20 - rng.expovariate(0.3)))
        played.rows.append((at, who, agent, "GET", path, 200, "-"))
        if rng.random() < 0.7:
            played.rows += [
                (at + 1, who, agent, "GET", asset, 200, site.host + path) for asset in rng.sample(site.assets, 4)
            ]
    return played


def search_engine(rng: random.Random, site: Site, name: str, network: str) -> Played:
    """Proven by its addresses, keeps to robots.txt and its delay."""
    played, agent, at = (
        Played("proven search engine", False),
        f"Mozilla/5.0 (compatible; {name}/1.4; +https://search.example/bot)",
        60.0,
    )
    while at < DAY:
        who = f"{network}{rng.randrange(1, 60)}"
        path = rng.choice(
            [site.post.format(rng.randrange(site.posts)), site.profile.format(rng.choice(site.handles)), "/robots.txt"]
        )
        played.rows.append((at, who, agent, "GET", path, 200, "-"))
        at += rng.uniform(15, 60)
    return played


def archive(rng: random.Random, site: Site) -> Played:
    """An archive that takes what people ask it to keep, slowly."""
    agent, who, at = (
        "Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot)",
        address(rng),
        rng.random() * 3_600,
    )
    played = Played("archive", False, [(at, who, agent, "GET", "/robots.txt", 200, "-")])
    for _ in range(rng.randrange(30, 120)):
        at += rng.uniform(20, 200)
        played.rows.append((at, who, agent, "GET", site.post.format(int(site.posts * rng.random() ** 0.3)), 200, "-"))
    return played


def text_browser(rng: random.Random, site: Site) -> Played:
    """A blind person's text browser: pages alone, at a person's pace."""
    rows = [
        row
        for row in visit(
            rng,
            site,
            address(rng),
            "Lynx/2.9.0 libwww-FM/2.14 SSL-MM/1.4.1",
            rng.random() * DAY * 0.8,
            rng.randrange(10, 70),
        )
        if row[4] not in site.assets
    ]
    return Played("text browser", False, rows)


def link_checker(rng: random.Random, site: Site) -> Played:
    """A person's script that looks at three own pages now and then."""
    who, path = address(rng), site.profile.format(rng.choice(site.handles))
    return Played(
        "own small script",
        False,
        [(hour * 3_600 + 5, who, "python-requests/2.31.0", "GET", path, 200, "-") for hour in range(24)],
    )
