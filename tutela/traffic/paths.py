"""What kind of place does a request ask for, and which thing of that kind?"""

from __future__ import annotations

import re
from typing import NamedTuple
from urllib.parse import unquote
from zlib import crc32

import re2

from tutela.settings import Platform
from tutela.traffic.robots import Robots

PAGE, ASSET, API, FEED, RULES, LOGIN, CODE, SEARCH, PROFILE, ACTION, HEALTH = range(11)
KINDS = ("page", "asset", "api", "feed", "rules", "login", "code", "search", "profile", "action", "health")
MOST_CHARACTERS = 2_048
MOST_KEPT = 100_000

_ASSET = re.compile(
    r"\.(?:css|js|mjs|map|png|jpe?g|gif|webp|avif|svg|ico|woff2?|ttf|otf|eot|mp4|webm|m4s|m3u8|ts|mp3|ogg|wasm|webmanifest)$|^/browserconfig\.xml$",
    re.I,
)
_ASSET_FOLDER = re.compile(
    r"^/(?:static|assets?|img|images|css|js|fonts?|media|_next/static|build|dist|cdn-cgi|avatars?|thumbs?)/", re.I
)
_FEED = re.compile(
    r"(?:\.(?:rss|atom)|/(?:feed|rss|atom|index|posts|blog)(?:\.xml|\.json)?|/feeds?/[^?]*|\.xml)/?$", re.I
)
_API = re.compile(r"^/(?:api|graphql|rest|rpc|ajax|xrpc|v\d{1,2}|wp-json|odata)(?:/|$|\.)|/api/(?:v?\d|graphql)", re.I)
_LOGIN = re.compile(
    r"(?:^|/)(?:log-?in|sign-?in|sessions?|auth(?:enticate|orize)?|oauth2?(?:/token)?|token|wp-login\.php|user_session)/?$",
    re.I,
)
_CODE = re.compile(
    r"(?:^|/)(?:verify|otp|2fa|mfa|totp|one-?time-?code|two-?factor|confirm(?:-code)?|reset(?:-password)?|redeem|coupon|gift-?card)(?:/|$)",
    re.I,
)
_SEARCH = re.compile(r"(?:^|/)(?:search|find|lookup|explore/search)(?:/|$)", re.I)
_ACTION = re.compile(
    r"(?:^|/)(?:messages?|dms?|direct|follow(?:ers|ing)?|unfollow|likes?|comments?|invit(?:e|ations?)|friend(?:s|ships?|-requests?)?|report|posts?|send|vote|repl(?:y|ies)|reactions?)(?:/|$)",
    re.I,
)
_PROFILE = re.compile(r"^/(?:@|~|u(?:sers?)?/|profiles?/|members?/|people/|in/)([^/?]+)", re.I)
_HEALTH = re.compile(r"^/(?:health(?:z|check)?|ping|status|livez|readyz|up|heartbeat)/?$", re.I)
_RULES = re.compile(
    r"^/(?:robots\.txt|ads\.txt|sitemap[^/]*\.xml(?:\.gz)?|\.well-known/.*|humans\.txt|security\.txt)$",
    re.I,
)
# What follows one of these in a path is somebody's or something's name.
_OWNERS = frozenset(
    (
        "u",
        "user",
        "users",
        "profile",
        "profiles",
        "member",
        "members",
        "people",
        "in",
        "~",
        "author",
        "authors",
        "channel",
    )
)
_PAGE_KEY = re.compile(
    r"^(?:page|p|pg|offset|start|from|skip|id|uid|user(?:_id)?|start_index)$",
    re.I,
)
# A clock in a path rises by itself: whoever polls would seem to count. The same holds for since_id, after and cursor.
_CLOCK = re.compile(r"1[4-9]\d{8}(?:\d{3})?$")
_NUMBER = re.compile(r"\d{1,18}$")
_OPAQUE = re.compile(
    r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{12,64}|(?=[^/]*\d)[A-Za-z0-9_-]{16,})$"
)
_SLUG = re.compile(r"[-_.%+\d]|.{17}")
_TAILED = re.compile(r"([a-z][a-z_-]{0,23}[-_])(\d{1,12})$", re.I)

# What scanners ask for, by family: OWASP ModSecurity Core Rule Set 3.3 (Apache-2.0), files restricted-files.data and
# lfi-os-files.data, and CrowdSec hub (MIT), scenarios http-sensitive-files, http-path-traversal-probing and
# http-backdoors-attempts, name the same families; the expressions are our own.
PROBES: tuple[tuple[str, str], ...] = (
    ("secret files", r"(?i)/\.(?:env|git|svn|hg|aws|ssh|docker|npmrc|htpasswd|htaccess|ds_store|bash_history|vscode)(?:[./_-]|$)"),
    ("backups and dumps", r"(?i)\.(?:sql|bak|old|swp|orig|dump|tar|tgz|7z|rar)(?:\.gz)?$|/(?:backup|dump|database|db)\.(?:zip|gz|sql)"),
    ("admin consoles", r"(?i)/(?:phpmyadmin|pma|adminer|mysqladmin|manager/html|jmx-console|solr/admin|actuator(?:/|$)|server-status|_profiler|telescope|console/login)"),
    ("other people's software", r"(?i)/(?:wp-(?:admin|login|content|includes|config)|xmlrpc\.php|administrator/index|typo3|drupal|joomla|magento|cgi-bin/|boaform|hnap1|vendor/phpunit|owa/auth|autodiscover|_ignition|struts|geoserver|confluence|jenkins)"),
    ("path traversal", r"(?i)(?:\.\.(?:/|\\|%2f|%5c)){2,}|/etc/(?:passwd|shadow)|win\.ini|%c0%ae"),
    ("injection", r"(?i)union(?:\s|\+|%20|/\*)+(?:all(?:\s|\+|%20)+)?select|sleep\(\d|benchmark\(|information_schema|%27(?:\s|\+|%20)*or|' or '|<script|%3cscript|\$\{jndi:|%24%7bjndi|;\s*(?:wget|curl)\s|\{\{\d+\*\d+"),
    ("shells", r"(?i)/(?:shell|cmd|c99|r57|webshell|alfa|wso|eval-stdin)\.(?:php|jsp|aspx?)|[?&](?:cmd|exec|execute)="),
)  # fmt: skip


class Place(NamedTuple):
    """One path, read. `template` has placeholders for what differs from thing to thing; `ident` is that thing.

    `ident` is an int where ids are numbers, a string in small letters for names, "" where the path names no thing.
    `where` and `which` are 32-bit hashes of the template and of the whole path. `probe` is the family of a
    vulnerability probe, `disallowed` the verdict of robots.txt for everyone.
    """

    kind: int
    template: str
    ident: int | str
    where: int
    which: int
    thing: int
    probe: str
    honeypot: bool
    disallowed: bool


class Map:
    """Reads paths for one platform; keeps the readings of the paths asked last."""

    def __init__(self, platform: Platform, robots: Robots) -> None:
        self._robots = robots
        self._honeypots = tuple(platform.honeypots)
        self._profile = _profile_pattern(platform.profile_page_pattern)
        self._known: dict[str, Place] = {}
        self._probes = re2.Set.SearchSet()
        for _, pattern in PROBES:
            self._probes.Add(pattern)
        self._probes.Compile()

    def read(self, target: str, method: str) -> Place:
        """The place that a request target names. `method` matters only for actions and logins."""
        writes = method not in ("GET", "HEAD", "OPTIONS")
        key = f"!{target}" if writes else target
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KEPT:
                self._known.clear()
            known = self._known[key] = self._place(target[:MOST_CHARACTERS], writes)
        return known

    def _place(self, target: str, writes: bool) -> Place:
        if target.startswith(("http://", "https://")):
            target = "/" + target.split("/", 3)[3] if target.count("/") >= 3 else "/"
        path, _, query = target.partition("?")
        kind = self._kind(path, query, writes)
        template, ident = self._template(path, query, kind)
        found = self._probes.Match(target) if kind != ASSET or "%" in target or ".." in target else []
        honeypot = any(path.startswith(trap) for trap in self._honeypots)
        return Place(
            kind, template, ident, crc32(template.encode()), crc32(target.encode("utf-8", "replace")),
            crc32(str(ident).encode("utf-8", "replace")), PROBES[min(found)][0] if found else "", honeypot,
            kind != RULES and not self._robots.everyone.allows(target),
        )  # fmt: skip

    def _kind(self, path: str, query: str, writes: bool) -> int:
        if _RULES.search(path):
            return RULES
        if _ASSET.search(path) or _ASSET_FOLDER.match(path):
            return ASSET
        if _LOGIN.search(path):
            return LOGIN
        if _CODE.search(path) and (writes or "code=" in query):
            return CODE
        if writes and _ACTION.search(path):
            return ACTION
        if _FEED.search(path):
            return FEED
        if _API.search(path):
            return API
        if _SEARCH.search(path) or query.startswith("q=") or "&q=" in query:
            return SEARCH
        if self._is_profile(path):
            return PROFILE
        return HEALTH if _HEALTH.match(path) else PAGE

    def _is_profile(self, path: str) -> bool:
        return (self._profile.match(path) if self._profile is not None else _PROFILE.match(path)) is not None

    def _template(self, path: str, query: str, kind: int) -> tuple[str, int | str]:
        ident: int | str = ""
        parts = path.split("/")
        last = len(parts) - 1
        for i, part in enumerate(parts[:12]):
            if not part:
                continue
            if _CLOCK.match(part):
                parts[i] = "{time}"
            elif _NUMBER.match(part):
                parts[i], ident = "{n}", int(part)
            elif part[0] in "@~" and len(part) > 1:
                parts[i], ident = part[0] + "{name}", _name(part[1:])
            elif _OPAQUE.match(part):
                parts[i], ident = "{id}", part.lower()
            elif (tailed := _TAILED.match(part)) is not None:
                parts[i], ident = tailed[1] + "{n}", int(tailed[2])
            elif parts[i - 1].lower() in _OWNERS:
                parts[i], ident = "{name}", _name(part)
            elif i == last and i >= 2 and kind in (PAGE, PROFILE, API):
                if ident == "" or (isinstance(ident, int) and _in_a_date(ident) and _SLUG.search(part)):
                    parts[i], ident = "{name}", _name(part)
                elif _SLUG.search(part):
                    # /item/77/a-title: the number is the thing. A plain word (/item/77/view) is part of the kind.
                    parts[i] = "{title}"
        keys = []
        for pair in query.split("&")[:12] if query else ():
            key, _, value = pair.partition("=")
            if _PAGE_KEY.match(key):
                keys.append(f"{key[:24]}={{n}}" if _NUMBER.match(value) else f"{key[:24]}=")
                ident = int(value) if _NUMBER.match(value) else ident or _name(value)
            elif key.lower() in ("q", "query", "search", "s", "term", "keyword"):
                keys.append(f"{key[:24]}=")
                if ident == "":
                    ident = _name(value)
        template = "/".join(parts[:12])[:200]
        return (f"{template}?{'&'.join(sorted(keys))}" if keys else template), ident


def _in_a_date(number: int) -> bool:
    return number <= 31 or 1990 <= number <= 2100


def _name(text: str) -> str:
    return unquote(text)[:64].lower()


def _profile_pattern(pattern: str) -> re.Pattern[str] | None:
    if not pattern:
        return None
    before, _, after = pattern.partition("{handle}")
    return re.compile(re.escape(before) + r"[^/?]+" + re.escape(after) + r"/?$")
