"""What does one line of a login and account log tell? JSON lines, or CSV with a header."""

from __future__ import annotations

import csv
import io
import math
from typing import Any

import msgspec
from msgspec import Struct

from tutela.traffic.address import plain_address
from tutela.traffic.agents import clean
from tutela.traffic.lines import read_time, shape

_JSON = msgspec.json.Decoder()
# The documented name first, then what others call it.
_NAMES = {
    "at": ("at", "time", "timestamp", "@timestamp", "ts", "created_at", "date"),
    "account": ("account", "account_id", "user", "user_id", "username", "subject"),
    "ip": ("ip", "ip_address", "address", "remote_addr", "client_ip", "source_ip"),
    "country": ("country", "country_code", "geo_country"),
    "lat": ("lat", "latitude"),
    "lon": ("lon", "lng", "longitude"),
    "device": ("device", "device_id", "fingerprint"),
    "agent": ("user_agent", "agent", "ua"),
    "language": ("language", "lang", "locale"),
    "token": ("token", "session", "session_id"),
    "outcome": ("outcome", "result", "status", "success"),
    "event": ("event", "action", "type", "event_type"),
    "email": ("email", "email_hash"),
}
_KNOWN = {name for options in _NAMES.values() for name in options}
_GOOD = {"ok", "success", "succeeded", "allowed", "true", "1", "pass", "200", "granted"}
_EVENTS = {
    "signin": "login", "sign_in": "login", "log_in": "login", "authentication": "login", "register": "signup", "sign_up": "signup",
    "registration": "signup", "create": "signup", "token_refresh": "refresh", "session": "refresh", "request": "refresh", "use": "refresh",
    "otp": "code", "mfa": "code", "2fa": "code", "verify": "code", "change_email": "email_change", "change_password": "password_change",
    "password_reset": "password_change", "sign_out": "logout",
}  # fmt: skip


class Event(Struct, frozen=True):
    """One thing that happened to an account. `at` in seconds since 1970; texts are "" where the log is silent.

    `email` is compared, never shown. `event` is login, refresh (a session in use), signup, code (a one-time code
    tried), email_change, password_change, logout, or what the log says.
    """

    at: float
    account: str
    address: str
    ok: bool
    event: str
    agent: str = ""
    device: str = ""
    country: str = ""
    language: str = ""
    token: str = ""
    email: str = ""
    place: tuple[float, float] | None = None


class EventReader:
    """Turns lines into events; counts what it could not read and keeps the first such line's place and shape."""

    def __init__(self) -> None:
        self.lines = 0
        self.broken = 0
        self.first_broken = ""
        self.formats: dict[str, int] = {}
        self._header: list[str] | None = None
        self._name = ""

    def read(self, text: str, name: str = "", first_line: int = 1) -> list[Event]:
        """Events of a block of whole lines. A CSV header holds for the rest of its file."""
        if name != self._name:
            self._name, self._header = name, None
        events = []
        for offset, line in enumerate(text.split("\n")):
            line = line.strip().lstrip("\ufeff")
            if not line:
                continue
            self.lines += 1
            if line[0] != "{" and self._is_header(line):
                continue
            event = self._json(line) if line[0] == "{" else self._csv(line)
            if event is None:
                self.broken += 1
                if not self.first_broken:
                    self.first_broken = f"{name}:{first_line + offset}: {shape(line)}"
                continue
            events.append(event)
        return events

    def _json(self, line: str) -> Event | None:
        try:
            raw = _JSON.decode(line)
        except (msgspec.DecodeError, RecursionError):
            return None
        self.formats["json"] = self.formats.get("json", 0) + 1
        return read_event(raw) if isinstance(raw, dict) else None

    def _is_header(self, line: str) -> bool:
        """A line that names at least three known fields is a header; the last one seen holds."""
        names = [cell.strip().lower() for cell in _cells(line)]
        if len(_KNOWN & set(names)) < 3:
            return False
        self._header = names
        return True

    def _csv(self, line: str) -> Event | None:
        row = _cells(line)
        if self._header is None or len(row) != len(self._header):
            return None
        self.formats["csv"] = self.formats.get("csv", 0) + 1
        return read_event(dict(zip(self._header, row, strict=True)))


def _cells(line: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line)))
    except (csv.Error, StopIteration):
        return []


def read_event(raw: dict[str, Any]) -> Event | None:
    """One event of a log's own table; None when time, account or address are missing or are none."""
    at = read_time(_get(raw, "at"))
    account = _text(raw, "account")
    address = plain_address(_text(raw, "ip"))
    if at is None or not account or not address:
        return None
    event = _text(raw, "event").lower() or "login"
    return Event(
        at=at, account=account, address=address, ok=_text(raw, "outcome").lower() in _GOOD, event=_EVENTS.get(event, event),
        agent=clean(_text(raw, "agent", 512)), device=_text(raw, "device"), country=_text(raw, "country").upper()[:2],
        language=_text(raw, "language").lower()[:2], token=_text(raw, "token"), email=_text(raw, "email"), place=_place(raw),
    )  # fmt: skip


def _get(raw: dict[str, Any], field: str) -> Any:
    return next((raw[name] for name in _NAMES[field] if raw.get(name) not in (None, "")), None)


def _text(raw: dict[str, Any], field: str, most: int = 128) -> str:
    value = _get(raw, field)
    return "" if value is None or isinstance(value, (dict, list)) else str(value)[:most].strip()


def _place(raw: dict[str, Any]) -> tuple[float, float] | None:
    try:
        lat, lon = float(_get(raw, "lat")), float(_get(raw, "lon"))
    except (TypeError, ValueError):
        return None
    return (lat, lon) if math.isfinite(lat) and abs(lat) <= 90 and math.isfinite(lon) and abs(lon) <= 180 else None
