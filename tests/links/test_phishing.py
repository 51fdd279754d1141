import hashlib

import pytest

from tutela.links import parse, phishing


def probability(link: str) -> float:
    address = parse(link)
    assert address is not None
    return phishing.probability(address)


@pytest.mark.parametrize(
    "link",
    [
        "https://en.wikipedia.org/wiki/Lighthouse",
        "https://docs.lantern-library.org/en/latest/install.html",
        "https://accounts.lanternly.com/settings/security",
        "https://support.lanternly.com/hc/en-us/articles/1234-Reset-your-password",
        "https://www.lanternly.com/account/delete",
        "https://annabaker.github.io/notes/linear-algebra.html",
    ],
)
def test_honest_pages_stay_low(link: str) -> None:
    assert probability(link) < 0.5


@pytest.mark.parametrize(
    "link",
    [
        "http://paypal-secure-login.verify-account.top/webscr.php?cmd=_login",
        "https://netflix-billing-update.pages.dev/signin",
        "http://198.51.100.7/wp-content/plugins/bankofamerica/login.php",
        "https://appleid-verify-8h3k2.web.app/",
    ],
)
def test_built_like_phishing_is_high(link: str) -> None:
    assert probability(link) >= 0.5


def test_the_weights_are_the_ones_shipped() -> None:
    assert hashlib.sha256(phishing.WEIGHTS.read_bytes()).hexdigest() == phishing.DIGEST.read_text().strip()


@pytest.mark.parametrize(
    "link",
    [
        "https://x",
        "https://" + "a" * 60 + ".com/" + "b" * 4000,
        "https://é.é/é?é#é",
        "http://[::1]/",
        "https://a.b.c.d.e.f.g.h.i.com",
    ],
)
def test_odd_addresses_have_a_probability(link: str) -> None:
    assert 0.0 <= probability(link) <= 1.0
