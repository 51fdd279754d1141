"""What do a text's links show? Look-alikes, fakes, threat lists, tricks in the address; each with its reason in words."""

from __future__ import annotations

import re
from ipaddress import ip_address, ip_network
from typing import Any

import msgspec

from tutela.links import domains, phishing, shapes
from tutela.links.address import ARCHIVES, Address, parse, targets
from tutela.links.feeds import Feeds
from tutela.links.find import Found, find
from tutela.links.lookalike import Match, Targets, match_host, match_label, official, own_brand, words
from tutela.links.lookalike import targets as targets_of
from tutela.links.names import inspect_mentions
from tutela.model import Part, Signal
from tutela.settings import Platform

DETECTOR = "links"
NO_FEEDS = Feeds()
# A link that was made harmless is how people warn; it is told, below the level at which rules act.
HARMLESS = 0.45
# The model's probability from which it is told at all.
PHISHING_FROM = 0.5
_PROGRAMS = frozenset((
    "apk", "apkm", "xapk", "exe", "msi", "msix", "appx", "scr", "pif", "bat", "cmd", "ps1", "vbs", "vbe", "jse", "wsf", "hta", "jar", "dmg", "pkg",
    "iso", "img", "lnk", "ipa", "xpi", "crx", "deb", "rpm", "appimage", "com", "cpl", "reg",
))  # fmt: skip
# takes play.google.com/store/apps/details?id=org.example, apps.apple.com/app/name/id123; must not take play.google.com/books
_STORES = (
    ("play.google.com", re.compile(r"^/store/apps/details$")),
    ("apps.apple.com", re.compile(r"/app/([^/]+)/id\d+")),
    ("addons.mozilla.org", re.compile(r"/addon/([^/]+)")),
    ("chromewebstore.google.com", re.compile(r"^/detail/([^/]+)")),
    ("chrome.google.com", re.compile(r"^/webstore/detail/([^/]+)")),
    ("apps.microsoft.com", re.compile(r"^/(?:store/)?detail/([^/]+)")),
    ("galaxystore.samsung.com", re.compile(r"^/detail/([^/]+)")),
    ("appgallery.huawei.com", re.compile(r"/app/([^/]+)")),
    ("f-droid.org", re.compile(r"/packages/([^/]+)")),
    ("apkpure.com", re.compile(r"^/([^/]+/[^/]+)")),
    ("www.apkmirror.com", re.compile(r"^/apk/([^/]+/[^/]+)")),
)
_HOME = tuple(
    ip_network(net)
    for net in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "::1/128",
        "fc00::/7",
        "fe80::/10",
    )
)
_PACKAGE = re.compile(r"(?:^|&)id=([\w.]{3,150})")
_SEGMENT = re.compile(r"[^a-z0-9.]+")


def inspect(
    text: str, *, part: str | Part = "text", platform: Platform | None = None, feeds: Feeds | None = None
) -> tuple[Signal, ...]:
    """Signals of all links in a text, and of handles mentioned in it that pass for the platform.

    `part` is the part the text is, or its name; a part named `links/…` is one link whatever it looks like.
    Pure: lists are loaded beforehand (`tutela.links.feeds.load_feeds`).
    """
    name, where = (part.name, part) if isinstance(part, Part) else (part, None)
    profile = platform or Platform.none()
    found = find(text)
    if name.startswith("links/") or (where is not None and where.medium == "link"):
        found = _one_link(text, found)
    signals: list[Signal] = []
    for link in found:
        signals.extend(judge(link, part=name, platform=profile, feeds=feeds or NO_FEEDS))
    signals.extend(inspect_mentions(text, part=name, platform=profile))
    return tuple(signals)


def _one_link(text: str, found: tuple[Found, ...]) -> tuple[Found, ...]:
    if found and found[0].start <= 1:
        return tuple(Found(start=f.start, end=f.end, form=f.form, address=f.address) for f in found[:1])
    address = parse(text)
    return (Found(start=0, end=len(text), form="bare", address=address),) if address and address.site else found


def judge(link: Found, *, part: str, platform: Platform, feeds: Feeds) -> tuple[Signal, ...]:
    """Signals of one link, and of the addresses it leads on to. The strongest first."""
    known = targets_of(platform)
    if not link.sure and not _like_a_name(link.address, known):
        return ()
    signals = _judge(link.address, link, part, platform, known, feeds)
    for inner in targets(link.address):
        told = [
            signal for signal in _judge(inner, link, part, platform, known, feeds)
            if signal.name not in ("link.official", "link.shortener")
        ]  # fmt: skip
        if told:
            # An official host that leads to a fake is no proof of being official.
            signals = [signal for signal in signals if signal.name != "link.official"]
            signals += [_led_to(signal, link.address) for signal in told]
    return tuple(sorted(signals, key=lambda signal: -signal.confidence))


def _led_to(signal: Signal, outer: Address) -> Signal:
    return msgspec.structs.replace(
        signal,
        says=f"leads on to an address with {signal.says}",
        marks=signal.marks | {"redirect", f"through:{outer.site}"[:80]},
    )


def _like_a_name(address: Address, known: Targets) -> bool:
    if not known.known or address.parts is None:
        return False
    found = match_host(address.host, known, typed=address.typed_host)
    return found is not None and found.confidence >= 0.8


class _Told:
    """Collects the signals of one address."""

    def __init__(self, address: Address, link: Found, part: str) -> None:
        self.address, self.link, self.part = address, link, part
        self.signals: list[Signal] = []
        marks: set[str] = {link.form} if link.form in ("defanged", "spelled") else set()
        if address.punycode:
            marks.add("punycode")
        if address.parts and address.parts.hosted:
            marks.add("hosted")
        self.marks = marks

    def add(self, name: str, confidence: float, says: str, *marks: str, **more: Any) -> None:
        if self.link.form == "defanged" and name != "link.official":
            confidence, says = min(confidence, HARMLESS), f"{says} (written so that nobody can click it)"
        self.signals.append(
            Signal(
                name=name, kind="link", confidence=round(confidence, 3), detector=DETECTOR,
                shown_as=self.address.shown(), part=self.part, start=self.link.start, end=self.link.end,
                value=self.address.normal(), marks=frozenset(self.marks | set(marks)), says=says,
            )
        )  # fmt: skip


def _judge(address: Address, link: Found, part: str, platform: Platform, known: Targets, feeds: Feeds) -> list[Signal]:
    told = _Told(address, link, part)
    if address.scheme in ("javascript", "vbscript", "livescript") or address.scheme.startswith(("ms-", "search-ms")):
        told.add(
            "link.script_uri",
            _script_risk(address),
            f"an address that runs a program ({address.scheme}:)",
            address.scheme,
        )
        return told.signals
    if address.scheme == "data":
        told.add("link.data_uri", 0.8, "a page packed into the address itself")
        return told.signals
    if not address.site or _at_home(address):
        return told.signals
    if _allowed(address, known):
        return told.signals
    if (feed := feeds.listed(address)) is not None:
        told.add(
            "link.listed", 0.98, f"named by the threat list {feed.name}", f"list:{feed.name}", f"threat:{feed.threat}"
        )
    if address.host and official(address.host, known):
        if not _credible_user(address, known):
            told.add("link.official", 0.99, "one of the platform's own addresses", "official")
        return told.signals
    if address.host and _store(address, platform, known, told):
        return told.signals
    _names(address, known, told)
    _tricks(address, known, told)
    # The model knows pages; an address of a database or a mail box is none.
    if address.scheme in ("", "http", "https") and not any(
        signal.name in ("link.lookalike", "link.fake_platform", "link.brand_lookalike") for signal in told.signals
    ):
        _model(address, known, told)
    return told.signals


def _at_home(address: Address) -> bool:
    """True for the reader's own device or home network: nobody else is there. Source: RFC 1918, 3927, 4193, 4291, 6761."""
    if not address.ip:
        return address.host == "localhost" or address.host.endswith((".localhost", ".local"))
    ip = ip_address(address.ip)
    return not address.odd_ip and any(ip.version == net.version and ip in net for net in _HOME)


def _allowed(address: Address, known: Targets) -> bool:
    if not known.allowed:
        return False
    place = f"{address.host}{address.path}".rstrip("/")
    return any(
        place == entry or place.startswith(f"{entry}/") or (("/" not in entry) and address.host.endswith(f".{entry}"))
        for entry in known.allowed
    )


def _script_risk(address: Address) -> float:
    body = address.path.lower()
    takes = (
        "cookie",
        "localstorage",
        "sessionstorage",
        "fetch(",
        "xmlhttp",
        "eval(",
        "atob(",
        "location",
        "token",
        "http",
        "import(",
        "src=",
        "beacon",
    )
    return 0.93 if any(word in body for word in takes) or address.scheme != "javascript" else 0.55


def _credible_user(address: Address, known: Targets) -> bool:
    """True when user-info before the @ names some other host."""
    return bool(address.user) and "." in address.user


def _store(address: Address, platform: Platform, known: Targets, told: _Told) -> bool:
    """Judges an address of an app store; False when it is none."""
    for host, pattern in _STORES:
        if address.host != host:
            continue
        match = pattern.search(address.path)
        if match is None:
            return False
        package = _PACKAGE.search(address.query)
        name = package[1] if package else match[1] if match.groups() else ""
        own_ids = {app.id.lower() for app in platform.apps}
        stores = {
            store.split("://")[-1].split("#")[0].rstrip("/").lower() for app in platform.apps for store in app.stores
        }
        place = f"{address.host}{address.path}".rstrip("/").lower()
        full = f"{place}?{address.query}".lower() if address.query else place
        if (
            name.lower() in own_ids
            or place in stores
            or any(full == store or full.startswith(f"{store}&") for store in stores)
        ):
            told.add("link.official", 0.97, "the platform's own app in a store", "official")
        else:
            for word in re.split(r"[^0-9A-Za-z\u00c0-\uffff]+", name):
                hit = match_label(word.lower(), known)
                if hit and not hit.brand and hit.confidence >= 0.6:
                    told.add(
                        "link.store_foreign_app",
                        0.85,
                        f"an app in a store under the name of {hit.target} that is not its own",
                        f"target:{hit.target}",
                    )
                    break
        return True
    return False


def _names(address: Address, known: Targets, told: _Told) -> None:
    """Look-alikes in the host, and the platform's name where it vouches for somebody else's."""
    if not known.known:
        return
    found = match_host(address.host, known, typed=address.typed_host) if address.host else None
    if found is not None:
        _tell_match(address, found, told)
        if found.rule != "fan":
            return
    if address.host and own_brand(address.host, known):
        return
    parts = address.parts
    sub = _vouching(parts.sub, known) if parts and parts.sub else None
    if sub is not None and not (parts and domains.popular(parts.site)):
        target, whole = sub
        sure = 0.93 if whole or _asks(address) else 0.75
        name = "link.brand_lookalike" if target[1] else "link.fake_platform"
        told.add(name, sure, f"the name of {target[0]} in front of somebody else's domain", f"target:{target[0]}")
        return
    _in_path(address, known, told)


def _tell_match(address: Address, found: Match, told: _Told) -> None:
    sure = found.confidence
    asks = _asks(address)
    if asks and found.rule in ("contains", "ending", "version", "slip"):
        sure = min(0.95, sure + 0.2 if found.rule == "contains" else sure + 0.05)
    if asks and found.rule == "fan":
        sure = 0.75
    ending = address.parts.suffix if address.parts else ""
    if found.rule == "contains" and ending in (
        "top",
        "xyz",
        "icu",
        "cfd",
        "sbs",
        "cyou",
        "buzz",
        "bond",
        "click",
        "site",
        "online",
        "live",
        "club",
        "vip",
        "rest",
        "quest",
    ):
        sure = max(sure, 0.8)
    name = "link.brand_lookalike" if found.brand else "link.lookalike"
    told.add(
        name,
        sure,
        found.says,
        f"target:{found.target}",
        f"rule:{found.rule}",
        *(("fan",) if found.rule == "fan" and not asks else ()),
    )


def _vouching(sub: str, known: Targets) -> tuple[tuple[str, bool], bool] | None:
    """A name in the labels before a foreign domain: (shown, brand), and whether it is a whole official domain."""
    for host in known.official | known.brand_sites:
        if f".{host}." in f".{sub}.":
            return (host, host in known.brand_sites), True
    for label in sub.split("."):
        for piece in (label, *label.split("-")):
            if len(piece) < 4:
                continue
            hit = match_label(piece, known)
            if hit and (hit.rule in ("ending", "homoglyph", "trust") or (hit.rule == "slip" and hit.confidence >= 0.9)):
                return (hit.target, hit.brand), False
    return None


def _asks(address: Address) -> bool:
    """True when the path or query's names are those of a page that asks for a login, a code, a card."""
    pieces = [piece for piece in _SEGMENT.split(address.path.lower()) if piece]
    listed = words()["page"]
    return any(piece in listed or piece.partition(".")[0] in listed for piece in pieces[:12])


def _is_page(segments: list[str]) -> bool:
    """True when a whole folder or file is named like a page that asks for something."""
    return any(segment in words()["page"] or segment.partition(".")[0] in words()["page"] for segment in segments[:8])


def _in_path(address: Address, known: Targets, told: _Told) -> None:
    """The platform's name in the path of a foreign host that asks for something, or where anybody may put pages."""
    path = address.path.lower()[:500]
    if len(path) < 5 or address.host in ARCHIVES:
        return
    site_uses = domains.uses(address.host) if address.host else frozenset()
    is_open = bool(site_uses & {"open", "bio"}) or bool(address.parts and address.parts.hosted)
    if "popular" in site_uses and not is_open:
        return
    segments = [piece for piece in path.split("/") if piece]
    asks = _asks(address) or (address.parts is not None and _trusty(address.parts.label))
    for segment in segments[:8]:
        bare = segment.removeprefix("www.").removeprefix("m.").removeprefix("accounts.").removeprefix("login.")
        if bare in known.official or bare in known.brand_sites:
            if asks or address.ip:
                name = "link.brand_lookalike" if bare in known.brand_sites else "link.fake_platform"
                told.add(name, 0.9, f"{bare} only as a folder on somebody else's host", f"target:{bare}")
                return
            continue
        stem = shapes.plain(segment).partition(".")[0]
        target = known.known.get(re.sub(r"[^a-z0-9]", "", stem))
        vouched = address.ip or (address.parts is not None and _trusty(address.parts.label))
        if target is not None and ((asks and vouched) or (is_open and _is_page(segments))):
            name = "link.brand_lookalike" if target.brand else "link.fake_platform"
            told.add(
                name,
                0.85 if address.ip else 0.75,
                f"the name of {target.shown} only as a folder on somebody else's host",
                f"target:{target.shown}",
            )
            return
        if is_open and (hit := match_label(stem[:63], known)) and hit.rule in ("trust", "homoglyph"):
            name = "link.brand_lookalike" if hit.brand else "link.fake_platform"
            told.add(name, 0.75, f"{hit.says}, on a host where anybody may put pages", f"target:{hit.target}")
            return


def _trusty(label: str) -> bool:
    pieces = label.split("-")
    return sum(piece in words()["trust"] for piece in pieces) >= min(len(pieces), 2)


def _tricks(address: Address, known: Targets, told: _Told) -> None:
    """Forms of an address that serve to mislead, whoever is meant."""
    if address.user and ("." in address.user or (known.known and _vouching(address.user.split(":")[0], known))):
        vouched = known.known and _vouching(re.split(r"[:/]", address.user)[0].lower().removeprefix("www."), known)
        if vouched or "." in address.user.split(":")[0]:
            told.add("link.userinfo_trick", 0.95, "a host's name before the @, while another host is behind it")
            if vouched and not vouched[0][1]:
                told.add(
                    "link.fake_platform",
                    0.95,
                    f"{vouched[0][0]} before the @, while another host is behind it",
                    f"target:{vouched[0][0]}",
                )
    if address.ip:
        sure = 0.85 if address.odd_ip else 0.6 if _asks(address) else 0.5
        says = (
            "a bare number for a host, written so that nobody recognises it"
            if address.odd_ip
            else "a bare number for a host"
        )
        told.add("link.raw_ip", sure, says, *(("odd",) if address.odd_ip else ()))
        return
    own = known.official and address.host in known.official
    if "shortener" in domains.uses(address.host) and address.path.strip("/") and not own:
        told.add("link.shortener", 0.9, "a short link that hides where it leads")
        slug = match_label(shapes.plain(address.path.strip("/").partition("/")[0])[:63], known)
        if slug and not slug.brand and slug.rule in ("trust", "homoglyph"):
            told.add(
                "link.fake_platform",
                0.7,
                f"{slug.says}, on a short link that is not the platform's",
                f"target:{slug.target}",
            )
    if (odd := _mixed(address)) and not told.signals:
        told.add("link.mixed_letters", odd[0], odd[1])
    ending = address.path.rpartition("/")[2].rpartition(".")[2].lower()
    if "." in address.path.rpartition("/")[2] and ending in _PROGRAMS:
        popular = bool(
            address.parts and domains.popular(address.parts.site) and "open" not in domains.uses(address.host)
        )
        told.add(
            "link.executable_download",
            0.5 if popular else 0.75,
            f"leads to a program (.{ending})",
            f"ending:{ending}",
            *(("known_site",) if popular else ()),
        )


def _mixed(address: Address) -> tuple[float, str] | None:
    """Letters in a host that serve to be taken for others: scripts mixed in one label, a capital I among small ones."""
    parts = address.parts
    if parts is None:
        return None
    typed = address.typed_host
    if typed.isascii():
        for label in typed.split("."):
            if re.search(r"[a-z]I|I[a-z]", label) and re.search(r"[a-z]I", label) and not re.search(r"[A-HJ-Z]", label):
                return 0.8, "a capital I where a small l is read"
        if not address.punycode:
            return None
    label = parts.label
    if any("a" <= char <= "z" for char in label) and re.search("[\u0370-\u058f\u10a0-\u10ff]", label):
        return 0.85, "letters of several alphabets in one name"
    return None


def _model(address: Address, known: Targets, told: _Told) -> None:
    # A short link says nothing about where it leads, and its random path looks like an attack to any model.
    if (address.parts is None and not address.ip) or "shortener" in domains.uses(address.host):
        return
    # Routers, cameras and game servers are reached by number; only a page that asks for something is asked about.
    if address.ip and not _asks(address):
        return
    probability = phishing.probability(address)
    if probability >= PHISHING_FROM:
        told.add("link.phishing", probability, "built like an address of a phishing page")
