"""Members of a ZIP file by its own central directory, hostile directories assumed.

Read here rather than by the standard library because what matters is where the two directories disagree: overlapping
members, names that climb out, sizes that lie, encryption bits on readable members (a known way to blind app scanners).
Structure: PKWARE APPNOTE 6.3.10, sections 4.3 to 4.5; AE-x encryption: WinZip AES specification, edition 1.04.
"""

from __future__ import annotations

import bz2
import hashlib
import hmac
import itertools
import lzma
import struct
import zlib
from collections.abc import Iterator

from msgspec import Struct

from tutela.extract.files.limits import Budget, LimitReached

_EOCD = b"PK\x05\x06"
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_MOST_SCANNED = 200_000


class BadZip(Exception):
    """The directory cannot be followed."""


class WrongPassword(Exception):
    """The password does not open this member."""


class Member(Struct, frozen=True, kw_only=True):
    """One entry of the central directory. `method` 99 was already replaced by the real one of an AE-x member."""

    name: str
    method: int
    flags: int
    crc: int
    packed: int
    unpacked: int
    header_at: int
    is_folder: bool
    is_link: bool
    aes_strength: int = 0
    aes_vendor: int = 0

    @property
    def encrypted(self) -> bool:
        """By the general purpose bit 0."""
        return bool(self.flags & 1)


class Directory(Struct, frozen=True, kw_only=True):
    """The central directory. `starts_at` is where the archive begins in a file with something before it."""

    members: tuple[Member, ...]
    starts_at: int
    comment: bytes
    truncated: bool = False
    end_at: int = 0
    central_at: int = 0


def read_directory(data: bytes, most: int) -> Directory:
    """Entries of the directory, at most `most`. Raises BadZip."""
    at = data.rfind(_EOCD, max(0, len(data) - 66_000))
    if at < 0:
        at = data.rfind(_EOCD)
    if at < 0 or at + 22 > len(data):
        raise BadZip("no end of the directory")
    _, _, _, _, count, size, offset, comment_length = struct.unpack_from("<4s4H2LH", data, at)
    end = at
    if offset == 0xFFFFFFFF or count == 0xFFFF:
        locator = data.rfind(b"PK\x06\x07", max(0, at - 20), at)
        if locator >= 0:
            where = struct.unpack_from("<Q", data, locator + 8)[0]
            if data[where : where + 4] == b"PK\x06\x06" and where + 56 <= len(data):
                count, size, offset = struct.unpack_from("<QQQ", data, where + 32)
                end = where
    shift = end - size - offset
    if shift < 0 or data[offset + shift : offset + shift + 4] not in (b"PK\x01\x02", b""):
        shift = 0
    place = offset + shift
    members: list[Member] = []
    truncated = False
    while data[place : place + 4] == b"PK\x01\x02":
        if len(members) >= min(most, _MOST_SCANNED):
            truncated = True
            break
        if place + 46 > len(data):
            break
        member, place = _entry(data, place, shift)
        members.append(member)
    if count and not members:
        raise BadZip("the directory points nowhere")
    return Directory(
        members=tuple(members),
        starts_at=shift,
        comment=data[at + 22 : at + 22 + comment_length],
        truncated=truncated,
        end_at=at,
        central_at=offset + shift,
    )


def _entry(data: bytes, at: int, shift: int) -> tuple[Member, int]:
    (flags, method, _time, _date, crc, packed, unpacked, name_size, extra_size, comment_size, _disk, _internal,
     external, header_at) = struct.unpack_from("<4H3L5H2L", data, at + 8)  # fmt: skip
    raw = data[at + 46 : at + 46 + name_size]
    extra = data[at + 46 + name_size : at + 46 + name_size + extra_size]
    strength = vendor = 0
    place = 0
    while place + 4 <= len(extra):
        tag, size = struct.unpack_from("<HH", extra, place)
        field = extra[place + 4 : place + 4 + size]
        if tag == 1:
            wide = [struct.unpack_from("<Q", field, n)[0] for n in range(0, len(field) - 7, 8)]
            if unpacked == 0xFFFFFFFF and wide:
                unpacked = wide.pop(0)
            if packed == 0xFFFFFFFF and wide:
                packed = wide.pop(0)
            if header_at == 0xFFFFFFFF and wide:
                header_at = wide.pop(0)
        elif tag == 0x9901 and len(field) >= 7:
            vendor, strength, method = struct.unpack_from("<H2xBH", field)
        place += 4 + size
    name = _name(raw, flags)
    member = Member(
        name=name,
        method=method,
        flags=flags,
        crc=crc,
        packed=packed,
        unpacked=unpacked,
        header_at=header_at + shift,
        is_folder=name.endswith("/") and unpacked == 0,
        is_link=(external >> 16) & 0o170000 == 0o120000,
        aes_strength=strength,
        aes_vendor=vendor,
    )
    return member, at + 46 + name_size + extra_size + comment_size


def _name(raw: bytes, flags: int) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape") if flags & 0x800 else raw.decode("cp437")


def overlapping(directory: Directory) -> bool:
    """True when two members share compressed bytes, the trick of bombs that grow by the square."""
    spans = sorted((m.header_at, m.header_at + 30 + m.packed) for m in directory.members if m.packed)
    return any(left[1] > right[0] for left, right in itertools.pairwise(spans))


def packed_bytes(data: bytes, member: Member) -> bytes:
    """The member's bytes as stored. Raises BadZip when its own header is not where the directory says."""
    at = member.header_at
    if data[at : at + 4] != b"PK\x03\x04" or at + 30 > len(data):
        raise BadZip("a member's header is missing")
    name_size, extra_size = struct.unpack_from("<HH", data, at + 26)
    begin = at + 30 + name_size + extra_size
    return data[begin : begin + member.packed]


def unpack(packed: bytes, method: int, most: int) -> tuple[bytes, bool]:
    """Unpacked bytes, at most `most`, and whether more would have come. Raises BadZip for a method not read here."""
    if method == 0:
        return packed[:most], len(packed) > most
    try:
        if method == 8:
            engine = zlib.decompressobj(-15)
            out = engine.decompress(packed, most)
            return out, bool(engine.unconsumed_tail) and not engine.eof
        if method == 12:
            bz = bz2.BZ2Decompressor()
            out = bz.decompress(packed, most)
            return out, not bz.eof and not bz.needs_input
        if method == 14 and len(packed) > 9:
            size = struct.unpack_from("<H", packed, 2)[0]
            properties = packed[4 : 4 + size]
            filters = [lzma._decode_filter_properties(lzma.FILTER_LZMA1, properties)]  # type: ignore[attr-defined]
            xz = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
            out = xz.decompress(packed[4 + size :], most)
            return out, not xz.eof and not xz.needs_input
        if method == 93:
            return inflate_zstd(packed, most)
        if method == 95:
            xz = lzma.LZMADecompressor()
            out = xz.decompress(packed, most)
            return out, not xz.eof and not xz.needs_input
    except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError) as error:
        raise BadZip("a member is damaged") from error
    raise BadZip(f"compression method {method} is not read")


def inflate_zstd(packed: bytes, most: int) -> tuple[bytes, bool]:
    """At most `most` bytes of a Zstandard stream, and whether more would have come. Raises BadZip."""
    import zstandard

    out = bytearray()
    try:
        with zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(packed) as reader:
            while len(out) <= most:
                piece = reader.read(min(1 << 20, most + 1 - len(out)))
                if not piece:
                    return bytes(out), False
                out += piece
    except zstandard.ZstdError as error:
        raise BadZip("a Zstandard stream is damaged") from error
    return bytes(out[:most]), True


def read_member(data: bytes, member: Member, budget: Budget, password: str | None = None) -> bytes:
    """One member's bytes. Raises BadZip, WrongPassword, LimitReached (`bomb` when it grows beyond all reason)."""
    room = budget.room(member.packed)
    packed = packed_bytes(data, member)
    if member.encrypted and password is not None:
        packed = decrypt(packed, member, password)
    out, more = unpack(packed, member.method, room)
    budget.take_bytes(len(out))
    if budget.is_bomb(len(packed), len(out) if not more else max(len(out), member.unpacked)):
        raise LimitReached(f"{len(packed):,} bytes that grow beyond {len(out):,}", bomb=True)
    if more:
        raise LimitReached(f"a member is larger than {room:,} bytes")
    if password is not None and member.aes_vendor != 2 and zlib.crc32(out) != member.crc:
        raise WrongPassword
    return out


def decrypt(packed: bytes, member: Member, password: str) -> bytes:
    """Decrypts one member's stored bytes, traditional or AE-x. Raises WrongPassword."""
    secret = password.encode("utf-8", "surrogateescape")
    if member.aes_strength:
        return _decrypt_aes(packed, member.aes_strength, secret)
    keys = _Keys(secret)
    header = bytes(keys.clear(packed[:12]))
    if len(header) < 12 or (header[11] != (member.crc >> 24) & 0xFF and not member.flags & 8):
        raise WrongPassword
    # The cipher is sequential and this is Python: 4 MiB take seconds, and the first megabyte shows what a member is.
    if len(packed) > 1 << 21:
        raise LimitReached("an encrypted member is too large to open here")
    return bytes(keys.clear(packed[12:]))


def _decrypt_aes(packed: bytes, strength: int, secret: bytes) -> bytes:
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    key_size = {1: 16, 2: 24, 3: 32}.get(strength)
    if key_size is None:
        raise BadZip("unknown encryption strength")
    salt_size = key_size // 2
    salt, check = packed[:salt_size], packed[salt_size : salt_size + 2]
    keys = hashlib.pbkdf2_hmac("sha1", secret, salt, 1000, 2 * key_size + 2)
    body, code = packed[salt_size + 2 : -10], packed[-10:]
    if keys[-2:] != check or not hmac.compare_digest(hmac.new(keys[key_size:-2], body, "sha1").digest()[:10], code):
        raise WrongPassword
    # AE-x counts blocks from 1 in little-endian order, which CTR mode of the library does not offer.
    blocks = (len(body) + 15) // 16
    counters = b"".join(n.to_bytes(16, "little") for n in range(1, blocks + 1))
    stream = Cipher(algorithms.AES(keys[:key_size]), modes.ECB()).encryptor().update(counters)
    size = len(body)
    return (int.from_bytes(body, "big") ^ int.from_bytes(stream[:size], "big")).to_bytes(size, "big")


class _Keys:
    """The traditional cipher's three keys, APPNOTE 6.1."""

    def __init__(self, secret: bytes) -> None:
        self._a, self._b, self._c = 0x12345678, 0x23456789, 0x34567890
        for byte in secret:
            self._turn(byte)

    def _turn(self, byte: int) -> None:
        self._a = (self._a >> 8) ^ _CRC[(self._a ^ byte) & 0xFF]
        self._b = ((self._b + (self._a & 0xFF)) * 134_775_813 + 1) & 0xFFFFFFFF
        self._c = (self._c >> 8) ^ _CRC[(self._c ^ self._b >> 24) & 0xFF]

    def clear(self, data: bytes) -> Iterator[int]:
        for byte in data:
            k = self._c | 2
            plain = byte ^ ((k * (k ^ 1)) >> 8 & 0xFF)
            self._turn(plain)
            yield plain


def _crc_table() -> tuple[int, ...]:
    table = []
    for n in range(256):
        for _ in range(8):
            n = (n >> 1) ^ 0xEDB88320 if n & 1 else n >> 1
        table.append(n)
    return tuple(table)


_CRC = _crc_table()
