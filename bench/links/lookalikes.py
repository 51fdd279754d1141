"""Measures the look-alike measure: `python bench/links/lookalikes.py [DOMAINS.txt …]`.

For twelve names, everything that dnstwist generates (at most 400 of a kind and name, drawn with a fixed seed) is
asked for, each name as the platform's own. Each file of domains given, one a line, is then asked for with all
twelve as the platform and its brands: what is told there is a false alarm, or a real look-alike that got popular.
"""

from __future__ import annotations

import random
import sys
import time
from collections import defaultdict
from pathlib import Path

import dnstwist

from tutela.links import domains, lookalike, parse
from tutela.settings import Brand, Platform

NAMES = ("paypal.com", "netflix.com", "microsoft.com", "facebook.com", "instagram.com", "linkedin.com",
         "dropbox.com", "spotify.com", "coinbase.com", "whatsapp.com", "murmura.com", "binance.com")  # fmt: skip
DICTIONARY = [
    "account",
    "admin",
    "auth",
    "billing",
    "blog",
    "cloud",
    "community",
    "confirm",
    "customer",
    "data",
    "engineering",
    "forum",
    "free",
    "global",
    "group",
    "help",
    "image",
    "info",
    "login",
    "mail",
    "media",
    "mobile",
    "my",
    "net",
    "online",
    "pay",
    "portal",
    "secure",
    "security",
    "service",
    "shop",
    "sign",
    "start",
    "store",
    "support",
    "team",
    "update",
    "verify",
    "video",
    "wallet",
    "web",
    "world",
]
ENDINGS = [
    "app",
    "club",
    "cn",
    "co",
    "co.uk",
    "com.br",
    "de",
    "info",
    "io",
    "net",
    "online",
    "org",
    "ru",
    "shop",
    "site",
    "top",
    "xyz",
]
TOLD_FROM = 0.5
SEED = 5


def main() -> None:
    rng = random.Random(SEED)
    asked: dict[str, int] = defaultdict(int)
    found: dict[str, int] = defaultdict(int)
    missed: dict[str, list[str]] = defaultdict(list)
    spent, count = 0.0, 0
    for domain in NAMES:
        known = lookalike.targets(Platform(name=domain.split(".")[0], domains=(domain,)))
        fuzzer = dnstwist.Fuzzer(domain, dictionary=list(DICTIONARY), tld_dictionary=list(ENDINGS))
        fuzzer.generate()
        kinds: dict[str, list[str]] = defaultdict(list)
        for row in fuzzer.domains:
            kinds[row["fuzzer"]].append(row["domain"])
        kinds.pop("*original", None)
        for kind, hosts in kinds.items():
            for host in rng.sample(sorted(hosts), min(len(hosts), 400)):
                begun = time.perf_counter()
                address = parse(f"https://{host}/")
                match = address and lookalike.match_host(address.host, known, typed=address.typed_host)
                spent += time.perf_counter() - begun
                count += 1
                asked[kind] += 1
                if match is not None and match.confidence >= TOLD_FROM:
                    found[kind] += 1
                else:
                    missed[kind].append(address.host if address else host)
    print(f"{'kind':14s} asked  found")
    for kind in sorted(asked):
        print(f"{kind:14s} {asked[kind]:5d}  {found[kind] / asked[kind]:.3f}  {' '.join(missed[kind][:5])}")
    print(f"{spent / count * 1e6:.0f} µs an address, {count:,} addresses")
    brands = tuple(Brand(name=domain.split(".")[0], domains=(domain,)) for domain in NAMES if domain != "murmura.com")
    known = lookalike.targets(Platform(name="Murmura", domains=("murmura.com",), brands=brands))
    for path in sys.argv[1:]:
        lines = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]
        begun = time.perf_counter()
        alarms = []
        for line in lines:
            address = parse(line)
            match = address and lookalike.match_host(address.host, known, typed=address.typed_host)
            if address and match and match.confidence >= TOLD_FROM:
                alarms.append(f"{address.host} ({match.rule} {match.target} {match.confidence})")
        spent = (time.perf_counter() - begun) / len(lines) * 1e6
        listed = sum(domains.popular(address.site) for line in lines if (address := parse(line)))
        print(
            f"{path}: {len(alarms)} alarms in {len(lines):,} ({listed:,} of them on the product's own list), {spent:.0f} µs each"
        )
        print("  " + "\n  ".join(alarms[:60]))


if __name__ == "__main__":
    main()
