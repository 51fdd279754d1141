"""What request does a log line tell of? Recognises each line's format by itself; what no format takes is counted."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from tutela.traffic.address import plain_address

Format = Literal["auto", "combined", "json", "alb"]
# at (seconds since 1970), address, agent, method, target, status, referrer, account or cookie, fingerprint.
# A plain tuple: a named one costs a third of the whole parse.
Hit = tuple[float, str, str, str, str, int, str, str, str]

# takes 198.51.100.7 - ann [17/Sep/2024:00:00:05 +0000] "GET / HTTP/1.1" 200 12 "-" "curl/8.5"; not {"ts": 1}
_COMBINED = re.compile(
    r'^(?:[\w.*-]++:\d{1,5} )?(\S++) \S++ ([^\[\n]*?) ?\[([^\]\n]++)\] "([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)" (\d{3}) (?:\S++)'
    r'(?: "([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)" "([^"\\\n]*+(?:\\.[^"\\\n]*+)*+)")?[^\n]*$',
    re.M,
)
# takes h2 2024-09-17T00:00:05.1Z app/lb/1 198.51.100.7:4 10.0.0.1:80 0 0 0 200 200 1 2 "GET https://a:443/ HTTP/2.0" "curl/8.5" …
_ALB = re.compile(
    r"^(?:http|https|h2|grpcs|ws|wss) (\S++) \S++ (\S++) \S++ \S++ \S++ \S++ (\d{3}|-) \S++ \S++ \S++ "
    r'"([^"\\]*+(?:\\.[^"\\]*+)*+)" "([^"\\]*+(?:\\.[^"\\]*+)*+)"'
)
_MONTHS = {
    m: i + 1 for i, m in enumerate(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
}
_CLF = re.compile(r"(\d{1,2})/([A-Z][a-z]{2})/(\d{4}):(\d\d):(\d\d):(\d\d)(?:\.\d+)? ?([+-]\d{4})?$")
_ESCAPE = re.compile(r'\\(?:x([0-9a-fA-F]{2})|(["\\]))')
_METHOD = re.compile(r"[A-Z]{3,20}$")
_JSON = msgspec.json.Decoder()
_PIECE = 64
EARLIEST, LATEST = 631_152_000.0, 4_102_444_800.0  # 1990 to 2100: a time outside is a broken line


class Reader:
    """Turns blocks of lines into hits. Counts what it could not read; keeps the first such line's place and shape."""

    def __init__(self, wanted: Format = "auto") -> None:
        self.lines = 0
        self.broken = 0
        self.first_broken = ""
        self.formats: dict[str, int] = {}
        self._wanted = wanted
        self._times: dict[str, float] = {}

    def read(self, text: str, name: str = "", first_line: int = 1) -> list[Hit]:
        """Hits of a block of whole lines, in their order."""
        count = text.count("\n") + (not text.endswith("\n") if text else 0)
        self.lines += count
        if self._wanted in ("auto", "combined"):
            hits = self._combined(text, count)
            if hits is not None:
                self.formats["combined"] = self.formats.get("combined", 0) + len(hits)
                return hits
            return self._in_pieces(text, name, first_line)
        return self._by_line(text, name, first_line)

    def _in_pieces(self, text: str, name: str, first_line: int) -> list[Hit]:
        """Few bad lines in a block must not make it slow: only pieces that hold one are read line by line."""
        lines = text.split("\n")
        hits: list[Hit] = []
        for start in range(0, len(lines), _PIECE):
            piece = [line for line in lines[start : start + _PIECE] if line]
            some = self._combined("\n".join(piece), len(piece)) if piece else []
            if some is None:
                hits += self._by_line("\n".join(lines[start : start + _PIECE]), name, first_line + start)
            else:
                self.formats["combined"] = self.formats.get("combined", 0) + len(some)
                hits += some
        return hits

    def _combined(self, text: str, count: int) -> list[Hit] | None:
        """All hits when every line is a whole combined or common line, else None."""
        found = _COMBINED.findall(text)
        if len(found) != count:
            return None
        times, hits = self._times, []
        if len(times) > 100_000:
            times.clear()
        for address, user, time, request, status, referrer, agent in found:
            at = times.get(time)
            if at is None:
                at = read_time(time)
                if at is None:
                    return None
                times[time] = at
            parts = request.split(" ")
            if len(parts) == 3 and "\\" not in request:
                method, target = parts[0], parts[1]
            else:
                method, target = _request(request)
            if "\\" in agent:
                agent = _unescape(agent)
            hits.append((at, address, agent, method, target, int(status), referrer, "" if user == "-" else user, ""))
        return hits

    def _by_line(self, text: str, name: str, first_line: int) -> list[Hit]:
        hits = []
        for offset, line in enumerate(text.split("\n")):
            if not line.strip():
                continue
            hit = self._line(line)
            if hit is not None:
                hits.append(hit)
                continue
            self.broken += 1
            if not self.first_broken:
                self.first_broken = f"{name}:{first_line + offset}: {shape(line)}"
        return hits

    def _line(self, line: str) -> Hit | None:
        wanted = self._wanted
        hit: Hit | None = None
        kind = ""
        if line[0] == "{" and wanted in ("auto", "json"):
            kind, hit = "json", read_json(line)
        elif wanted in ("auto", "combined") and (some := self._combined(line, 1)):
            kind, hit = "combined", some[0]
        elif wanted in ("auto", "alb"):
            kind, hit = "alb", _alb(line)
        if hit is not None:
            self.formats[kind] = self.formats.get(kind, 0) + 1
        return hit


def shape(line: str) -> str:
    """The form of a line without what it says: letters as a, digits as 0, at most 60 characters."""
    return "".join("0" if c.isdigit() else "a" if c.isalpha() else c if c.isprintable() else "?" for c in line[:60])


def read_time(value: Any) -> float | None:
    """Seconds since 1970 of a log's time: common log form, ISO 8601, or a number in s, ms, µs or ns; None if none."""
    at: float | None = None
    if isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value):
        at = float(value)
        # Seconds reach 10^11 in the year 5138; ms, µs and ns of our days lie each in a range of their own.
        at /= 1.0 if at < 1e11 else 1e3 if at < 1e14 else 1e6 if at < 1e17 else 1e9
    elif isinstance(value, str):
        found = _CLF.match(value)
        if found and found[2] in _MONTHS:
            at = _civil(found)
        elif re.fullmatch(r"\d{9,19}(?:\.\d+)?", value):
            return read_time(float(value))
        else:
            at = _iso(value)
    return at if at is not None and EARLIEST < at < LATEST else None


def _civil(found: re.Match[str]) -> float | None:
    day, month, year, hour, minute, second, zone = found.groups()
    try:
        at = datetime(
            int(year), _MONTHS[month], int(day), int(hour), int(minute), min(int(second), 59), tzinfo=UTC
        ).timestamp()
    except ValueError:
        return None
    if zone:
        minutes = int(zone[1:3]) * 60 + int(zone[3:5])
        at -= (minutes if zone[0] == "+" else -minutes) * 60
    return at


def _iso(text: str) -> float | None:
    # fromisoformat takes nanoseconds only when cut to microseconds.
    cut = re.sub(r"(\.\d{6})\d+", r"\1", text.strip()[:40])
    try:
        moment = datetime.fromisoformat(cut)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _request(request: str) -> tuple[str, str]:
    parts = _unescape(request).split(" ")
    if len(parts) >= 2 and _METHOD.match(parts[0]):
        return parts[0], " ".join(parts[1:-1]) if len(parts) > 2 and parts[-1].startswith("HTTP/") else " ".join(
            parts[1:]
        )
    # Not HTTP at all (a TLS greeting, binary rubbish): it has no path, and that is what is told of it.
    return "?", "?"


def _unescape(text: str) -> str:
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)) if found[1] else found[2], text)


def _alb(line: str) -> Hit | None:
    found = _ALB.match(line)
    if found is None:
        return None
    at = read_time(found[1])
    if at is None:
        return None
    method, url = _request(found[4])
    target = "/" + url.split("/", 3)[3] if url.count("/") >= 3 else "/"
    status = int(found[3]) if found[3] != "-" else 0
    return (at, plain_address(found[2]), found[5], method, target, status, "?", "", "")


_Get = Callable[..., Any]
_TIME = (
    "time_iso8601",
    "msec",
    "time",
    "ts",
    "@timestamp",
    "timestamp",
    "StartUTC",
    "EdgeStartTimestamp",
    "time_local",
    "at",
)
_ADDRESS = (
    "remote_addr",
    "client_ip",
    "remote_ip",
    "ClientHost",
    "ClientIP",
    "ClientAddr",
    "ip",
    "address",
    "clientip",
)
_AGENT = ("http_user_agent", "user_agent", "request_User-Agent", "ClientRequestUserAgent", "agent", "userAgent")
_REFERRER = ("http_referer", "http_referrer", "referer", "referrer", "request_Referer", "ClientRequestReferer")
_VERB = ("request_method", "method", "RequestMethod", "ClientRequestMethod", "verb")
_TARGET = ("request_uri", "uri", "RequestPath", "ClientRequestURI", "path", "target", "url")
_STATUS = ("status", "DownstreamStatus", "OriginStatus", "EdgeResponseStatus", "status_code", "response")
_ACCOUNT = ("account", "cookie", "session", "user_id", "remote_user", "ClientUsername", "uid")
_PRINT = ("ja4", "ja3", "JA4", "JA3Hash", "ssl_ja4", "ssl_ja3", "http_ssl_ja3", "fingerprint", "tls_fingerprint")


def read_json(line: str) -> Hit | None:
    """One JSON line of nginx, Caddy, Traefik, Cloudflare, or any with their field names; None when it is none."""
    try:
        raw = _JSON.decode(line)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    inner = raw.get("request")
    request: dict[str, Any] = inner if isinstance(inner, dict) else {}
    headers = request.get("headers") if isinstance(request.get("headers"), dict) else {}
    tables = (raw, request)
    at = read_time(_first(tables, _TIME))
    address = plain_address(str(_first(tables, _ADDRESS) or ""))
    if at is None or not address:
        return None
    method, target = str(_first(tables, _VERB) or ""), str(_first(tables, _TARGET) or "")
    if not target and isinstance(inner, str):
        method, target = _request(inner)
    if not target:
        return None
    status = _first(tables, _STATUS)
    agent = _first(tables, _AGENT) or _header(headers, "user-agent") or "-"
    referrer = _first(tables, _REFERRER) or _header(headers, "referer") or "-"
    # `path` is a table of someone else's in some logs; only texts are paths.
    return (
        at, address, str(agent), method.upper()[:20] or "GET", target, int(status) if str(status).isdigit() else 0,
        str(referrer), _given(_first(tables, _ACCOUNT)), _given(_first(tables, _PRINT)),
    )  # fmt: skip


def _first(tables: tuple[dict[str, Any], ...], names: tuple[str, ...]) -> Any:
    for table in tables:
        for name in names:
            value = table.get(name)
            if value is not None and value != "" and not isinstance(value, (dict, list)):
                return value
    return None


def _header(headers: Any, wanted: str) -> str:
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if str(name).lower() == wanted:
            return str(value[0]) if isinstance(value, list) and value else str(value)
    return ""


def _given(value: Any) -> str:
    text = "" if value is None else str(value)
    return "" if text in ("-", "null") else text[:128]
