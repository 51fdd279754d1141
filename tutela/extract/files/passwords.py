"""Passwords that the item's own text names for a file, to open it in memory."""

from __future__ import annotations

import re

# takes: "password is 1234"  not: "password manager"
_NAMED = re.compile(
    r"(?i)(?:pass\s?(?:word|code|phrase)|passwd|pwd|\bpw\b|\bpass\b|\bpin\b|\bkey\b|passwort|kennwort|contrase[nñ]a|clave|"
    r"mot de passe|mdp|senha|parola|şifre|wachtwoord|has[lł]o|пароль|كلمة (?:السر|المرور)|पासवर्ड|密码|密碼|解压码|パスワード|비밀번호)"
    r"[\s:=\-–—>»'\"`(]{0,8}(?:(?:is|ist|es|est|é|è|adalah|jest|to|это|是|は|for (?:the )?\w{1,12} is)[\s:=\-'\"`]{1,4})?"
    r"([^\s'\"`,;<>()]{1,64})"
)
_COMMON = ("infected", "1234", "12345", "123456", "password")


def named_passwords(text: str) -> tuple[str, ...]:
    """Candidates in the order of likelihood, at most 24. Empty when the text names none."""
    found: list[str] = []
    for match in _NAMED.finditer(text[:20_000]):
        word = match.group(1)
        for candidate in (word, word.rstrip(".!?:"), word.strip("\"'`*_.!?[]{}")):
            if candidate and candidate not in found:
                found.append(candidate)
    if found:
        # A sentence may stand between the word and the value ("the password for it: ... "): try the text's short tokens.
        for token in re.findall(r"[\w@#$%&!*.+-]{3,32}", text[:2_000]):
            if token not in found:
                found.append(token)
    return tuple(found[:24])


def worth_trying(text: str) -> tuple[str, ...]:
    """The named passwords, then those that malware samples are customarily locked with."""
    named = named_passwords(text)
    return named + tuple(word for word in _COMMON if word not in named)
