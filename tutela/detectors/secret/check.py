"""Is what a setting or a line of code assigns a secret, by its name and by its looks?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from tutela.detectors.secret.randomness import is_structured, looks_random, wordlike
from tutela.masking import hidden
from tutela.model import Signal
from tutela.reference.placeholders import is_placeholder, is_running
from tutela.scan.view import View

_QUOTE = r"(?:\\?[\"'`]|&(?:quot|apos|#3[49]);)"
_ASSIGNED = re.compile(
    rf"(?i)([A-Za-z0-9_.\-]{{0,40}}(?:passw(?:or)?d|passphrase|pwd|pass|secret|token|key|auth|credentials?)[A-Za-z0-9_\-]{{0,24}})"
    rf"{_QUOTE}?\]?\)?[ \t]{{0,3}}(=>|:=|={{1,3}}|:|->|,)[ \t]{{0,3}}(?:[a-zA-Z]{{0,2}}(?={_QUOTE}))?(@?{_QUOTE})?([^\s\"'`<>]{{4,200}}|\{{\\?[\"'][^\n]{{10,200}})"
)
_ARGUMENT = re.compile(
    r"(?i)(?:-{1,2}(password|passwd|pwd|token|secret|api-?key|user)|(ConvertTo-SecureString)|(-u))[ =]{1,3}([\"']?)([^\s\"'$<({`\-][^\s\"'$<({`]{3,200})"
)
_SAID = re.compile(r"(?i)\b(?:token|key|secret|committed|leaked)[^\n0-9a-f]{0,24}[ :=]([0-9a-f]{32,64})\b")
_NAME_NOT = re.compile(
    r"(?i)x-amz|credential_?(?:name|id|type|scope)|client_?id|encrypted_?key|public|pubkey|primary_?key|foreign|keyboard|keyword|monkey|turkey|hockey|key_?(?:name|id|code|type|size|length|path|file|store|chain|board|up|down|press|usage|ring|frame|words?|url|uri|map|event|prefix|format|index)\Z"
    r"|(?:sort|cache|partition|shortcut|hot|index|lookup|object|map|dict|group|unique|config|registry|translation|i18n|site|license|idempotency)_?key|token_?(?:type|id|url|uri|name|expir|endpoint|count|limit|length|lifetime|kind|class|path|file|address|symbol|budget|s)\b|max_?tokens"
    r"|password_?(?:field|label|hint|length|policy|reset|confirm|changed|required|hash_?cost|min|max|url|placeholder|prompt|strength|file|path)|pass(?:ing|ed|es|enger|age|ive|port|through|word_?reset)|auth(?:or|ors|ority|entic|_?type|_?method|_?url|_?mode|_?domain|_?provider|_?endpoint|_?scheme|_?host|_?server|_?ratelimit)|secret_?(?:name|arn|path|file|id|key_?ref)|compass|bypass"
)
_PASSWORD_NAME = re.compile(r"(?i)passw(?:or)?d|passphrase|pwd|(?:^|_|-)pass\Z|smtp_?pass|db_?pass")
_STRONG_NAME = re.compile(
    r"(?i)secret|api_?key|apikey|access_?key|private_?key|auth_?key|encrypt\w*_?key|sign\w*_?key|master_?key|app_?key|consumer_?key|client_?key|shared_?key|account_?key|service_?key|subscription_?key|token|oauth|auth_?code|credential|(?:^|[_\-.])auth\Z|hmac"
)
# Values that code computes or names: `config.password`, `get("x")`, `$HOME`, `user_password`, `STATUS_NO_TOKEN`.
_CODE = re.compile(
    r"[A-Za-z_$@][\w$]*(?:(?:\.|->|::|\[|\().*|\Z)|.*[(){}\[\]].*|[$%@#].*|.*(?:->|::|=>|\+\+|&&|\|\|).*|[\w\-]+(?:\.[\w\-]+)+|&\w+.*"
)
_CONSTANT = re.compile(
    r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+(?:[_\-.][a-z]+)+|[a-z]+(?:[A-Z][a-z]+)+|[A-Z][a-z]+(?:[A-Z][a-z]+)+"
)
_INNER = re.compile(r"[A-Za-z0-9+/=_\-]{20,200}")
_WORDS = ("test", "pass", "secret", "user", "admin", "example", "demo", "dummy", "sample", "foo", "your", "some", "abc", "1234", "fake", "mock", "stub", "token", "key", "hello", "changeme", "default", "root", "guest", "login", "null", "none", "true", "false", "string", "value")  # fmt: skip


class _Assigned(NamedTuple):
    name: str
    sign: str
    quoted: bool
    value: str
    start: int


def inspect(view: View) -> Iterator[Signal]:
    """What telling names are given, near the hits; each stretch of text once."""
    readers = {"argument": (_ARGUMENT, _argument), "said": (_SAID, _said), "assigned": (_ASSIGNED, _assigned)}
    for kind, (expression, read) in readers.items():
        done = 0
        for low, high in _windows(view, kind):
            for match in expression.finditer(view.text, max(low, done), high):
                done = match.end()
                signal = read(view, match)
                if signal is not None:
                    yield signal


def _windows(view: View, kind: str) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hit in sorted((hit for hit in view.hits if hit.id == kind), key=lambda hit: hit.first):
        low, high = max(hit.first - 100, 0), min(hit.end + 200, len(view.text))
        if windows and low <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        else:
            windows.append((low, high))
    return windows


def _assigned(view: View, match: re.Match[str]) -> Signal | None:
    one = _Assigned(match[1], match[2], match[3] is not None, match[4], match.start(4))
    value = one.value.rstrip("\\,;)]}") if one.quoted else one.value.rstrip(",;)]}\\")
    value = re.sub(r"(?:&(?:quot|apos|#3[49]);?).*", "", value)
    name = one.name.strip("._-")
    if (one.sign == "," and not one.quoted) or (not one.quoted and "(" in value):
        return None
    if one.quoted and view.text[match.end() : match.end() + 1] == " " and not value.startswith("{"):
        # A sentence: {"FORGOT_PASSWORD": "Forgot your password?"}
        return None
    no_secret = is_placeholder(value) or "://" in value or value.startswith(("ssh-", "AAAAB3", "eyJ"))
    if (no_secret or _NAME_NOT.search(name)) and not value.startswith("{"):
        return None
    sure = _sure(name, value, quoted=one.quoted)
    start = one.start
    if not sure and one.quoted and value.startswith("{"):
        # A JSON text as the value: {"Apitoken": "{\"a\":\"…\"}"}
        inner = next(
            (m for m in _INNER.finditer(view.text, match.start(4), match.start(4) + 90) if looks_random(m[0])), None
        )
        if inner is not None and _STRONG_NAME.search(name):
            sure, start, value = 0.75, inner.start(), inner[0]
    return _signal(view, start, value, sure) if sure else None


def _sure(name: str, value: str, *, quoted: bool) -> float:
    """How sure the value is a secret, given the name it has; 0.0 for none."""
    if len(value) < 4 or not value.isascii() or is_running(value) or is_structured(value) or len(set(value)) < 4:
        return 0.0
    if (
        not quoted
        and _CODE.fullmatch(value)
        and not looks_random(value)
        and not (value.isalnum() and _settings_name(name))
    ):
        return 0.0
    low = value.lower()
    random = looks_random(value)
    telling = any(word in low for word in _WORDS)
    digits = any(char.isdigit() for char in value)
    if _PASSWORD_NAME.search(name):
        if _CONSTANT.fullmatch(value) and wordlike(value) > 0.85:
            return 0.0
        if random and not telling:
            return 0.9
        if telling:
            return 0.0 if len(value) < 12 or not random else 0.55
        if digits and any(char.isalpha() for char in value) and len(value) >= 6:
            return 0.8
        signs = any(not char.isalnum() for char in value)
        if signs and digits:
            return 0.75
        return 0.7 if value.isascii() and value.isalnum() and wordlike(value) < 0.8 and len(value) >= 4 else 0.0
    if telling and not (random and len(value) >= 24):
        return 0.0
    if _CONSTANT.fullmatch(value) and wordlike(value) > 0.8:
        return 0.0
    if _STRONG_NAME.search(name):
        if random:
            return 0.85
        if len(value) >= 8 and value.isascii() and wordlike(value) < 0.72:
            return 0.7
        return 0.6 if len(value) >= 9 and digits and wordlike(value) < 0.8 and any(c.isalpha() for c in value) else 0.0
    return 0.7 if random and len(value) >= 16 else 0.0


def _settings_name(name: str) -> bool:
    """True for names of the environment and of settings files: SMTP_PASSWORD, secret-key."""
    return name.isupper() or "-" in name or "_" in name


def _argument(view: View, match: re.Match[str]) -> Signal | None:
    value = match[5].rstrip("\\,;)]}")
    if (match[1] or "").lower() == "user" or match[3]:
        _, colon, secret = value.partition(":")
        if not colon or len(secret) < 4 or is_placeholder(secret) or secret.lower() in {"pass", "password", "secret"}:
            return None
        return _signal(view, match.start(5) + len(value) - len(secret), secret, 0.75)
    if is_placeholder(value) or (_CODE.fullmatch(value) and not looks_random(value) and wordlike(value) > 0.75):
        return None
    return _signal(view, match.start(5), value, 0.8 if match[2] or looks_random(value) else 0.7)


def _said(view: View, match: re.Match[str]) -> Signal | None:
    value = match[1]
    other = view.near("money.other_number", match.start(1), match.end(1), before=30, after=15)
    if other is not None or not looks_random(value):
        return None
    return _signal(view, match.start(1), value, 0.75)


def _signal(view: View, start: int, value: str, confidence: float) -> Signal:
    marks = {"demo"} if view.near("login.demo", start, start + len(value), before=30, after=10) else set()
    return view.signal(
        "secret.generic",
        start,
        start + len(value),
        confidence=confidence,
        value=value,
        shown_as=hidden("secret", len(value)),
        marks=marks,
    )
