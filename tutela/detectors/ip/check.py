"""Which dotted numbers or groups of hexadecimal digits are the address of a machine, and of which kind?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

from tutela.masking import mask
from tutela.model import Signal
from tutela.scan.view import View

_BEFORE = 48
_AFTER = 44

_DOT = r"(?: ?\. ?| ?\[(?:\.|dot)\] ?| ?\((?:\.|dot)\) ?| dot )"
_V4 = re.compile(rf"[0-9]{{1,3}}(?:{_DOT}[0-9]{{1,3}}){{3}}", re.I)
_V6 = re.compile(r"[0-9A-Fa-f:]{2,39}(?:\.[0-9]{1,3}){0,3}")
_NUMBER = re.compile(r"[0-9]+")
# Resolvers that everyone may use. Source: their operators' own pages (Google, Cloudflare, Quad9, OpenDNS, AdGuard).
_RESOLVERS = frozenset(
    {
        "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "149.112.112.112", "208.67.222.222", "208.67.220.220",
        "94.140.14.14", "94.140.15.15", "2001:4860:4860::8888", "2001:4860:4860::8844", "2606:4700:4700::1111",
        "2606:4700:4700::1001", "2620:fe::fe",
    }
)  # fmt: skip
# Ranges for documentation. Source: RFC 5737, RFC 3849, RFC 9637.
_DOCUMENTATION = tuple(
    ipaddress.ip_network(block)
    for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20")
)


def inspect(view: View) -> Iterator[Signal]:
    """Addresses near the gates' hits, from left to right, without overlaps."""
    last = -1
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, last, 0), min(hit.end + _AFTER, len(view.text))
        while 0 < low < high and view.text[low - 1].isalnum() and view.text[low].isalnum():
            low += 1
        for match in (_V4 if hit.id == "v4" else _V6).finditer(view.text, low, high):
            if match.start() < last or match.end() < hit.first:
                continue
            found = _judge(view, match, six=hit.id == "v6")
            if found is not None:
                last = found.end
                yield found


def _judge(view: View, match: re.Match[str], *, six: bool) -> Signal | None:
    text, start, end = view.text, match.start(), match.end()
    if six:
        written = match.group().rstrip(":") if not match.group().endswith("::") else match.group()
        end = start + len(written)
        if sum(char.isalnum() for char in written) < 4 or written.count(":") < 2:
            return None
    else:
        written = ".".join(str(int(part)) for part in _NUMBER.findall(match.group()))
    before, after = text[max(start - 1, 0) : start], text[end : end + 2]
    if before.isalnum() or before in tuple("._:-#$€£") or after[:1].isalnum() or after[:1] == "_":
        return None
    if before == "/" and text[max(start - 2, 0) : start - 1].isalnum():
        # "Browser/5.1.8.184"
        return None
    if after[:1] in (".", "-") and after[1:2].isalnum() and after[:1]:
        return None
    try:
        address = ipaddress.ip_address(written)
    except ValueError:
        return None
    cue = view.near("ip.cue", start, end, before=40, after=24)
    other = view.near("ip.other", start, end, before=16, after=0)
    if other is not None and (cue is None or cue.end < other.start or cue.start > end):
        return None
    marks = _facts(address)
    if cue is not None:
        marks.add("cue")
    if six:
        confidence = 0.97
    elif cue is not None:
        confidence = 0.98
    else:
        parts = [int(part) for part in written.split(".")]
        # "1.2.3.4" and "10.0.1.2" are as often versions and headings.
        plain = parts[0] < 11 or sum(part > 31 for part in parts) < 2
        confidence = 0.55 if plain and not marks & {"private", "sample", "organisation", "loopback"} else 0.92
        if " " in match.group() and "[" not in match.group():
            confidence = min(confidence, 0.8)
        if plain:
            marks.add("weak")
    return view.signal(
        "ip.address", start, end, confidence=confidence, value=str(address), shown_as=mask(text[start:end]), marks=marks
    )


def _facts(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> set[str]:
    marks = {f"v{address.version}"}
    if any(address in network for network in _DOCUMENTATION if network.version == address.version):
        return marks | {"sample", "reserved"}
    if str(address) in _RESOLVERS:
        marks.add("organisation")
    if address.is_loopback:
        marks.add("loopback")
    if address.is_private or address.is_loopback or address.is_link_local:
        # Reached from the same network only: they lead nobody to a person.
        marks |= {"private", "reserved"}
    elif address.is_reserved or address.is_unspecified or address.is_multicast:
        marks.add("reserved")
    return marks
