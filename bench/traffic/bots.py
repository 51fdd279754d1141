"""How do programs take what they should not? Scrapers, scanners, attackers of many kinds, played from published behaviour.

Sources: OWASP Automated Threats to Web Applications (OAT-001 to OAT-021) for the kinds; Azad, Starov, Laperdrix,
Nikiforakis, "Web Runner 2049: Evaluating Third-Party Anti-bot Services", DIMVA 2020, for disguises; Iliou and others,
"Detection of advanced web bots by combining web logs with mouse behavioural biometrics", DTRAP 2021, for timing.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from bench.traffic.people import DAY, Played, Row, Site, address, browser, visit

Waits = Callable[[], float]


def waits(rng: random.Random) -> Waits:
    """Ways to wait between requests: none, fixed, uniform, exponential."""
    mean = rng.choice([0.3, 1, 2, 5, 20, 60])
    return rng.choice(
        [
            lambda: mean,
            lambda: mean * rng.uniform(0.7, 1.3),
            lambda: mean * rng.uniform(0.2, 1.8),
            lambda: rng.expovariate(1 / mean),
        ]
    )


def _take(
    rng: random.Random,
    kind: str,
    paths: list[str],
    *,
    agent: str,
    who: str = "",
    referrer: str = "-",
    method: str = "GET",
    status: float = 0.95,
) -> Played:
    wait, at, who = waits(rng), rng.random() * DAY * 0.4, who or address(rng)
    played = Played(kind, True)
    for path in paths:
        played.rows.append((at, who, agent, method, path, 200 if rng.random() < status else 404, referrer))
        at += wait()
        if at > DAY:
            break
    return played


def profile_sweep(rng: random.Random, site: Site) -> Played:
    """Profiles in alphabetical order."""
    start = rng.randrange(len(site.handles) // 2)
    return _take(
        rng,
        "profiles in order",
        [site.profile.format(h) for h in site.handles[start : start + rng.randrange(80, 900)]],
        agent=browser(rng),
    )


def profiles_at_random(rng: random.Random, site: Site) -> Played:
    return _take(
        rng,
        "profiles in no order",
        [site.profile.format(h) for h in rng.sample(site.handles, rng.randrange(80, 900))],
        agent=browser(rng),
    )


def ids_rising(rng: random.Random, site: Site) -> Played:
    start, step = rng.randrange(10_000), rng.choice([1, 1, 1, 3, 10])
    return _take(
        rng,
        "ids counted up",
        [site.post.format(start + i * step) for i in range(rng.randrange(80, 1_200))],
        agent=rng.choice([browser(rng), "python-requests/2.31.0", "Go-http-client/2.0"]),
        status=0.8,
    )


def api_pages(rng: random.Random, site: Site) -> Played:
    """A list of the API to its end, by page or by offset."""
    step = rng.choice([1, 20, 50])
    return _take(
        rng,
        "API paged to its end",
        [f"{site.api}/users?{rng.choice(['page', 'offset'])}={i * step}" for i in range(rng.randrange(80, 600))],
        agent=rng.choice([browser(rng), "okhttp/4.12.0", "axios/1.7.2"]),
    )


def api_sweep(rng: random.Random, site: Site) -> Played:
    return _take(
        rng,
        "API without the app",
        [f"{site.api}/users/{h}" for h in rng.sample(site.handles, rng.randrange(100, 900))],
        agent=browser(rng),
    )


def search_pages(rng: random.Random, site: Site) -> Played:
    words = ["nurse", "teacher", "berlin", "austin", "gmail", "phone", "whatsapp"]
    return _take(
        rng,
        "search results paged",
        [site.search.format(w, p) for w in rng.sample(words, 5) for p in range(1, rng.randrange(15, 80))],
        agent=browser(rng),
    )


def false_referrers(rng: random.Random, site: Site) -> Played:
    """Says that it comes from the site's own pages, but fetches no asset."""
    return _take(
        rng,
        "profiles with false referrers",
        [site.profile.format(h) for h in site.handles[: rng.randrange(100, 700)]],
        agent=browser(rng),
        referrer=site.host + "/",
    )


def whole_browser(rng: random.Random, site: Site) -> Played:
    """Drives a real browser with assets and referrers through all profiles in order."""
    played, who, agent, at = (
        Played("real browser driven in order", True),
        address(rng),
        browser(rng),
        rng.random() * DAY * 0.2,
    )
    for handle in site.handles[: rng.randrange(150, 600)]:
        path = site.profile.format(handle)
        played.rows.append((at, who, agent, "GET", path, 200, site.host + "/"))
        played.rows += [
            (at + 0.5, who, agent, "GET", asset, 200, site.host + path) for asset in rng.sample(site.assets, 4)
        ]
        at += rng.uniform(5, 40)
    return played


def rotating(rng: random.Random, site: Site) -> Played:
    """Each request from another address; posts in rising order; one agent."""
    played, agent, at, start = (
        Played("rotating addresses, one agent", True),
        browser(rng).replace("Chrome/12", "Chrome/10"),
        600.0,
        rng.randrange(9_000),
    )
    pool = [address(rng) for _ in range(rng.randrange(40, 400))]
    for i in range(rng.randrange(150, 1_200)):
        played.rows.append((at, rng.choice(pool), agent, "GET", site.post.format(start + i), 200, "-"))
        at += rng.uniform(5, 60)
    return played


def rotating_both(rng: random.Random, site: Site) -> Played:
    """Another address and another agent each time; profiles in order."""
    played, at, start = Played("rotating addresses and agents", True), 600.0, rng.randrange(1_000)
    pool = [(address(rng), browser(rng)) for _ in range(rng.randrange(40, 300))]
    for handle in site.handles[start : start + rng.randrange(200, 900)]:
        who, agent = rng.choice(pool)
        played.rows.append((at, who, agent, "GET", site.profile.format(handle), 200, "-"))
        at += rng.uniform(5, 60)
    return played


def rotating_at_random(rng: random.Random, site: Site) -> Played:
    """Another address each time, the agent of the day, no order."""
    played, agent, at = Played("rotating addresses, no order", True), browser(rng), 600.0
    for handle in rng.sample(site.handles, rng.randrange(200, 900)):
        played.rows.append((at, address(rng), agent, "GET", site.profile.format(handle), 200, "-"))
        at += rng.uniform(5, 60)
    return played


def one_network(rng: random.Random, site: Site) -> Played:
    """A rented /24: many addresses, agents drawn, no order."""
    played, at, net = Played("one network, many addresses", True), 600.0, rng.randrange(256)
    pool = [
        (f"198.18.{net}.{i}", browser(rng).replace("Chrome/12", "Chrome/11")) for i in rng.sample(range(1, 255), 60)
    ]
    for handle in rng.sample(site.handles, rng.randrange(200, 900)):
        who, agent = rng.choice(pool)
        played.rows.append((at, who, agent, "GET", site.profile.format(handle), 200, "-"))
        at += rng.uniform(5, 60)
    return played


def false_crawler(rng: random.Random, site: Site, name: str) -> Played:
    agent = f"Mozilla/5.0 (compatible; {name}/2.1; +http://www.search.example/bot.html)"
    return _take(
        rng,
        "false search engine",
        [site.post.format(rng.randrange(site.posts)) for _ in range(rng.randrange(20, 400))],
        agent=agent,
    )


def unknown_crawler(rng: random.Random, site: Site) -> Played:
    agent = rng.choice(
        [
            "Scrapy/2.11.2 (+https://scrapy.org)",
            "Mozilla/5.0 (compatible; HarvestBot/0.9; +http://harvest.example)",
            "python-httpx/0.27.0",
            "node-fetch/1.0 (+https://github.com/bitinn/node-fetch)",
        ]
    )
    paths = [
        rng.choice([site.post.format(rng.randrange(site.posts)), site.profile.format(rng.choice(site.handles))])
        for _ in range(rng.randrange(100, 900))
    ]
    return _take(rng, "unproven crawler", paths, agent=agent)


def headless(rng: random.Random, site: Site) -> Played:
    agent = (
        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/127.0.0.0 Safari/537.36"
    )
    played, at, who = Played("headless browser", True), rng.random() * DAY * 0.3, address(rng)
    for handle in rng.sample(site.handles, rng.randrange(100, 500)):
        path = site.profile.format(handle)
        played.rows.append((at, who, agent, "GET", path, 200, "-"))
        played.rows += [
            (at + 0.3, who, agent, "GET", asset, 200, site.host + path) for asset in rng.sample(site.assets, 4)
        ]
        at += rng.uniform(2, 15)
    return played


def scanner(rng: random.Random, site: Site) -> Played:
    probes = [
        "/.env",
        "/.git/config",
        "/wp-login.php",
        "/phpmyadmin/index.php",
        "/backup.sql",
        "/admin/",
        "/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php",
        "/actuator/env",
        "/../../../../etc/passwd",
        "/xmlrpc.php",
        "/cgi-bin/luci",
        "/config.bak",
        "/?id=1%20union%20select%201,2",
        "/shell.php",
        "/.aws/credentials",
        "/server-status",
        "/HNAP1/",
    ]
    return _take(
        rng,
        "vulnerability scanner",
        [rng.choice(probes) for _ in range(rng.randrange(8, 200))],
        agent=rng.choice([browser(rng), "-", "Mozilla/5.0 zgrab/0.x"]),
        status=0.02,
    )


def login_attack(rng: random.Random, site: Site) -> Played:
    played, who, agent, at = Played("sign-in attack", True), address(rng), browser(rng), rng.random() * DAY * 0.5
    for _ in range(rng.randrange(80, 700)):
        played.rows.append((at, who, agent, "POST", "/login", 401 if rng.random() < 0.97 else 302, "-"))
        at += rng.uniform(0.5, 4)
    return played


def code_guess(rng: random.Random, site: Site) -> Played:
    played, who, agent, at = Played("code guessing", True), address(rng), browser(rng), rng.random() * DAY * 0.5
    for _ in range(rng.randrange(60, 500)):
        played.rows.append((at, who, agent, "POST", "/account/verify", 422, site.host + "/account/verify"))
        at += rng.uniform(0.3, 3)
    return played


def bulk_follow(rng: random.Random, site: Site) -> Played:
    played, who, agent, at = Played("bulk follows", True), address(rng), browser(rng), rng.random() * DAY * 0.3
    for handle in rng.sample(site.handles, rng.randrange(100, 500)):
        played.rows.append(
            (at, who, agent, "POST", f"{site.profile.format(handle)}/follow", 200, rng.choice(["-", site.host + "/"]))
        )
        at += rng.uniform(8, 14)
    return played


def flood(rng: random.Random, site: Site) -> Played:
    who, agent, start = address(rng), browser(rng), rng.random() * DAY * 0.9
    return Played(
        "flood",
        True,
        [(start + i / 40, who, agent, "GET", "/search?q=a", 503 if i > 500 else 200, "-") for i in range(4_000)],
    )


def feed_harvest(rng: random.Random, site: Site) -> Played:
    """Every profile's feed once, in order."""
    return _take(
        rng,
        "feeds of all profiles",
        [site.profile.format(h) + "/feed.xml" for h in site.handles[: rng.randrange(200, 1_500)]],
        agent=rng.choice(["python-requests/2.31.0", browser(rng)]),
    )


def among_people(rng: random.Random, site: Site) -> Played:
    """A sweep from the address and with the agent of three hundred people."""
    who, agent = address(rng), browser(rng)
    rows: list[Row] = []
    for _ in range(300):
        rows += visit(rng, site, who, agent, rng.random() * DAY, rng.randrange(1, 8))
    sweep = _take(
        rng, "", [site.profile.format(h) for h in site.handles[: rng.randrange(300, 900)]], agent=agent, who=who
    )
    return Played("sweep behind people's address", True, rows + sweep.rows)


BOTS: tuple[Callable[[random.Random, Site], Played], ...] = (
    profile_sweep, profiles_at_random, ids_rising, api_pages, api_sweep, search_pages, false_referrers, whole_browser, rotating, rotating_both, rotating_at_random,
    one_network, unknown_crawler, headless, scanner, login_attack, code_guess, bulk_follow, flood, feed_harvest, among_people,
)  # fmt: skip
