import random

import dnstwist
import pytest

from tutela.links import parse, shapes
from tutela.links.lookalike import match_host, targets, words
from tutela.settings import Platform

SEED = 11
NAMES = ("murmura", "norvikbank", "swiftparcel", "lanternly")


@pytest.mark.parametrize("name", NAMES)
def test_kinds_of_look_alikes_are_found(name: str) -> None:
    known = targets(Platform(name=name, domains=(f"{name}.com",)))
    fuzzer = dnstwist.Fuzzer(
        f"{name}.com", dictionary=["login", "secure", "shop"], tld_dictionary=["net", "top", "co.uk"]
    )
    fuzzer.generate()
    kinds: dict[str, list[str]] = {}
    for row in fuzzer.domains:
        kinds.setdefault(row["fuzzer"], []).append(row["domain"])
    kinds.pop("*original")
    rng = random.Random(SEED)
    for kind, hosts in kinds.items():
        chosen = rng.sample(sorted(hosts), min(len(hosts), 60))
        found = 0
        for host in chosen:
            address = parse(f"https://{host}/")
            found += bool(address and match_host(address.host, known, typed=address.typed_host))
        assert found / len(chosen) >= 0.95, (kind, SEED)


def test_the_most_used_domains_pass_for_nobody() -> None:
    known = targets(Platform(name="Finance", domains=("finance.example",)))
    assert match_host("binance.com", known) is None


def test_authorities_pass_for_nobody() -> None:
    known = targets(Platform(name="Binance", domains=("binance.example",)))
    assert match_host("finance.gov.ie", known) is None


def test_a_short_name_is_not_compared_by_slips() -> None:
    known = targets(Platform(name="Orla", domains=("orla.example",)))
    assert match_host("ora.example.net", known) is None
    assert match_host("0rla.com", known) is not None


def test_capitals_count_as_typed() -> None:
    known = targets(Platform(name="Swiftparcel", domains=("swiftparcel.com",)))
    match = match_host("swiftparcei.com", known, typed="swiftparceI.com")
    assert match is not None
    assert match.rule == "homoglyph"


@pytest.mark.parametrize(
    ("a", "b", "slip"),
    [
        ("murmura", "murmura", ""),
        ("murmra", "murmura", "one letter less"),
        ("murmuraa", "murmura", "one letter more"),
        ("murmyra", "murmura", "one letter changed"),
        ("mumrura", "murmura", "two letters exchanged"),
        ("mumruar", "murmura", ""),
        ("", "m", "one letter less"),
    ],
)
def test_slips(a: str, b: str, slip: str) -> None:
    assert shapes.slip(a, b) == slip


def test_visual_slips_count_pairs_once() -> None:
    assert shapes.visual_slips("rnurrnura", "murmura") == 2
    assert shapes.visual_slips("murmura", "murmura") == 0
    assert shapes.visual_slips("lanternly", "murmura") == 99


def test_a_word_stands_in_one_list_of_trust_version_and_fan() -> None:
    lists = words()
    assert not lists["trust"] & lists["fan"]
    assert not lists["trust"] & lists["version"]
    assert not lists["version"] & lists["fan"]
