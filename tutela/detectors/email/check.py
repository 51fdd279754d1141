"""Which strings near an @, or a word for it, are an e-mail address, and whose is it?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import mask_email
from tutela.model import Signal
from tutela.scan.view import Hit, View


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# RFC 5321: a name has at most 64 octets, a host 255; people's are shorter, and a window has to end.
_NAME_MOST = 64
_HOST_MOST = 120

_DOT = r"(?:\.| ?[\[({] ?(?:dot|punkt|punto|ponto|point|точка|\.) ?[\])}] ?|_dot_| (?:dot|punkt|punto|ponto|point|точка) | ?\. ?)"
_AT = r"(?:@| ?[\[({<] ?(?:at|@|arroba|chez|kukac|собака|собачка) ?[\])}>] ?|_at_| (?:at|arroba|собака) | ?@ ?)"
_PLAIN = re.compile(
    r"(?P<name>[\w'+.%-]{1,64})@(?P<host>(?:[\w](?:[\w-]{0,61}[\w])?\.){1,6}[^\W\d_](?:[\w-]{0,22}[^\W_]))"
)
_WRITTEN = re.compile(
    rf"(?P<name>\w[\w+-]{{0,30}}(?:{_DOT}\w[\w+-]{{0,30}}){{0,3}}){_AT}(?P<host>\w[\w-]{{0,40}}(?:{_DOT}[\w-]{{2,30}}){{1,3}})",
    re.I,
)
_DOTS = re.compile(_DOT, re.I)

# Mail hosts where anyone has an address: there the word "at" is an @ beyond doubt.
_MAIL_HOSTS = frozenset(
    {
        "gmail", "googlemail", "yahoo", "ymail", "hotmail", "outlook", "live", "msn", "icloud", "aol", "proton",
        "protonmail", "gmx", "web", "mail", "yandex", "zoho", "tutanota", "fastmail", "qq", "163", "126", "naver",
        "daum", "hanmail", "libero", "virgilio", "orange", "wanadoo", "laposte", "free", "t-online", "wp", "o2", "onet",
        "interia", "uol", "bol", "terra", "rediffmail", "seznam", "ukr", "rambler", "bk", "inbox", "list", "btinternet",
        "sky", "comcast", "verizon", "att", "me", "mac", "pm", "hey", "duck",
    }
)  # fmt: skip
# Mailboxes of a function, not of a person. Source: RFC 2142 and the same functions in other languages.
_ROLES = frozenset(
    {
        "abuse", "account", "accounts", "admin", "administration", "administrator", "advertising", "ads", "atendimento",
        "atencion", "ayuda", "billing", "booking", "bookings", "bureau", "business", "careers", "cs", "complaints",
        "contact", "contacto", "contactus", "contato", "contatti", "compliance", "customercare", "customerservice",
        "datenschutz", "desk", "donate", "donations", "donotreply", "do-not-reply", "dpo", "editor", "enquiries",
        "enquiry", "events", "feedback", "finance", "ftp", "git", "hello", "help", "helpdesk", "hi", "hilfe", "hola", "hostmaster",
        "hr", "info", "information", "inquiries", "investors", "it", "jobs", "karriere", "kontakt", "legal", "mail",
        "mailer-daemon", "marketing", "media", "membership", "newsletter", "news", "no-reply", "noc", "noreply", "office",
        "orders", "partners", "postmaster", "presse", "press", "privacy", "pr", "reception", "recrutement", "recruiting",
        "registrar", "reservations", "root", "rrhh", "sac", "sales", "security", "service", "servicio", "shop", "soporte",
        "staff", "sugestoes", "support", "suporte", "team", "tickets", "ventas", "vendas", "vente", "verkauf", "volunteer",
        "webmaster", "welcome", "www",
    }
)  # fmt: skip
# Names that stand for no one. Source: RFC 2606, RFC 6761.
_RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org|edu)|example|test|invalid|localhost|local)$")
_STAND_INS = frozenset(
    {"example", "exemple", "ejemplo", "beispiel", "yourdomain", "domain", "mydomain", "yourcompany", "company", "email"}
)
_COUNTRY = re.compile(r"[a-z]{2}")
_ENDINGS = _words(
    """
    com net org edu gov mil int info biz name pro museum aero coop jobs mobi travel tel cat asia post arpa app dev
    page blog shop store online site tech club xyz top vip live life world email cloud digital agency studio
    design media news global group company solutions services support systems network academy school university
    church foundation law legal health care clinic dental fitness restaurant cafe bar pub hotel travel tours
    events photo photography gallery art music video film games game fun space website host press today social
    community chat link click win one zone center land city town house homes estate property finance money bank
    insurance tax work works jobs careers business market sale shopping fashion beauty style love dating singles
    kids family pet dog green organic farm garden bio eco energy solar auto cars bike taxi london berlin paris
    tokyo nyc wien koeln hamburg bayern amsterdam madrid barcelona istanbul moscow capetown africa lat swiss рф
    онлайн сайт рус укр 中国 公司 网络 한국 भारत مصر السعودية test invalid example localhost local
    """
)


def inspect(view: View) -> Iterator[Signal]:
    """Addresses near the gates' hits, from left to right, without overlaps."""
    last = -1
    for hit in sorted(view.hits, key=lambda hit: (hit.first, hit.id)):
        # A run of hits ("a@b@c@…") is looked at from its first end to its last.
        for found in _near(view, hit):
            if found.start >= last:
                last = found.end
                yield found


def _near(view: View, hit: Hit) -> Iterator[Signal]:
    written = hit.id != "at"
    low = max(hit.first - _NAME_MOST - 4, 0)
    high = min(hit.end + _HOST_MOST, len(view.text))
    pattern = _WRITTEN if written else _PLAIN
    text = view.text[low:high]
    if not written:
        yield from _around_at(view, low, text, max(hit.first - 3 - low, 0), hit.end - low)
        return
    for match in pattern.finditer(text):
        if low + match.end() >= hit.first and low + match.start() <= hit.end:
            found = _judge(view, match, low, written=True)
            if found is not None:
                yield found


def _around_at(view: View, low: int, text: str, begin: int, stop: int) -> Iterator[Signal]:
    """Addresses round each @ in `text[begin:stop]`, a part of the view that begins at `low`."""
    place = text.find("@", begin, stop)
    while place >= 0:
        # The name is read from its start, so that a long run of letters without an @ costs nothing.
        first = place
        while first and place - first < _NAME_MOST and (text[first - 1].isalnum() or text[first - 1] in "._%+-'"):
            first -= 1
        match = _PLAIN.match(text, first)
        if match is not None:
            found = _judge(view, match, low, written=False)
            if found is not None:
                yield found
        place = text.find("@", place + 1, stop)


def _judge(view: View, match: re.Match[str], low: int, *, written: bool) -> Signal | None:
    name = _DOTS.sub(".", match.group("name")).strip(" ") if written else match.group("name")
    skipped = len(name) - len(name.lstrip(".'+%-")) if not written else 0
    name = name[skipped:]
    host = _DOTS.sub(".", match.group("host")).strip(" ").lower() if written else match.group("host").lower()
    labels = host.split(".")
    ending = labels[-1]
    if not name or name.endswith(".") or ".." in name or not (_COUNTRY.fullmatch(ending) or ending in _ENDINGS):
        return None
    start, end = low + match.start() + skipped, low + match.end()
    ahead = view.text[max(start - 96, 0) : start]
    if "://" in ahead[max(ahead.rfind(" "), ahead.rfind("\n")) + 1 :]:
        # user:password@host of a link: the part before the @ is no mailbox.
        return None
    cue = view.near("email.cue", start, end, before=40, after=24)
    known = labels[0] in _MAIL_HOSTS
    confidence = 0.99
    if written and "@" not in match.group():
        bracketed = any(sign in match.group() for sign in "[({<") or "_at_" in match.group().lower()
        if not bracketed and not known and not (cue is not None and cue.group == "email.cue"):
            return None
        # "yell at microsoft dot net": a plain word before "at" is a word unless the host takes mail for anyone.
        if not bracketed and not known and not re.search(r"[\d._+-]", name):
            return None
        confidence = 0.96 if bracketed or known else 0.8
    elif written:
        confidence = 0.96 if known or cue else 0.9
    marks = {"disguised"} if written else set()
    if cue is not None:
        marks.add("cue")
    if known:
        marks.add("freemail")
    local = name.lower().partition("+")[0]
    if local in _ROLES:
        marks.add("organisation")
    if _RESERVED.search(host) or labels[0] in _STAND_INS:
        marks.add("sample")
    if re.search(r"[•*]{2}|x{3}", name, re.I):
        marks.add("masked")
    value = f"{name}@{host}"
    return view.signal(
        "email.address", start, end, confidence=confidence, value=value.lower(), shown_as=mask_email(value), marks=marks
    )
