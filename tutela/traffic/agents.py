"""What does a User-Agent say of the client, and can it be true?"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Any, Literal

import re2
from msgspec import Struct

from tutela.reference.rows import rows

Kind = Literal["browser", "app", "library", "headless", "crawler", "automated", "empty"]
MOST_CHARACTERS = 512

# HTTP libraries and command-line clients, by the product token that they send unless told otherwise.
_LIBRARIES = re.compile(
    r"^(?:curl|wget|python-requests|python-urllib|python-httpx|python|aiohttp|httpx|scrapy|go-http-client|java|okhttp|"
    r"apache-httpclient|libwww-perl|lwp|perl|php|guzzlehttp|ruby|faraday|axios|node-fetch|node|undici|got|postmanruntime|"
    r"insomnia|httpie|restsharp|dart|reqwest|hyper|winhttp|powershell|jakarta|colly|mechanize|typhoeus|deno|bun|unirest|"
    r"libcurl|lua-resty-http|rest-client|http_request2|mojolicious|cpp-httplib|ktor-client|superagent|aria2|httpunit)\b",
    re.I,
)
# RE2 searches anywhere in 1 µs where `re` with this many alternatives takes 20.
_HEADLESS = re2.compile(
    r"(?i)headless|phantomjs|puppeteer|playwright|selenium|webdriver|slimerjs|splash|htmlunit|zombie\.js|cypress|electron/"
)
# The device part of an Android agent holds makers' names: CUBOT, Discovery, Scanner. It says nothing of automation.
_DEVICE = re.compile(r"(android [\d.]+;)[^()]*+(?:\([^()]*+\)[^()]*+)?", re.I)
# Browsers inside other programs whose own words look like automation.
_INSIDE = re2.compile(r"(?i)sogoumse|sogoumobilebrowser|sogousearch|process/tools|micromessenger|cubot")
_CHROME = re.compile(r"Chrom(?:e|ium)/(\d{1,4})\.")
_FIREFOX = re.compile(r"Firefox/(\d{1,4})\.")
_REVISION = re.compile(r"rv:(\d{1,4})\.")
_TEXT_BROWSERS = re2.compile(r"(?i)^(?:lynx|links|elinks|w3m|edbrowse|netsurf)\b|\b(?:nvda|jaws|orca)\b")
_PRODUCT = re.compile(r"\b([A-Za-z][\w.-]{2,39})/v?\d")
_BROWSER_WORDS = frozenset(
    [
        "mozilla",
        "applewebkit",
        "chrome",
        "chromium",
        "safari",
        "gecko",
        "firefox",
        "version",
        "mobile",
        "edge",
        "edg",
        "opr",
        "trident",
        "build",
    ]
)
# Earliest days by the browsers' own calendars: Chrome 94 came on 2021-09-21, Firefox 93 on 2021-10-05, and a version
# takes four weeks since then (chromium.org and wiki.mozilla.org release calendars); skipped weeks only make them later.
_FIRST_DAY = {"chrome": (94, date(2021, 9, 21)), "firefox": (93, date(2021, 10, 5))}


class Agent(Struct, frozen=True):
    """What an agent claims. `name` is the known client's id or the first product; `purpose` that of a known client.

    `odd` says in words why the claim cannot be true, whatever the day; "" when nothing speaks against it.
    """

    text: str
    kind: Kind
    name: str
    purpose: str
    odd: str
    browser: str = ""
    version: int = 0
    accessible: bool = False

    @property
    def automated(self) -> bool:
        """True when the agent itself says that no person drives it."""
        return self.kind in ("library", "headless", "crawler", "automated", "empty")


class Known(Struct, frozen=True):
    """A known client: what for, and the host names that prove it."""

    name: str
    purpose: str
    pattern: str
    hosts: tuple[str, ...]


@lru_cache(maxsize=1)
def known_clients() -> tuple[Known, ...]:
    """All clients of the shipped table."""
    return tuple(
        Known(name, purpose, pattern, () if hosts == "-" else tuple(hosts.split(" ")))
        for name, purpose, pattern, hosts in rows("crawlers")
    )


@lru_cache(maxsize=1)
def _known_set() -> Any:
    options = re2.Options()
    options.max_mem = 64 << 20
    patterns = re2.Set.SearchSet(options)
    for client in known_clients():
        patterns.Add(client.pattern)
    patterns.Compile()
    return patterns


@lru_cache(maxsize=1)
def _words() -> Any:
    options = re2.Options()
    options.case_sensitive = False
    options.max_mem = 64 << 20
    return re2.compile("|".join(f"(?:{row[0]})" for row in rows("agent_words")), options)


def clean(text: str) -> str:
    """The agent as it may be shown: control characters replaced, at most 512 characters."""
    cut = text[:MOST_CHARACTERS]
    return cut if cut.isprintable() else "".join(char if char.isprintable() else "\ufffd" for char in cut)


def looks_automated(agent: str) -> bool:
    """True when the words or the shape of an agent speak of an automated client."""
    text = _DEVICE.sub(r"\1", agent[:MOST_CHARACTERS]) if "ndroid" in agent else agent[:MOST_CHARACTERS]
    if _words().search(text) is None:
        return False
    return _INSIDE.search(text) is None


@lru_cache(maxsize=20_000)
def read_agent(agent: str) -> Agent:
    """Reads one agent. Never fails; an empty one or "-" has the kind `empty`."""
    text = clean(agent).strip()
    if text in ("", "-"):
        return Agent("-", "empty", "none", "", "")
    first = text.partition("/")[0][:40]
    if _LIBRARIES.match(text):
        return Agent(text, "library", first, "", "")
    if _HEADLESS.search(text):
        return Agent(text, "headless", first, "", "", *_version(text))
    known = _known_set().Match(text)
    if known:
        client = known_clients()[min(known)]
        return Agent(text, "crawler", client.name, client.purpose, "")
    accessible = _TEXT_BROWSERS.search(text) is not None
    if looks_automated(text) and not accessible:
        return Agent(text, "automated", _own_name(text) or first, "", "")
    browser, version = _version(text)
    kind: Kind = "browser" if text.startswith("Mozilla/") or browser or accessible else "app"
    return Agent(text, kind, browser or first, "", _odd(text), browser, version, accessible)


def _own_name(text: str) -> str:
    """The product that is no browser's, in `Mozilla/5.0 (compatible; Name/1.0; …)` and the like."""
    for found in _PRODUCT.finditer(text):
        if found[1].lower() not in _BROWSER_WORDS:
            return found[1]
    return ""


def _version(text: str) -> tuple[str, int]:
    for name, pattern in (("chrome", _CHROME), ("firefox", _FIREFOX)):
        found = pattern.search(text)
        if found:
            return name, int(found[1])
    return "", 0


def _odd(text: str) -> str:
    firefox, revision = _FIREFOX.search(text), _REVISION.search(text)
    # Firefox froze rv at 109 for versions 110 to 119 (Mozilla bug 1806690).
    if (
        firefox
        and revision
        and firefox[1] != revision[1]
        and not (revision[1] == "109" and 110 <= int(firefox[1]) < 120)
    ):
        return "its Firefox version and its revision differ"
    if "Windows NT 11" in text:
        return "no Windows calls itself NT 11"
    if ("iPhone" in text or "iPad" in text) and "Chrome/" in text and "AppleWebKit/" in text:
        return "no browser on an iPhone has Chrome's engine"
    if "MSIE " in text and "Chrome/" in text:
        return "Internet Explorer and Chrome in one"
    if "Windows NT" in text and "Version/" in text and "Safari/" in text and "Chrome/" not in text and "Mobile" in text:
        return "no mobile Safari runs on Windows"
    return ""


def impossible_on(agent: Agent, day: date) -> str:
    """Why the browser cannot exist on that day, in words; "" when it can."""
    if agent.odd:
        return agent.odd
    if agent.browser in _FIRST_DAY and agent.kind in ("browser", "headless"):
        base, first = _FIRST_DAY[agent.browser]
        if agent.version > base and (day - first).days < (agent.version - base) * 28 - 60:
            return f"{agent.browser.title()} {agent.version} had not been released on that day"
    return ""


def versions_behind(agent: Agent, day: date) -> int:
    """About how many major versions older than the newest of that day, never more than it really is; 0 if unknown."""
    if agent.browser not in _FIRST_DAY:
        return 0
    base, first = _FIRST_DAY[agent.browser]
    # Weeks without a release: about one version in six came later than planned.
    newest = base + max((day - first).days, 0) // 33
    return max(newest - agent.version, 0)
