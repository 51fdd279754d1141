"""Which addresses do threat lists name? Lists of every common format, read beforehand into immutable sets."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from msgspec import Struct

from tutela.errors import BadSettings, MissingFile, TooLarge
from tutela.links.address import Address, parse

Format = Literal["auto", "urlhaus", "phishtank", "openphish", "domains", "hashes"]
MOST_BYTES = 512 << 20
MOST_ENTRIES = 5_000_000
# Bytes of SHA-256 that are kept of each expression: two in 10^9 unlisted addresses meet 5,000,000 entries by chance.
KEPT = 8


class Feed(Struct, frozen=True, kw_only=True):
    """One list. `prefixes` are the first bytes of SHA-256 of host and path expressions, all of one length, 4 to 32.

    `digest` is SHA-256 of the file it was read from; `made_at` is the list's own date when it tells one, None when
    unknown. `skipped` counts lines that could not be read.
    """

    name: str
    format: Format
    threat: str
    prefixes: frozenset[bytes]
    length: int
    digest: str
    made_at: datetime | None = None
    skipped: int = 0

    def names(self, address: Address) -> bool:
        """True when the list holds the address, its host, or a path or domain above it."""
        return any(_digest(expression)[: self.length] in self.prefixes for expression in expressions(address))


class Feeds(Struct, frozen=True, kw_only=True):
    """All lists, in the order they are asked."""

    lists: tuple[Feed, ...] = ()

    def listed(self, address: Address) -> Feed | None:
        """The first list that names the address; None when none does."""
        if not self.lists:
            return None
        digests = [_digest(expression) for expression in expressions(address)]
        for feed in self.lists:
            if any(digest[: feed.length] in feed.prefixes for digest in digests):
                return feed
        return None


def expressions(address: Address) -> tuple[str, ...]:
    """Host and path expressions of an address, at most 30, the most exact first.

    Source: Safe Browsing v4, "suffix/prefix expressions": the host and up to four hosts above it, down to the
    registrable one; the path with and without its query, and up to four paths above it.
    """
    host = address.ip or _ascii(address.host)
    if not host:
        return ()
    hosts = [host]
    if not address.ip and address.parts:
        pieces = host.split(".")
        least = address.parts.suffix.count(".") + 2
        hosts += [".".join(pieces[-size:]) for size in range(min(len(pieces) - 1, 5), least - 1, -1)]
    path = address.path or "/"
    paths = [f"{path}?{address.query}"] if address.query else []
    paths += [path, "/"]
    pieces = path.split("/")[1:-1]
    paths += ["/" + "/".join(pieces[:size]) + "/" for size in range(1, min(len(pieces), 3) + 1)]
    return tuple(dict.fromkeys(host + path for host in hosts for path in paths))


def _ascii(host: str) -> str:
    if host.isascii():
        return host
    return ".".join(
        label if label.isascii() else "xn--" + label.encode("punycode", "replace").decode() for label in host.split(".")
    )


def _digest(expression: str) -> bytes:
    return hashlib.sha256(expression.encode("utf-8", "surrogatepass")).digest()


def load_feeds(folder: str | Path) -> Feeds:
    """The lists that `tutela feeds update` keeps in a folder. Empty when there is no such folder."""
    place = Path(folder)
    if not place.is_dir():
        return Feeds()
    return Feeds(lists=tuple(read_kept(path) for path in sorted(place.glob("*.tutelafeed"))))


_MAGIC = b"tutela feed 1\n"


def kept_bytes(feed: Feed) -> bytes:
    """A list in the form it is kept: a line of JSON, then its prefixes, sorted. The last 32 bytes are their SHA-256."""
    head = {
        "name": feed.name, "format": feed.format, "threat": feed.threat, "length": feed.length, "digest": feed.digest,
        "made_at": feed.made_at.isoformat() if feed.made_at else None, "skipped": feed.skipped, "entries": len(feed.prefixes),
    }  # fmt: skip
    body = _MAGIC + json.dumps(head, sort_keys=True).encode() + b"\n" + b"".join(sorted(feed.prefixes))
    return body + hashlib.sha256(body).digest()


def read_kept(path: str | Path) -> Feed:
    """Reads a kept list. Raises MissingFile (T104), and BadSettings (T207) when it was cut short or changed."""
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise MissingFile((error.strerror or "cannot be read").lower(), where=str(path)) from None
    body, seal = data[:-32], data[-32:]
    if not data.startswith(_MAGIC) or hashlib.sha256(body).digest() != seal:
        raise BadSettings(
            "not a whole list: its seal does not fit", where=str(path), next_step="run `tutela feeds update` again"
        )
    head, _, packed = body[len(_MAGIC) :].partition(b"\n")
    about = json.loads(head)
    length = about["length"]
    return Feed(
        name=about["name"], format=about["format"], threat=about["threat"], length=length, digest=about["digest"],
        made_at=datetime.fromisoformat(about["made_at"]) if about["made_at"] else None, skipped=about["skipped"],
        prefixes=frozenset(packed[at : at + length] for at in range(0, len(packed), length)),
    )  # fmt: skip


def read_feed(data: bytes, *, name: str, format: Format = "auto", threat: str = "phishing") -> Feed:
    """Reads a list's bytes. Formats: `urlhaus` (CSV), `phishtank` (CSV or JSON), `openphish` (an address a line),
    `domains` (a domain a line, or a hosts file), `hashes` (SHA-256 or its first 4 to 32 bytes, hex, a line).

    `auto` tells them apart by their first lines. Lines that cannot be read are counted, not guessed.
    Raises TooLarge (T103), and BadSettings (T207) when nothing or less than half of the lines can be read.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(f"a list larger than {MOST_BYTES >> 20} MiB", where=name, next_step="load a shorter one")
    text = data.decode("utf-8-sig", "replace")
    chosen = _guess(text) if format == "auto" else format
    prefixes: set[bytes] = set()
    skipped = read = 0
    length = KEPT
    for entry in _entries(text, chosen):
        digest = _entry_digest(entry, chosen)
        if digest is None:
            skipped += 1
            continue
        read += 1
        if chosen == "hashes":
            length = len(digest) if read == 1 else min(length, len(digest))
        prefixes.add(digest if chosen == "hashes" else digest[:KEPT])
        if len(prefixes) > MOST_ENTRIES:
            raise TooLarge(f"a list of more than {MOST_ENTRIES:,} entries", where=name, next_step="load a shorter one")
    if not read:
        raise BadSettings("the list holds nothing that can be read", where=name, next_step="look at the file")
    if skipped > read:
        raise BadSettings(
            f"more lines cannot be read ({skipped:,}) than can ({read:,})", where=name, next_step="check its format"
        )
    if chosen == "hashes":
        prefixes = {prefix[:length] for prefix in prefixes}
    return Feed(
        name=name, format=chosen, threat=threat, prefixes=frozenset(prefixes), length=length,
        digest=hashlib.sha256(data).hexdigest(), made_at=_date(text), skipped=skipped,
    )  # fmt: skip


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        line = line.strip()
        if line and line[0] not in "#!;":
            yield line


def _guess(text: str) -> Format:
    first = next(_lines(text), "")
    if "urlhaus_link" in text[:4000] or "urlhaus.abuse.ch" in text[:4000]:
        return "urlhaus"
    if first.startswith(("phish_id,", "[{")):
        return "phishtank"
    if "://" in first:
        return "openphish"
    bare = first.replace("=", "")
    return "hashes" if 8 <= len(bare) <= 64 and all(char in "0123456789abcdefABCDEF" for char in bare) else "domains"


def _entries(text: str, format: Format) -> Iterator[str]:
    if format == "phishtank" and text.lstrip().startswith("["):
        try:
            rows = json.loads(text)
        except (json.JSONDecodeError, RecursionError):
            return
        yield from (str(row.get("url", "")) if isinstance(row, dict) else "" for row in rows)
        return
    if format in ("urlhaus", "phishtank"):
        column = 2 if format == "urlhaus" else 1
        try:
            for row in csv.reader(io.StringIO("\n".join(_lines(text)))):
                if row and row[0] not in ("phish_id", "id"):
                    yield row[column] if len(row) > column else ""
        except csv.Error:
            yield ""
        return
    for line in _lines(text):
        if format == "domains":
            fields = line.partition("#")[0].split()
            # A hosts file puts 0.0.0.0 or 127.0.0.1 in front; a filter list writes ||domain^.
            yield fields[-1].removeprefix("||").rstrip("^").removeprefix("*.") if fields else ""
        else:
            yield line.split()[0]


def _entry_digest(entry: str, format: Format) -> bytes | None:
    if format == "hashes":
        try:
            digest = bytes.fromhex(entry)
        except ValueError:
            return None
        return digest if 4 <= len(digest) <= 32 else None
    if format == "domains" and ("/" in entry or "." not in entry):
        return None
    if format != "domains" and "://" not in entry:
        return None
    address = parse(entry)
    if address is None or not address.site:
        return None
    found = expressions(address)
    return _digest(f"{address.ip or _ascii(address.host)}/" if format == "domains" else found[0])


def _date(text: str) -> datetime | None:
    """The date a list gives of itself in its first lines: `# Last updated: 2026-10-01 12:00:00 (UTC)`."""
    for line in text[:4000].splitlines():
        if not line.startswith(("#", "!", ";")):
            continue
        for word in line.replace("T", " ").split():
            if len(word) >= 10 and word[4:5] == "-" and word[7:8] == "-":
                try:
                    return datetime.fromisoformat(word[:10]).replace(tzinfo=UTC)
                except ValueError:
                    continue
    return None
