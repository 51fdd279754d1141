"""Web pages and vector pictures: smuggled files, scripts that lead away, forms that send credentials elsewhere.

Tags are found by expressions that read each byte a bounded number of times; nothing is rendered, run or fetched.
"""

from __future__ import annotations

import html as entities
import re
from urllib.parse import urlsplit

from tutela.extract.files.kinds import RUNS_ON_CLICK, ending
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.scripts import hidden_bytes, undisguised
from tutela.extract.files.walk import Content, Piece, Walk

_SCRIPT = re.compile(r"(?is)<script\b([^>]{0,2000})>(.*?)(?:</script\s*>|\Z)")
_DROPPED = re.compile(r"(?is)<(script|style|noscript|template|head)\b[^>]*>.*?(?:</\1\s*>|\Z)|<!--.*?(?:-->|\Z)")
_TAG = re.compile(r"<[^<>]{0,5000}>")
_FORM = re.compile(r"(?is)<form\b([^>]{0,2000})>(.*?)(?:</form\s*>|\Z)")
_INPUT = re.compile(r"(?i)<input\b([^>]{0,2000})>")
_ATTRIBUTE = re.compile(r"([\w:.-]{1,40})\s*=\s*(?:\"([^\"]{0,4000})\"|'([^']{0,4000})'|([^\s\"'>]{1,2000}))")
_HANDLER = re.compile(r"(?is)\son\w{3,20}\s*=\s*(?:\"([^\"]{1,20000})\"|'([^']{1,20000})')")
_BLOCK = re.compile(r"(?i)<(?:br|/p|/div|/tr|/li|/h\d|/td|/title|/option|/label|/text|/tspan)\b[^>]{0,200}>")

_PAYLOAD = re.compile(
    r"(?i)\batob\s*\(\s*[\"'`][A-Za-z0-9+/=]{16,}|\batob\s*\(\s*\w|fromCharCode\s*\(|new\s+Uint8Array\s*\(\s*\[|"
    r"[\"'`](?:[A-Za-z0-9+/]{4}){60,}={0,2}[\"'`]|data:application/[\w.+-]+;base64,[A-Za-z0-9+/=]{40,}|(?:0x[0-9a-f]{1,2}\s*,\s*){40,}|(?:\d{1,3}\s*,\s*){80,}|unescape\s*\("
)
_LITERAL = re.compile(
    r"[\"'`](?:[A-Za-z0-9+/]{4}){8,}={0,2}[\"'`]|(?:\d{1,3}\s*,\s*){40,}|(?:0x[0-9a-f]{1,2}\s*,\s*){20,}|base64,[A-Za-z0-9+/=]{40,}"
)
_MADE = re.compile(
    r"(?i)new\s+(?:Blob|File)\s*\(|msSaveOrOpenBlob|msSaveBlob|data:application/|createObjectURL|window\[[\"']Blob"
)
_SAVED = re.compile(
    r"(?i)\.download\s*=|setAttribute\(\s*[\"']download|\bdownload\s*=\s*[\"']|msSave|location(?:\.href)?\s*=\s*(?:window\.)?URL|\.click\s*\(\s*\)|saveAs\s*\("
)
_CLICKED = re.compile(
    r"(?i)\.click\s*\(\s*\)|msSave|dispatchEvent\(|location(?:\.href)?\s*=\s*\w|window\.open\(|saveAs\s*\("
)
_ON_DEMAND = re.compile(
    r"(?i)addEventListener\(\s*[\"'](?:click|submit|change|input)|\.onclick\s*=|onclick\s*=|onsubmit|\.on\([\"']click"
)
_SAVED_NAME = re.compile(
    r"(?i)(?:\.download\s*=|[\"']download[\"']\s*,|msSave(?:OrOpen)?Blob\s*\([^,()]{0,80},|saveAs\s*\([^,()]{0,80},|\bdownload\s*=|new\s+File\s*\([^,]{0,200},)\s*[\"'`]([^\"'`\n]{1,200})[\"'`]"
)
_LEADS_AWAY = re.compile(
    r"(?i)(?:window|top|parent|self|document|this)?\.?location(?:\.href|\.replace|\.assign)?\s*(?:=(?!=)|\()\s*[\"'`(\w]|window\.open\s*\(|http-equiv\s*=\s*[\"']?refresh"
)
_SENDS = re.compile(
    r"(?i)\bfetch\s*\(|XMLHttpRequest|navigator\.sendBeacon|\$\.(?:post|ajax)|axios|new\s+WebSocket|new\s+Image\(\)\.src"
)
_EXFIL = re.compile(
    r"(?i)api\.telegram\.org/bot|discord(?:app)?\.com/api/webhooks|formspree\.io|emailjs|hooks\.slack\.com|webhook\.site|pipedream\.net|script\.google\.com/macros|submit-form\.com|getform\.io|formsubmit\.co|ngrok"
)
_QUIET_SAVES = frozenset(
    (b"csv txt json png jpg jpeg svg pdf ics vcf md xml gpx geojson xlsx docx webp gif mp4 html tsv log bib").split()
)
_WORTHY_SAVES = RUNS_ON_CLICK | frozenset(
    ["zip", "rar", "7z", "cab", "gz", "tar", "docm", "xlsm", "pptm", "xll", "one", "vhd", "chm", "bin", "dat"]
)

# Names that collecting pages pass for, with the hosts that are theirs. Facts about public companies' own sites.
_BRANDS: dict[str, str] = {
    "microsoft": "microsoft.com live.com microsoftonline.com office.com outlook.com sharepoint.com",
    "outlook": "microsoft.com live.com outlook.com office.com", "office 365": "microsoft.com office.com microsoftonline.com",
    "onedrive": "microsoft.com live.com onedrive.com", "sharepoint": "microsoft.com sharepoint.com",
    "google": "google.com gmail.com youtube.com", "gmail": "google.com gmail.com", "apple id": "apple.com icloud.com", "icloud": "apple.com icloud.com",
    "facebook": "facebook.com meta.com", "instagram": "instagram.com meta.com facebook.com", "whatsapp": "whatsapp.com", "tiktok": "tiktok.com",
    "linkedin": "linkedin.com", "snapchat": "snapchat.com", "telegram": "telegram.org", "discord": "discord.com", "steam": "steampowered.com steamcommunity.com",
    "roblox": "roblox.com", "paypal": "paypal.com", "netflix": "netflix.com", "amazon": "amazon.com", "ebay": "ebay.com", "spotify": "spotify.com",
    "adobe": "adobe.com", "docusign": "docusign.com docusign.net", "dropbox": "dropbox.com", "dhl": "dhl.com dhl.de", "fedex": "fedex.com", "ups": "ups.com", "usps": "usps.com",
    "chase": "chase.com", "wells fargo": "wellsfargo.com", "bank of america": "bankofamerica.com", "hsbc": "hsbc.com", "barclays": "barclays.co.uk",
    "santander": "santander.com", "sparkasse": "sparkasse.de", "coinbase": "coinbase.com", "binance": "binance.com", "metamask": "metamask.io", "revolut": "revolut.com",
}  # fmt: skip


def visible_text(markup: str) -> str:
    """What a page shows, roughly: tags out, entities read, blocks on their own lines."""
    body = _DROPPED.sub(" ", markup)
    return re.sub(r"[ \t]{2,}", " ", entities.unescape(_TAG.sub("", _BLOCK.sub("\n", body)))).strip()


def read_page(content: Content, walk: Walk, markup: str) -> None:
    """A web page: scripts, forms, hidden files, text."""
    scripts = _scripts_of(markup)
    code = "\n".join(scripts)
    clear = undisguised(code, "html") if code else ""
    _judge_smuggling(content, walk, markup, code, clear)
    _judge_forms(content, walk, markup, clear)
    apply_rules(content, walk, "html", markup if not clear else f"{markup}\n{clear}")
    if clear:
        apply_rules(content, walk, "javascript", clear, scale=0.9)
    for number, data in enumerate(hidden_bytes(markup), 1):
        walk.signal("file.html_smuggling", 0.9, "a page with a program or archive written into it", at=content)
        walk.child(content, f"hidden in the page {number}", data)
    title = re.search(r"(?is)<title[^>]{0,200}>([^<]{1,300})", markup)
    text = visible_text(markup)
    walk.text(content, [Piece(entities.unescape(title.group(1)), "title")] if title else [], medium="document")
    walk.text(content, [Piece(text, "text" if content.member else "text of the page")])
    links = [link for link in _links_of(markup) if link.lower().startswith(("http", "javascript:", "data:", "//"))]
    walk.text(content, (Piece(link, "link") for link in links), medium="link")


def read_picture(content: Content, walk: Walk, markup: str) -> None:
    """A vector picture: one that draws is quiet, one that leads away, builds a file or asks for a password is not."""
    scripts = _scripts_of(markup)
    code = "\n".join(scripts)
    clear = undisguised(code, "svg") if code else ""
    _judge_smuggling(content, walk, markup, code, clear)
    _judge_forms(content, walk, markup, clear)
    if clear:
        apply_rules(content, walk, "javascript", clear)
        if (
            _LEADS_AWAY.search(clear)
            or _SENDS.search(clear)
            or re.search(r"(?i)\beval\(|document\.write|innerHTML\s*=", clear)
        ):
            hides = re.search(r"(?i)\batob\(|fromCharCode|eval\(|\^\s*\w|charCodeAt", code) is not None
            walk.signal(
                "file.svg_script",
                0.93 if hides else 0.8,
                "a picture whose script leads away or sends something",
                at=content,
            )
        else:
            walk.signal("file.svg_script", 0.2, "a picture with a script", at=content)
    if re.search(
        r"(?is)<(?:\w+:)?(?:iframe|embed|object)\b[^>]{0,500}(?:src|data)\s*=\s*[\"'](?:https?:|data:text/html)", markup
    ):
        walk.signal("file.svg_script", 0.8, "a picture that shows a page from elsewhere", at=content)
    if re.search(r"(?i)(?:xlink:)?href\s*=\s*[\"']\s*(?:javascript|data:text/html|vbscript):", markup):
        walk.signal("file.svg_script", 0.85, "a picture with a link that runs a script", at=content)
    if re.search(r"<!ENTITY\s+\S+\s+SYSTEM", markup):
        walk.signal("file.svg_script", 0.7, "a picture that reads files of the one who opens it", at=content)
    for number, data in enumerate(hidden_bytes(markup), 1):
        walk.child(content, f"hidden in the picture {number}", data)
    text = visible_text(markup)
    walk.text(content, [Piece(text, "text of the picture")])
    walk.text(
        content,
        (Piece(link, "link") for link in _links_of(markup) if link.startswith("http") and "w3.org" not in link),
        medium="link",
    )


def _scripts_of(markup: str) -> list[str]:
    found = []
    for attributes, body in _SCRIPT.findall(markup):
        kind = re.search(r"(?i)type\s*=\s*[\"']?([\w/+.-]+)", attributes)
        if kind and "json" in kind.group(1).lower():
            continue
        source = re.search(r"(?i)src\s*=\s*[\"']data:[^,]{0,100},([^\"']{1,500000})", attributes)
        found.append(source.group(1) if source else body.removeprefix("<![CDATA[").removesuffix("]]>"))
    found += [entities.unescape(a or b) for a, b in _HANDLER.findall(markup)]
    return [piece for piece in found if piece.strip()]


def _links_of(markup: str) -> list[str]:
    links = re.findall(r"(?i)\b(?:href|src|action|formaction|data-url)\s*=\s*[\"']([^\"'\s]{4,2000})[\"']", markup)
    links += re.findall(r"(?i)content\s*=\s*[\"']\d+\s*;\s*url=([^\"']{4,2000})", markup)
    return [entities.unescape(link)[:2_000] for link in dict.fromkeys(links)][:300]


def _judge_smuggling(content: Content, walk: Walk, markup: str, code: str, clear: str) -> None:
    """A page that carries a file in pieces, puts it together in the browser and saves it unasked."""
    source = code + "\n" + clear
    anchor = re.search(
        r"(?i)<a\b[^>]{0,3000}href\s*=\s*[\"']data:application/(?:octet-stream|zip|x-\w+|java-archive|vnd\.microsoft[\w.+-]*);base64",
        markup,
    )
    made, saved, clicked = _MADE.search(source), _SAVED.search(source), _CLICKED.search(source)
    payload, literal = _PAYLOAD.search(source), _LITERAL.search(source) or _LITERAL.search(markup)
    names = list(_SAVED_NAME.findall(source + markup))
    endings = {ending(name) for name in names}
    if anchor and (clicked or endings & _WORTHY_SAVES):
        walk.signal("file.html_smuggling", 0.93, "a page that carries a file in itself and saves it", at=content)
    if not (made and saved and payload):
        return
    risky = bool(endings & _WORTHY_SAVES)
    quiet = bool(endings) and endings <= _QUIET_SAVES
    unasked = clicked is not None and not _ON_DEMAND.search(source + markup)
    if risky and (literal or unasked):
        confidence = 0.96
    elif risky:
        confidence = 0.8
    elif quiet:
        confidence = 0.15
    elif literal and unasked:
        confidence = 0.85
    elif literal and clicked:
        confidence = 0.6
    else:
        confidence = 0.35
    walk.signal(
        "file.html_smuggling",
        confidence,
        "a page that puts a file together from its own text and saves it",
        at=content,
        marks=tuple(sorted(endings & _WORTHY_SAVES)),
    )


def _attributes(tag: str) -> dict[str, str]:
    return {name.lower(): entities.unescape(a or b or c) for name, a, b, c in _ATTRIBUTE.findall(tag)}


def _judge_forms(content: Content, walk: Walk, markup: str, clear: str) -> None:
    """A page kept as a file that asks for a password, card or code and sends it to a host that is not its own."""
    asks_anywhere = (
        re.search(r"(?i)<input\b[^>]{0,1000}type\s*=\s*[\"']?password", markup)
        or re.search(r"(?i)name\s*=\s*[\"']?(?:card(?:number)?|cvv|cvc|otp|pin|seed|mnemonic|ssn|passcode)\b", markup)
        or (re.search(r"(?i)(?:seed|recovery|secret)\s+phrase", markup) and "<textarea" in markup.lower())
    )
    if not asks_anywhere:
        return
    text = visible_text(markup)[:6_000].lower()
    title = re.search(r"(?is)<title[^>]{0,200}>([^<]{1,300})", markup)
    heading = (
        (title.group(1).lower() if title else "")
        + " "
        + " ".join(re.findall(r"(?is)<h[12][^>]{0,300}>([^<]{1,200})", markup)).lower()
        + " "
        + " ".join(re.findall(r"(?i)alt\s*=\s*[\"']([^\"']{2,60})", markup)).lower()
    )
    own_names = tuple(name.lower() for name in walk.profile.names())
    platform_named = next((name for name in own_names if len(name) > 3 and name in heading + " " + text[:1_500]), "")
    brand = next((name for name in _BRANDS if re.search(rf"\b{name}\b", heading)), "") or next(
        (
            name
            for name in _BRANDS
            if re.search(
                rf"(?:sign|log)[ -]?in (?:to|with) (?:your )?{name}\b|\b{name} (?:account|security|support|login|sign in)",
                text,
            )
        ),
        "",
    )
    hosts, local = _targets(markup, clear)
    official = (
        {domain.lower() for domain in walk.profile.domains} if platform_named else set(_BRANDS.get(brand, "").split())
    )
    stray = [host for host in hosts if not any(host == domain or host.endswith("." + domain) for domain in official)]
    channel = _EXFIL.search(markup + clear) is not None
    victim = re.search(r"(?i)<input\b[^>]{0,600}value\s*=\s*[\"'][^\"'@\s]{1,64}@[\w.-]+[\"']", markup) is not None
    marks = []
    if platform_named:
        marks.append("brand:platform")
    elif brand:
        marks.append("brand")
    named = bool(platform_named or brand)
    if channel:
        confidence, says = 0.96, "a page that asks for a password and sends it to a message channel"
    elif named and stray:
        confidence, says = 0.94, "a page that passes for a known service and sends what is typed elsewhere"
    elif named and local and not hosts and not _served_by_owner(markup, official):
        confidence, says = (
            0.8 if local.endswith(".php") or victim else 0.55,
            "a page that passes for a known service and asks for a password",
        )
    elif stray and victim:
        confidence, says = 0.85, "a page with somebody's address filled in that sends a password elsewhere"
    elif stray and not hosts - set(stray):
        plain = any(re.fullmatch(r"[\d.]+", host) for host in stray)
        confidence, says = 0.8 if plain else 0.5, "a page kept as a file that sends a password to an address"
    else:
        return
    walk.signal("file.phishing_page", confidence, says, at=content, marks=marks)


def _served_by_owner(markup: str, official: set[str]) -> bool:
    base = re.search(r"(?i)<(?:base|link)\b[^>]{0,500}href\s*=\s*[\"'](https?://[^\"']{4,300})", markup)
    if not base:
        return False
    host = (urlsplit(base.group(1)).hostname or "").lower()
    return any(host == domain or host.endswith("." + domain) for domain in official)


def _targets(markup: str, clear: str) -> tuple[set[str], str]:
    """Hosts that a form or script sends to, and a local target such as `post.php`."""
    hosts: set[str] = set()
    local = ""
    for attributes, body in _FORM.findall(markup):
        action = _attributes(attributes).get("action", "")
        fields = " ".join(_INPUT.findall(body)).lower()
        if not re.search(r"password|card|cvv|otp|pin|seed|code|passcode", fields) and "textarea" not in body.lower():
            continue
        if action.lower().startswith(("http:", "https:", "//")):
            hosts.add(_host(action))
        elif action and not action.startswith(("#", "javascript")):
            local = action.split("?")[0].lower()
        for target in re.findall(r"(?i)formaction\s*=\s*[\"'](https?://[^\"']+)", body):
            hosts.add(_host(target))
    for call in re.findall(
        r"(?i)(?:fetch|sendBeacon|\.open|\$\.post|axios\.post|url)\s*[(:]\s*(?:[\"'](?:POST|GET|PUT)[\"']\s*,\s*)?[\"'`]((?:https?:)?//[^\"'`\s]{4,500})",
        clear,
    ):
        hosts.add(_host(call))
    hosts.discard("")
    return hosts, local


def _host(address: str) -> str:
    try:
        return (urlsplit(address if not address.startswith("//") else "https:" + address).hostname or "").lower()
    except ValueError:
        return ""
