"""Is a string in the form of a service's token one that works, and is it a secret at all?"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Iterator

from tutela.detectors.loading import Found, Verdict
from tutela.masking import hidden
from tutela.model import Signal
from tutela.reference.checkdigits import crc16_fits, crc62_fits
from tutela.reference.placeholders import is_placeholder
from tutela.scan.view import View

# Keys that the makers' documentation prints. Sources: docs of AWS, Stripe, Google, Twilio, SendGrid, Slack, JWT.io.
_DOCUMENTED = frozenset({
    "AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE", "ASIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY", "sk_test_4eC39HqLyjWDarjtT1zdp7dc", "sk_test_BQokikJOvBiI2HlWgH4olfQ2",
    "sk_test_tR3PYbcVNZZ796tH88S4VQ2u", "pk_test_TYooMQauvdEDq54NiTphI7jx", "pk_test_6pRNASCoBOKtIshFeQd4XMUh",
    "AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI", "SG.xxxxxxxx.yyyyyyyy", "xoxb-not-a-real-token-this-will-not-work",
    "AIzaSyB41DRUbKWJHPxaFjMAwdrzWzbVKartNGg", "xoxp-23984754863-2348975623103",
})  # fmt: skip
_SIGNED_LINK = re.compile(r"(?i)(?:X-Amz-Credential|AWSAccessKeyId|Credential)=\Z")
_PREFIX = re.compile(r"[A-Za-z]{1,12}[_\-.]|[A-Z]{4}")
_CONNECTION = re.compile(
    r"(?i)\b([a-z][a-z0-9+.\-]{1,30})://([^\s:@/\"'<>]{0,100}):([^\s@/\"'<>]{1,160})@([a-z0-9.\-_\[\]:]{1,253})(?:/[A-Za-z0-9_\-.]{0,64})?"
)
_LOCAL = re.compile(
    r"(?i)(?:localhost|127\.0\.0\.1|0\.0\.0\.0|host|hostname|server|db|database|postgres|mysql|redis|mongo|rabbitmq|(?:[a-z0-9\-]+\.)*example\.(?:com|org|net))(?::|\Z)"
)
_TRIVIAL = frozenset(
    [
        "pass",
        "password",
        "passwd",
        "pwd",
        "secret",
        "user",
        "username",
        "admin",
        "root",
        "postgres",
        "mysql",
        "guest",
        "test",
        "changeme",
        "example",
        "pw",
        "p",
        "token",
        "redis",
        "mongo",
        "rabbitmq",
        "bar",
        "foo",
    ]
)


def plausible(found: Found) -> Verdict:
    """Drops gaps of forms and masks; marks what documentation prints."""
    value = found.text
    if value in _DOCUMENTED or "EXAMPLE" in value:
        return 0.9, ("sample",)
    if value.startswith(("AKIA", "ASIA")) and _SIGNED_LINK.search(
        found.view.text, max(found.start - 40, 0), found.start
    ):
        # A signed link names the key it was signed with; the name alone opens nothing.
        return False
    body = _PREFIX.sub("", value, count=1)
    if is_placeholder(body) or is_placeholder(value) or len(set(body)) < min(8, max(len(body) // 4, 4)):
        return False
    if re.search(r"(?i)1234567890|0123456789|abcdefgh|(.)\1{7}", value):
        return 0.5, ("placeholder",)
    return not _is_name(body)


def _is_name(body: str) -> bool:
    """True for an identifier of code: words, no figure (`sk_live_publishableKeyName`)."""
    return len(body) < 40 and not any(char.isdigit() for char in body) and body.islower()


def github(found: Found) -> Verdict:
    """Six letters of base 62 hold the CRC-32 of the thirty before them; a wrong one is a placeholder or a slip."""
    return _crc62(found)


def npm(found: Found) -> Verdict:
    """The same check as GitHub's."""
    return _crc62(found)


def _crc62(found: Found) -> Verdict:
    fits = plausible(found)
    body = found.text.partition("_")[2]
    if crc62_fits(body[:-6], body[-6:]):
        return 0.99, ("checked",)
    return (0.45, ("check_failed",)) if fits is True else fits


def atlassian(found: Found) -> Verdict:
    """The last eight hexadecimal figures are the CRC-32 of what precedes, where the token has them."""
    value = found.text
    if re.fullmatch(r"[0-9A-F]{8}", value[-8:]) and int(value[-8:], 16) == zlib.crc32(value[:-8].encode()):
        return 0.99, ("checked",)
    fits = plausible(found)
    return 0.8 if fits is True and len(value) >= 24 and any(char.isdigit() for char in value) else False


def grafana(found: Found) -> Verdict:
    """Eight hexadecimal figures: CRC-32, low byte first, of what precedes. Source: grafana, satokengen."""
    head, _, tail = found.text.rpartition("_")
    stated = int.from_bytes(bytes.fromhex(tail), "little")
    if stated in (zlib.crc32(head.encode()), zlib.crc32(head[5:].encode())):
        return 0.99, ("checked",)
    return 0.6 if plausible(found) is True else False


def slack(found: Found) -> Verdict:
    """A token ends in letters and figures without a pattern."""
    tail = found.text.rsplit("-", 1)[-1]
    if len(set(tail)) < 6 or not any(char.isdigit() for char in found.text):
        return False
    return plausible(found)


def discord(found: Found) -> Verdict:
    """The first piece is the bot's number in Base64; without that, a word has to say what it is."""
    head = found.text.partition(".")[0]
    try:
        number = base64.urlsafe_b64decode(head + "=" * (-len(head) % 4))
    except (binascii.Error, ValueError):
        number = b""
    if number.isdigit() and 15 <= len(number) <= 20:
        return 0.99, ("checked",)
    near = found.view.text[max(found.start - 60, 0) : found.end + 40].lower()
    told = re.search(r"token|bot|discord|api|key|secret|committed", near)
    return 0.8 if told and len(set(found.text)) >= 20 else False


def nats_seed(found: Found) -> Verdict:
    """Base32 with CRC-16 at its end. Source: NATS, nkeys."""
    try:
        data = base64.b32decode(found.text + "=" * (-len(found.text) % 8))
    except (binascii.Error, ValueError):
        return False
    if crc16_fits(data):
        return 0.99, ("checked",)
    near = found.view.text[max(found.start - 80, 0) : found.end + 40].lower()
    return 0.6 if re.search(r"seed|nkey|\bnsc\b|nats", near) and len(set(found.text)) > 12 else False


def okta(found: Found) -> Verdict:
    """Forty-two characters that begin with two zeros: a word has to say whose."""
    near = found.view.text[max(found.start - 60, 0) : found.end + 40].lower()
    return plausible(found) if "okta" in near or "ssws" in near else False


def test_key(found: Found) -> Verdict:
    """Keys of a provider's test mode move no money, yet show test data."""
    fits = plausible(found)
    return (0.6, ("test_mode",)) if fits is True else fits


def publishable(found: Found) -> Verdict:
    """Made to stand in every page: no secret."""
    return 0.3, ("publishable",)


def inspect(view: View) -> Iterator[Signal]:
    """Addresses with user name and password: `scheme://name:password@host`."""
    done = 0
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        if hit.first < done:
            continue
        for match in _CONNECTION.finditer(view.text, max(hit.first - 300, done), min(hit.end + 260, len(view.text))):
            done = match.end()
            signal = _connection(view, match)
            if signal is not None:
                yield signal


def _connection(view: View, match: re.Match[str]) -> Signal | None:
    name, password, host = match[2], match[3], match[4]
    if is_placeholder(password) or is_placeholder(host) or "*" in password or "…" in password:
        return None
    local = _LOCAL.match(host) is not None
    if password.lower() in _TRIVIAL or password.lower() == name.lower() or (local and len(password) < 6):
        return None
    marks = {"demo"} if local and password.isalpha() else set()
    return view.signal(
        "secret.connection",
        match.start(),
        match.end(),
        confidence=0.7 if local else 0.96,
        value=password,
        shown_as=hidden("connection string", len(match[0])),
        marks=marks,
        says=f"a connection string ({match[1].lower()})",
    )
