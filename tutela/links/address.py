"""What does an address say? Read as browsers read it: schemes, user-info, hosts in any notation, redirects unwrapped."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import unquote

from msgspec import Struct

from tutela.links import domains
from tutela.links.domains import Split

MOST_CHARACTERS = 4096
MOST_NESTED = 8
DEEPEST = 4
_LONGEST_HOST = 253


class Address(Struct, frozen=True, kw_only=True):
    """One address, split.

    `host` is in Unicode and small letters, punycode decoded; `typed_host` keeps the capitals as typed; `ip` is the
    canonical form when the host is an address in any notation. `user` is everything before the `@`. `path` starts
    with `/` or is empty. `parts` splits the host; None for an IP or no host.
    """

    scheme: str
    host: str = ""
    typed_host: str = ""
    user: str = ""
    port: int | None = None
    path: str = ""
    query: str = ""
    fragment: str = ""
    ip: str = ""
    odd_ip: bool = False
    punycode: bool = False
    parts: Split | None = None

    @property
    def site(self) -> str:
        """The registrable domain, or the IP."""
        return self.ip or (self.parts.site if self.parts else "")

    def normal(self) -> str:
        """The address in one form, for comparing and keyed fingerprints. Without user-info and fragment."""
        port = f":{self.port}" if self.port else ""
        query = f"?{self.query}" if self.query else ""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip or self.host
        return f"{self.scheme}://{host}{port}{self.path or '/'}{query}" if host else f"{self.scheme}:"

    def shown(self) -> str:
        """A form nobody can click, short, without anything that may be a token: `hxxps://mrumura[.]com/…`."""
        scheme = self.scheme.replace("http", "hxxp").replace("ftp", "fxp")
        host = self.ip or self.host
        if not host:
            return f"{scheme}:…"
        host = host if len(host) <= 48 else f"…{host[-44:]}"
        rest = "/…" if self.path.strip("/") or self.query else ""
        return f"{scheme}://{host.replace('.', '[.]')}{rest}"


_DOTS = str.maketrans({"。": ".", "．": ".", "｡": ".", "․": "."})
_INVISIBLE = dict.fromkeys([0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF, 0x180E, 0x034F, *range(0xFE00, 0xFE10)])
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{0,30}):")
# Schemes whose addresses have a host and treat a backslash as a slash.
_WEB = frozenset(("http", "https", "ftp", "ws", "wss"))


def parse(text: str) -> Address | None:
    """Reads one address. None when it has no scheme and no host. Text beyond 4,096 characters is cut off."""
    text = text[:MOST_CHARACTERS].strip().translate(_INVISIBLE)
    text = text.replace("\t", "").replace("\n", "").replace("\r", "")
    match = _SCHEME.match(text)
    scheme, rest = (match[1].lower(), text[match.end() :]) if match else ("", text)
    if scheme and (scheme in _WEB or rest[:2] == "//"):
        rest = rest.lstrip("/\\") if scheme in _WEB else rest[2:]
    elif scheme and not ("." in scheme or rest[:5].partition("/")[0].isdigit()):
        return Address(scheme=scheme, path=rest)
    else:
        scheme, rest = "https", text.lstrip("/\\")
    end = len(rest)
    for stop in "/?#\\" if scheme in _WEB else "/?#":
        if 0 <= (at := rest.find(stop)) < end:
            end = at
    authority, tail = rest[:end], rest[end:].replace("\\", "/", 1)
    user, _, hostport = authority.rpartition("@")
    host, port = _port(hostport)
    path, _, fragment = tail.partition("#")
    path, _, query = path.partition("?")
    return _with_host(scheme, unquote(user), host, port, path, query, fragment)


def _port(hostport: str) -> tuple[str, int | None]:
    if hostport.startswith("["):
        host, _, port = hostport.partition("]")
        return f"{host}]", _number(port[1:])
    host, colon, port = hostport.partition(":")
    return host, _number(port) if colon else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else None


def _with_host(
    scheme: str, user: str, typed: str, port: int | None, path: str, query: str, fragment: str
) -> Address | None:
    typed = typed if "%" not in typed else unquote(typed)
    if not typed.isascii():
        typed = unicodedata.normalize("NFKC", typed.translate(_DOTS)).translate(_INVISIBLE)
    typed = typed.strip(".")
    if not typed or len(typed) > _LONGEST_HOST:
        return None
    ip, odd = _ip(typed)
    host, punycode = ("", False) if ip else _decoded(typed.lower())
    if not ip and (" " in host or ".." in host):
        return None
    translated = host.removesuffix(".translate.goog") if host.endswith(".translate.goog") else ""
    if translated:
        host = translated.rpartition(".")[2].replace("--", "\0").replace("-", ".").replace("\0", "-")
    return Address(
        scheme=scheme, host=host, typed_host=typed, user=user, port=port, path=path, query=query, fragment=fragment,
        ip=ip, odd_ip=odd, punycode=punycode, parts=None if ip else domains.split(host),
    )  # fmt: skip


def _decoded(host: str) -> tuple[str, bool]:
    if "xn--" not in host:
        return host, False
    labels = []
    for label in host.split("."):
        if label.startswith("xn--") and len(label) <= 63:
            try:
                label = unicodedata.normalize("NFC", label[4:].encode("ascii").decode("punycode")).lower()
            except (UnicodeError, ValueError):
                # Browsers show such a label as it stands.
                pass
        labels.append(label)
    return ".".join(labels), True


# takes 3325256727, 0xc6.0x33.0144.7, 198.51.100.7; must not take 1.2.3.4.5 or 12.example
_NUMERIC = re.compile(r"(?:0[xX][0-9a-fA-F]{0,10}|\d{1,12})(?:\.(?:0[xX][0-9a-fA-F]{0,10}|\d{1,12})){0,3}")


def _ip(host: str) -> tuple[str, bool]:
    """The canonical address, and whether it was written in a way people do not write. Source: WHATWG URL, IPv4 parser."""
    if host.startswith("["):
        try:
            return str(IPv6Address(host[1:-1].partition("%")[0])), False
        except ValueError:
            return "", False
    if not _NUMERIC.fullmatch(host):
        return "", False
    numbers = []
    for piece in host.split("."):
        try:
            if piece[:2] in ("0x", "0X"):
                numbers.append(int(piece[2:] or "0", 16))
            else:
                numbers.append(int(piece, 8 if piece[0] == "0" and len(piece) > 1 else 10))
        except ValueError:
            return "", False
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= 256 ** (5 - len(numbers)):
        return "", False
    value = numbers[-1] + sum(number << (24 - 8 * index) for index, number in enumerate(numbers[:-1]))
    plain = str(IPv4Address(value))
    return plain, plain != host


_NESTED = re.compile(r"(?i)(?:h(?:tt|xx)ps?:)?[/\\]{2}[^\s/\\]|h(?:tt|xx)ps?:[/\\]?[^\s/\\]|www\.[^\s/]|javascript:")
_BASE64_HTTP = re.compile(r"aHR0c(?:HM6Ly|DovL)[A-Za-z0-9+/_\-]{4,2000}")
# Sites that keep copies of pages: the address inside names what was copied, nobody is led there.
ARCHIVES = (
    "web.archive.org",
    "archive.org",
    "archive.ph",
    "archive.today",
    "archive.is",
    "webcache.googleusercontent.com",
)


def targets(address: Address, deepest: int = DEEPEST) -> tuple[Address, ...]:
    """Where an address leads on to: parameters, fragments and paths that hold addresses, at most 8, 4 levels deep."""
    found: list[Address] = []
    queue = [(address, 0)]
    while queue and len(found) < MOST_NESTED:
        here, depth = queue.pop(0)
        if depth >= deepest:
            continue
        for text in _nested(here):
            inner = parse(text)
            if inner is not None and (inner.site or inner.scheme == "javascript") and len(found) < MOST_NESTED:
                found.append(inner)
                queue.append((inner, depth + 1))
    return tuple(found)


def _nested(address: Address) -> list[str]:
    texts = []
    for piece in [*address.query.split("&", 40)[:40], *address.fragment.split("&", 8)[:8]]:
        value = piece.partition("=")[2] or piece
        for _ in range(3):
            if _NESTED.match(value):
                texts.append(value if not value.startswith(("//", "\\\\")) else f"https:{value}")
                break
            if match := _BASE64_HTTP.match(value):
                texts.append(_from_base64(match[0]))
                break
            if "%" not in value:
                break
            value = unquote(value)
    if address.host not in ARCHIVES:
        path = unquote(address.path)
        at = max(path.find("http://", 1), path.find("https://", 1), path.find("https:/", 1))
        if at > 0:
            texts.append(path[at:])
        elif "/amp/s/" in path[:8] or address.host.endswith("cdn.ampproject.org"):
            texts.append("https://" + re.sub(r"^/(?:amp/|[a-z]/)(?:s/)?", "", path))
    return [text for text in texts if text]


def _from_base64(text: str) -> str:
    try:
        padded = text.replace("-", "+").replace("_", "/")[: len(text) // 4 * 4]
        return base64.b64decode(padded, validate=True).decode("utf-8", "ignore")
    except (binascii.Error, ValueError):
        return ""
