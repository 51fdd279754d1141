"""Which network does an address stand in, and is it in a given range?"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
# Mobile and home lines get a /64 or shorter each, and clients change the last 64 bits at will (RFC 8981); /48 is what
# a site gets (RFC 6177). In IPv4 a /24 is the smallest block that is routed on its own.
_SITE_BITS = {4: 24, 6: 48}
# The common case by pattern: `ipaddress` takes ten times as long, and a large log has a million of them.
_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
_PLAIN = re.compile(rf"(?:{_OCTET}\.){{3}}{_OCTET}")


@lru_cache(maxsize=65_536)
def plain_address(text: str) -> str:
    """One spelling for one address: zones, brackets, ports and IPv4 inside IPv6 undone; "" when it is none."""
    if _PLAIN.fullmatch(text):
        return text
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1 and "." in bare:
        bare = bare.partition(":")[0]
    bare = bare.partition("%")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(address)


@lru_cache(maxsize=65_536)
def network_of(text: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) around an address, as text; the text itself when it is no address."""
    if _PLAIN.fullmatch(text):
        return f"{text.rpartition('.')[0]}.0/24"
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    return str(ipaddress.ip_network(f"{text}/{_SITE_BITS[address.version]}", strict=False))


class Ranges:
    """A set of address ranges, asked by address; answers are kept for the addresses asked last."""

    def __init__(self, ranges: Iterable[str] = ()) -> None:
        self._masks: dict[int, dict[int, set[int]]] = {4: {}, 6: {}}
        self.empty = True
        for text in ranges:
            network = ipaddress.ip_network(text, strict=False)
            self._masks[network.version].setdefault(network.prefixlen, set()).add(int(network.network_address))
            self.empty = False
        self._known: dict[str, bool] = {}

    def __contains__(self, text: str) -> bool:
        if self.empty:
            return False
        known = self._known.get(text)
        if known is None:
            if len(self._known) > 50_000:
                self._known.clear()
            known = self._known[text] = self._look(text)
        return known

    def _look(self, text: str) -> bool:
        try:
            address = ipaddress.ip_address(text)
        except ValueError:
            return False
        bits, value = address.max_prefixlen, int(address)
        for length, starts in self._masks[address.version].items():
            shift = bits - length
            if (value >> shift) << shift in starts:
                return True
        return False
