from pathlib import Path

import pytest

from tutela.errors import BadPlatform, MissingFile
from tutela.settings import Platform, load_platform, read_platform

FULL = b"""
name = "Murmura"
spellings = ["MURMURA", "murmura app"]
domains = ["Murmura.com", "murmura.app."]
shorteners = ["mrm.example"]
official_accounts = ["@murmura", "murmura_support"]
protected = ["prints/app.tutela"]
robots_txt = "User-agent: *"
honeypots = ["/trap"]
profile_page_pattern = "/@{handle}"
allow_links = ["partner.example/help"]

[support]
phones = ["+1 555 0100"]
emails = ["help@murmura.com"]

[public_contacts]
addresses = ["1 Example Street"]

[[apps]]
id = "com.murmura.app"
signing_cert_sha256 = ["DC:B1:56:BD:ED:4E:FF:57:A4:E3:82:E1:27:8C:46:9A:7E:63:71:FA:AD:A0:EA:C2:40:22:24:F6:DD:11:BE:59"]
stores = ["https://store.example/murmura"]

[[logos]]
pdq = "F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0"

[[brands]]
name = "Norvik Bank"
domains = ["norvik.example"]

[[crawlers]]
name = "NordSeek"
user_agent = "NordSeekBot"
ranges = ["198.51.100.0/26", "2001:db8:68::/48"]
verified = true
"""


def test_profile_is_read_and_tidied() -> None:
    platform = read_platform(FULL, folder=Path("/profile"))
    assert platform.domains == ("murmura.com", "murmura.app")
    assert platform.names() == ("Murmura", "MURMURA", "murmura app")
    assert platform.apps[0].signing_cert_sha256[0].startswith("dcb156bded4e")
    assert platform.logos[0].pdq == "f0" * 32
    assert platform.protected == ("/profile/prints/app.tutela",)
    assert platform.support.emails == ("help@murmura.com",)


def test_json_with_the_same_names_is_read() -> None:
    assert read_platform(b'{"name": "Murmura", "domains": ["murmura.com"]}').domains == ("murmura.com",)


def test_only_the_name_is_needed() -> None:
    assert bool(read_platform(b'name = "Murmura"'))
    assert not Platform.none()


def test_profiles_are_keys() -> None:
    assert {read_platform(FULL): 1}[read_platform(FULL)] == 1


def test_every_defect_is_told_at_once_with_the_nearest_name() -> None:
    with pytest.raises(BadPlatform) as caught:
        read_platform(
            b'nam = "x"\ndomain = ["a.example"]\nspellings = "one"\n[[crawlers]]\nname = "a"\nverified = "yes"'
        )
    told = str(caught.value)
    assert caught.value.code == "T206"
    for expected in (
        'nearest is "name"',
        'nearest is "domains"',
        "spellings: a list is expected",
        "crawlers[0].user_agent: is missing",
        "crawlers[0].verified: true or false is expected",
    ):
        assert expected in told


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('domains = ["https://murmura.com"]', "domains[0]"),
        ('domains = ["murmura"]', "domains[0]"),
        ('[[apps]]\nid = "a"\nsigning_cert_sha256 = ["abcd"]', "apps[0].signing_cert_sha256[0]"),
        ('[[apps]]\nid = "a"\nstores = ["http://store.example"]', "apps[0].stores[0]"),
        ('[[shared_networks]]\nranges = ["198.51.100.7/24"]', "shared_networks[0].ranges[0]"),
        ('[[logos]]\npdq = "12"', "logos[0].pdq"),
        ('profile_page_pattern = "/@handle"', "profile_page_pattern"),
        ('honeypots = ["trap"]', "honeypots[0]"),
        ('[[crawlers]]\nname = "a"\nuser_agent = "b"\nverified = true', "crawlers[0].verified"),
        ('[support]\nemails = ["nobody"]', "support.emails[0]"),
    ],
)
def test_a_value_that_cannot_mean_anything_is_refused_with_its_place(line: str, told: str) -> None:
    with pytest.raises(BadPlatform) as caught:
        read_platform(f'name = "Murmura"\n{line}'.encode())
    assert told in str(caught.value)


@pytest.mark.parametrize("data", [b"\xff\xfe", b"name = ", b"[]", b"{", b"[" * 100_000, b'{"name":' + b"[" * 100_000])
def test_bytes_that_are_no_profile_are_refused(data: bytes) -> None:
    with pytest.raises(BadPlatform):
        read_platform(data)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        load_platform(tmp_path / "absent.toml")
