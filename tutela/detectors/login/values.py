"""Could this word be a password, and how sure is that?"""

from __future__ import annotations

import re

from tutela.reference.placeholders import is_placeholder

# Words that follow "password is …" or "password: …" in talk about passwords.
_TALK_LIST = """
a an the not no so too very always never also only still just now here there wrong incorrect correct right invalid valid
required needed necessary optional mandatory important secure insecure safe unsafe weak strong short long easy hard simple
complicated complex good bad great terrible awful stupid dumb funny lame cool nice fine ok okay ready done expired expiring
changed changing reset resetting being stored saved hashed encrypted protected private personal public secret hidden visible
shown sent set known unknown lost forgotten stolen leaked compromised exposed hacked breached cracked broken guessed shared
going gonna getting given asked asking used using like my your his her their our its it that this what which who how why when
where if or and but because since until unless in on at to for from of with without by as up out about after before empty blank
missing fixed working different same new old big huge case sensitive please must should shall can could will would may might
has have had was were been is are do does did don't doesn't isn't wasn't can't won't something anything nothing everything
somewhere one two three four six eight ten twelve sixteen characters letters digits numbers symbols manager managers
protected-ish policy reset recovery change generator strength field prompt box hint hints screen page lock vault hygiene
required. email phone mobile username login account wifi wi-fi hbo lol lmao haha pls please thanks thx help anyone anybody
sharing security-wise under over people some more most less many few all any every each free impossible possible
probably maybe actually really literally basically apparently obviously simply already almost enough
es era la el un una muy no incorrecta correcta segura débil fuerte necesaria obligatoria mala buena fácil difícil
senha incorreta errada segura fraca forte obrigatória necessária muito o a um uma não
incorrect incorrecte faible fort forte obligatoire requis très le la un une pas trop
falsch richtig sicher unsicher schwach stark zu sehr nicht ein eine der die das erforderlich notwendig abgelaufen
sbagliata errata sicura debole forte molto non un una il la obbligatoria
fout onjuist veilig zwak sterk niet een het de verplicht
błędne złe słabe silne bezpieczne nie jest bardzo
неверный неправильный правильный слабый сильный надёжный надежный не это очень простой сложный нужен обязателен истек
yanlış doğru zayıf güçlü çok değil bir gerekli
salah benar lemah kuat sangat tidak harus wajib
sai đúng yếu mạnh không rất phải
"""
_TALK = frozenset(_TALK_LIST.split())
# Passwords that stand on every list of bad ones; alone they are as often an example as a leak.
_COMMON_LIST = """
123456 1234567 12345678 123456789 1234567890 12345 1234 0000 1111 000000 111111 123123 654321 666666 password password1
password123 passw0rd p@ssw0rd p@ssword qwerty qwerty123 qwertyuiop qwerty1 abc123 iloveyou admin admin123 administrator
letmein welcome welcome1 monkey dragon football baseball sunshine princess master login guest root toor pass 1q2w3e4r
1q2w3e4r5t zaq12wsx trustno1 superman batman starwars hello freedom whatever asdfgh asdf1234 1qaz2wsx changeme default
"""
COMMON = frozenset(_COMMON_LIST.split())
_LINK = re.compile(r"(?i)(?:https?://|www\.)|\.(?:com|net|org|io|co|gov|edu|html?|php|png|jpe?g|gif|pdf)(?:$|[/?#,.)])")
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[A-Za-z]{2,}")
_DATE = re.compile(
    r"\d{1,4}[./\-]\d{1,2}(?:[./\-]\d{1,4})?|\d{1,2}:\d{2}(?::\d{2})?(?:am|pm)?|[$€£]\d[\d.,]*|\d[\d.,]*(?:k|m|%|€|\$|px|gb|mb|am|pm|st|nd|rd|th)",
    re.I,
)
_EMOTICON = re.compile(
    r"[:;=8xX]['\-]?[()DPpOo/\\|3]+|<3+|\^_*\^|[!?.,…]+|[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F\u200D]+"
)
_WORD_WITH_END = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?[!?.,;:)]*")


def strength(value: str) -> float:
    """How much the value looks like a password by itself, 0.0 to 1.0; 0.0 for what cannot be one.

    1.0: letters mixed with digits or signs. 0.6: digits alone. 0.4: a plain word.
    """
    if not 3 <= len(value) <= 128 or is_placeholder(value) or _EMOTICON.fullmatch(value):
        return 0.0
    if _LINK.search(value) or _ADDRESS.fullmatch(value) or _DATE.fullmatch(value):
        return 0.0
    if value.lower().strip(".,!?;:'\"") in _TALK:
        return 0.0
    letters = any(char.isalpha() for char in value)
    digits = any(char.isdigit() for char in value)
    if value[:1] in "@#" and value[1:].replace("_", "").isalnum() and not digits:
        return 0.0
    if letters and digits:
        # "2nd", "mp3", "v2", "8-char" are words; "tiger99" is not.
        return 1.0 if len(value) >= 5 else 0.5
    if digits:
        return 0.6 if len(value) >= 4 else 0.0
    inner = value.strip(".,!?;:'\"()")
    signs = [char for char in inner if char.isascii() and not char.isalnum()]
    if letters and signs:
        if inner.count("-") >= 2 and set(signs) <= {"-", "_", "."}:
            return 0.9
        if set(signs) <= {"'", "’", "-", "/", "…", ".", ","}:
            return 0.3 if "/" not in signs else 0.0
        return 0.95
    if (
        letters
        and inner.isascii()
        and inner != inner.lower()
        and inner[1:] != inner[1:].lower()
        and inner != inner.upper()
    ):
        return 0.9
    if value.endswith(("!", "#", "$", "%", "@", "*", "&")) and len(value) >= 7 and not value.endswith("!!"):
        return 0.6 if value[0].isupper() else 0.4
    return 0.4 if letters else 0.3


def is_plain_word(value: str) -> bool:
    """True for a word with nothing in it that a password is advised to have."""
    return _WORD_WITH_END.fullmatch(value) is not None or (value.isalpha() and not value.isascii())
