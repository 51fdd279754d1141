"""Who is the platform? Its profile: names, domains, apps, accounts, contacts, crawl rules; read, checked, immutable."""

from __future__ import annotations

import difflib
import ipaddress
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Struct

from tutela.errors import BadPlatform, MissingFile

MOST_BYTES = 4 << 20


class App(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app or browser extension of the platform.

    `id` is the package id, bundle id or extension id. `signing_cert_sha256` holds the SHA-256 of the DER certificates
    that sign it, lower-case hex without colons; `apple_team_ids` the team prefixes that sign it on Apple's systems.
    `stores` are the addresses people get it from.
    """

    id: str
    signing_cert_sha256: tuple[str, ...] = ()
    apple_team_ids: tuple[str, ...] = ()
    stores: tuple[str, ...] = ()


class Contacts(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contact points that are public on purpose. Phones in international form, addresses as one line each."""

    phones: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


class Logo(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A logo picture, by its PDQ fingerprint: 256 bits as 64 lower-case hex digits."""

    pdq: str
    what: str = ""


class Page(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A page that fakes copy (sign-in, verification), held as a fingerprint in hex, never as its text."""

    fingerprint: str
    url: str = ""
    what: str = ""


class Brand(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another brand whose look-alikes the operator wants to know about."""

    name: str
    domains: tuple[str, ...] = ()


class Crawler(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A crawler that may come. With `verified`, only requests from `ranges` are taken for it."""

    name: str
    user_agent: str
    ranges: tuple[str, ...] = ()
    verified: bool = False


class Fetcher(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A client that fetches single pages for people or agreed work: link previews, monitoring, research."""

    name: str
    user_agents: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()


class SharedNetwork(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Address ranges behind which many people stand: carrier networks, universities, offices."""

    ranges: tuple[str, ...]
    what: str = ""


class Platform(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the platform says of itself. Only `name` is needed; an empty `name` means that there is no profile.

    `spellings` are other ways people write the name. `domains` cover every host below them. `shorteners` are the
    platform's own short-link hosts. `official_accounts` and `profile_page_pattern` (`/@{handle}`) name handles with
    or without `@`. `support` is the platform's own help; `public_contacts` are contact points of others that are
    known to be public (helplines, offices). `protected` are files made by `tutela protect add`; relative paths are
    taken from the profile's folder. `honeypots` are paths no person is led to. `allow_links` are hosts, or hosts with
    a path, that are never reported, whoever runs them.
    """

    name: str
    spellings: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    shorteners: tuple[str, ...] = ()
    apps: tuple[App, ...] = ()
    official_accounts: tuple[str, ...] = ()
    support: Contacts = Contacts()
    logos: tuple[Logo, ...] = ()
    pages: tuple[Page, ...] = ()
    protected: tuple[str, ...] = ()
    brands: tuple[Brand, ...] = ()
    crawlers: tuple[Crawler, ...] = ()
    fetchers: tuple[Fetcher, ...] = ()
    shared_networks: tuple[SharedNetwork, ...] = ()
    research_agents: tuple[Fetcher, ...] = ()
    robots_txt: str = ""
    honeypots: tuple[str, ...] = ()
    profile_page_pattern: str = ""
    public_contacts: Contacts = Contacts()
    allow_links: tuple[str, ...] = ()

    @classmethod
    def none(cls) -> Platform:
        """The profile of a platform that has not said who it is: nothing is official, nothing can be imitated."""
        return cls(name="")

    def __bool__(self) -> bool:
        return bool(self.name)

    def __hash__(self) -> int:
        # Rooms keep what they prepare from a profile by profile; hashing every range each time would cost more.
        return hash((self.name, self.domains, self.spellings, len(self.brands), len(self.apps)))

    def names(self) -> tuple[str, ...]:
        """Name and spellings, each once, as written."""
        return tuple(dict.fromkeys(name for name in (self.name, *self.spellings) if name))


def load_platform(path: str | Path) -> Platform:
    """Reads a profile: TOML, or JSON with the same names.

    Raises MissingFile (T104), and BadPlatform (T206) with every defect of the file and its place.
    """
    file = Path(path)
    try:
        data = file.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise MissingFile(reason, where=str(path), next_step="`tutela platform init` writes a profile") from None
    return read_platform(data, where=str(path), folder=file.parent)


def read_platform(data: bytes, *, where: str = "platform profile", folder: Path | None = None) -> Platform:
    """Reads a profile's bytes; `folder` is what relative paths start from. Raises BadPlatform (T206)."""
    if len(data) > MOST_BYTES:
        raise BadPlatform(
            f"larger than {MOST_BYTES >> 20} MiB",
            where=where,
            next_step="a profile is a few pages long",
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadPlatform(
            f"not UTF-8 at byte {error.start}",
            where=where,
            next_step="save it as UTF-8",
        ) from None
    raw = _parse(text, where)
    defects = [*_shape(Platform, raw, "")]
    if not defects:
        defects = [*_meaning(raw)]
    if defects:
        count = "1 defect" if len(defects) == 1 else f"{len(defects)} defects"
        lines = "".join(f"\n  {defect}" for defect in defects)
        raise BadPlatform(
            f"{count} in the profile{lines}",
            where=where,
            next_step="`tutela platform init` writes one with every field",
        )
    return msgspec.convert(_tidied(raw, folder), Platform)


def _parse(text: str, where: str) -> dict[str, Any]:
    try:
        raw = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
    except (tomllib.TOMLDecodeError, json.JSONDecodeError) as error:
        # Both messages tell line and column; neither quotes a value.
        raise BadPlatform(
            f"cannot be read: {error}",
            where=where,
            next_step="TOML or JSON is expected",
        ) from None
    except RecursionError:
        raise BadPlatform("nested too deeply", where=where, next_step="TOML or JSON is expected") from None
    if not isinstance(raw, dict):
        raise BadPlatform("not a table", where=where, next_step="one table of fields is expected")
    return raw


@lru_cache(maxsize=32)
def _fields(kind: type[Struct]) -> dict[str, Any]:
    return {field: hint for field, hint in get_type_hints(kind).items() if field in kind.__struct_fields__}


@lru_cache(maxsize=32)
def _needed(kind: type[Struct]) -> tuple[str, ...]:
    return tuple(field.name for field in msgspec.structs.fields(kind) if field.required)


def _shape(kind: type[Struct], raw: dict[str, Any], place: str) -> Iterator[str]:
    known = _fields(kind)
    for key in raw:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
            hint = f'nearest is "{near[0]}"' if near else "fields are " + ", ".join(known)
            yield f'{place}{key}: no field "{key}"; {hint}'
    for field in _needed(kind):
        if field not in raw:
            yield f"{place}{field}: is missing"
        elif raw[field] in ("", (), []):
            yield f"{place}{field}: is empty"
    for key, value in raw.items():
        if key in known:
            yield from _value(known[key], value, f"{place}{key}")


def _value(hint: Any, value: Any, place: str) -> Iterator[str]:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            yield f"{place}: a list is expected"
            return
        for index, entry in enumerate(value):
            yield from _value(get_args(hint)[0], entry, f"{place}[{index}]")
    elif isinstance(hint, type) and issubclass(hint, Struct):
        if isinstance(value, dict):
            yield from _shape(hint, value, f"{place}.")
        else:
            yield f"{place}: a table is expected"
    elif not isinstance(value, hint):
        yield f"{place}: {'true or false' if hint is bool else 'a string'} is expected"


_LABEL = r"[^\s./:@?#\[\]\\]{1,63}"
# takes murmura.com, bücher.example; must not take https://murmura.com/ or murmura
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})+\.?")
# takes murmura.com/help/; must not take murmura
_LINK = re.compile(rf"{_LABEL}(\.{_LABEL})+(:\d+)?(/\S*)?")
_HANDLE = re.compile(r"@?[\w.\-]{1,64}")
_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]{1,190}\.[^\s@.]{2,63}")
_HEX = re.compile(r"[0-9a-f]{8,}")


def _network(text: str) -> str:
    try:
        ipaddress.ip_network(text)
    except ValueError:
        return "no address range such as 198.51.100.0/24 (host bits must be zero)"
    return ""


def _fits(pattern: re.Pattern[str], wanted: str) -> Callable[[str], str]:
    return lambda text: "" if pattern.fullmatch(text) else wanted


def _length(text: str) -> str:
    if not text.strip():
        return "is empty"
    return "" if len(text) <= 100 else "longer than 100 characters"


_SHA256 = "64 hex digits expected, the SHA-256 of the signing certificate (colons may stay)"
_CHECKS: dict[str, Callable[[str], str]] = {
    "name": _length,
    "spellings": _length,
    "domains": _fits(_DOMAIN, "a bare domain such as murmura.com is expected, without scheme or path"),
    "shorteners": _fits(_DOMAIN, "a bare domain such as mrm.example is expected, without scheme or path"),
    "brands.name": _length,
    "brands.domains": _fits(_DOMAIN, "a bare domain such as murmura.com is expected, without scheme or path"),
    "allow_links": _fits(_LINK, "a host, or a host with a path, is expected, without scheme"),
    "apps.signing_cert_sha256": lambda text: "" if len(_plain_hex(text)) == 64 else _SHA256,
    "apps.stores": lambda text: "" if re.match(r"https://\S+$", text) else "an https address is expected",
    "official_accounts": _fits(_HANDLE, "a handle such as @murmura_support is expected"),
    "support.emails": _fits(_EMAIL, "an e-mail address is expected"),
    "public_contacts.emails": _fits(_EMAIL, "an e-mail address is expected"),
    "logos.pdq": lambda text: "" if len(_plain_hex(text)) == 64 else "64 hex digits expected, a PDQ fingerprint",
    "pages.fingerprint": lambda text: "" if _HEX.fullmatch(_plain_hex(text)) else "hex digits are expected",
    "crawlers.ranges": _network,
    "fetchers.ranges": _network,
    "research_agents.ranges": _network,
    "shared_networks.ranges": _network,
    "honeypots": lambda text: "" if text.startswith("/") else "a path that starts with / is expected",
    "profile_page_pattern": lambda text: "" if text.count("{handle}") == 1 else "{handle} is expected once",
}


def _plain_hex(text: str) -> str:
    bare = text.replace(":", "").replace(" ", "").lower()
    return bare if re.fullmatch("[0-9a-f]+", bare) else ""


def _meaning(raw: dict[str, Any], name: str = "", place: str = "") -> Iterator[str]:
    for key, value in raw.items():
        full, here = f"{name}{key}", f"{place}{key}"
        for index, entry in enumerate(value) if isinstance(value, list) else [(None, value)]:
            spot = here if index is None else f"{here}[{index}]"
            if isinstance(entry, dict):
                yield from _meaning(entry, f"{full}.", f"{spot}.")
            elif isinstance(entry, str) and full in _CHECKS and (defect := _CHECKS[full](entry)):
                yield f"{spot}: {defect}"
        if full == "crawlers":
            for index, crawler in enumerate(value):
                if crawler.get("verified") and not crawler.get("ranges"):
                    yield f"{here}[{index}].verified: a verified crawler needs ranges, or anybody may borrow its name"


def _tidied(raw: dict[str, Any], folder: Path | None) -> dict[str, Any]:
    """One form for values that people write in several: domains and hex in small letters, paths from the folder."""
    tidy = dict(raw)
    for key in ("domains", "shorteners"):
        tidy[key] = [domain.lower().rstrip(".") for domain in raw.get(key, [])]
    tidy["brands"] = [
        {
            **brand,
            "domains": [domain.lower().rstrip(".") for domain in brand.get("domains", [])],
        }
        for brand in raw.get("brands", [])
    ]
    tidy["apps"] = [
        {
            **app,
            "signing_cert_sha256": [_plain_hex(digest) for digest in app.get("signing_cert_sha256", [])],
        }
        for app in raw.get("apps", [])
    ]
    tidy["logos"] = [{**logo, "pdq": _plain_hex(logo["pdq"])} for logo in raw.get("logos", [])]
    tidy["pages"] = [{**page, "fingerprint": _plain_hex(page["fingerprint"])} for page in raw.get("pages", [])]
    if folder is not None:
        tidy["protected"] = [str(folder / entry) for entry in raw.get("protected", [])]
    return tidy
