"""Members of archives and disk images, and what the archive itself says: bombs, names that climb out, locks.

ZIP by its own reader, TAR by the standard library, single streams by their codecs, everything else by libarchive
(loaded only then) with its formats chosen by us, so that none of its helper programs is ever started.
"""

from __future__ import annotations

import bz2
import io
import lzma
import posixpath
import re
import tarfile
import zlib
from collections.abc import Callable, Iterable

from tutela.extract.files import zips
from tutela.extract.files.kinds import RUNS_ON_CLICK, ending, identify, words_of
from tutela.extract.files.limits import LimitReached
from tutela.extract.files.passwords import named_passwords, worth_trying
from tutela.extract.files.walk import Content, Walk, shown_name

_CLIMBS = re.compile(r"(?:^|[\\/])\.\.(?:[\\/]|$)")
_QUIET_ENDINGS = frozenset(("jpg jpeg png gif heic webp mp4 mov mp3 wav m4a txt srt").split())
_MACINTOSH = re.compile(r"(?:^|/)(?:__MACOSX/|\._|\.DS_Store$)")


def read_zip(content: Content, walk: Walk) -> None:
    """Any ZIP: reports what its directory gives away, then queues its members."""
    try:
        directory = zips.read_directory(content.data, walk.limits.members * 4)
    except zips.BadZip:
        if not _read_by_libarchive(content, walk, ("zip",)):
            walk.trouble("the ZIP archive is damaged", at=content)
        return
    if not _directory_is_sane(content, walk, directory):
        return
    locked = [member for member in directory.members if member.encrypted and not member.is_folder]
    password = _open_lock(content, walk, locked) if locked else None
    for member in _runnable_first(directory.members):
        if member.is_folder or _MACINTOSH.search(member.name):
            continue
        walk.budget.take_member()
        if member.encrypted and password is None:
            continue
        try:
            data = zips.read_member(content.data, member, walk.budget, password if member.encrypted else None)
        except zips.WrongPassword:
            continue
        except zips.BadZip as error:
            if member.method in (1, 2, 3, 4, 5, 6, 9, 98):
                _read_by_libarchive(content, walk, ("zip",))
                return
            if len(directory.members) < 2 or member.unpacked:
                walk.trouble(f"a member of the archive cannot be read: {error}", at=content)
            continue
        except LimitReached as limit:
            if limit.bomb:
                report_bomb(content, walk, limit.what)
                return
            walk.trouble(limit.what, at=content)
            if walk.budget.inflated >= walk.limits.inflated_bytes:
                return
            continue
        walk.child(content, member.name, data, from_archive=True)
    note_surroundings(content, walk, directory.starts_at)


def note_surroundings(content: Content, walk: Walk, starts_at: int) -> None:
    """A comment or prefix is where a second format hides; a self-extracting archive's own program is ordinary."""
    if starts_at > 64 and content.kind == "zip":
        prefix = content.data[:starts_at]
        if identify(prefix, "") in ("pe", "elf", "macho", "lnk", "html", "batch", "shell"):
            walk.child(content, "before the archive", prefix)


def _runnable_first(members: Iterable[zips.Member]) -> list[zips.Member]:
    return sorted(members, key=lambda member: ending(member.name) not in RUNS_ON_CLICK)


def _directory_is_sane(content: Content, walk: Walk, directory: zips.Directory) -> bool:
    members = directory.members
    climbing = next(
        (
            m
            for m in members
            if _CLIMBS.search(m.name) or m.name.startswith(("/", "\\")) or m.name[1:3] in (":\\", ":/")
        ),
        None,
    )
    if climbing is not None:
        report_climb(content, walk, climbing.name)
    packed = sum(member.packed for member in members)
    unpacked = sum(member.unpacked for member in members)
    if zips.overlapping(directory) and unpacked > walk.limits.bomb_bytes:
        report_bomb(content, walk, "members of the archive overlap so that it grows beyond reason")
        return False
    if directory.truncated:
        report_bomb(content, walk, f"the archive has more than {len(members):,} members", confidence=0.6)
        return False
    real = min(packed, len(content.data))
    if unpacked > walk.limits.inflated_bytes and unpacked > max(real, 1) * walk.limits.ratio:
        report_bomb(content, walk, f"{len(content.data):,} bytes that would grow to {unpacked:,}")
        return False
    return True


def report_bomb(content: Content, walk: Walk, what: str, confidence: float = 0.9) -> None:
    """A bomb is a signal and a trouble: what it hides behind its size was not read."""
    walk.signal("file.archive_bomb", confidence, f"an archive made to exhaust whoever opens it: {what}", at=content)
    walk.trouble(f"unpacking was stopped: {what}", at=content)


def report_climb(content: Content, walk: Walk, name: str) -> None:
    """A member name that would be written outside the folder it is unpacked to."""
    tail = ending(name)
    climbs_to_start = (
        re.search(r"(?i)startup|autostart|cron|\.ssh|\.bashrc|init\.d|system32|/etc/|htdocs|www", name) is not None
    )
    confidence = 0.95 if climbs_to_start or tail in RUNS_ON_CLICK else 0.8
    walk.signal(
        "file.path_traversal",
        confidence,
        "a member of the archive would be written outside its folder",
        at=content,
        shown_as=shown_name(name)[:40],
    )


def _open_lock(content: Content, walk: Walk, locked: list[zips.Member]) -> str | None:
    """The password that opens the archive, when the item's text names it. Reports the lock by what it hides."""
    smallest = min(locked, key=lambda member: member.packed)
    opened = None
    for word in worth_trying(walk.text_hint):
        try:
            packed = zips.packed_bytes(content.data, smallest)
            if len(packed) > 1 << 21 and not smallest.aes_strength:
                break
            clear = zips.decrypt(packed, smallest, word)
            data, more = zips.unpack(clear, smallest.method, walk.budget.room(len(clear)))
        except (zips.WrongPassword, zips.BadZip, LimitReached):
            continue
        if more or smallest.aes_vendor == 2 or zlib.crc32(data) == smallest.crc:
            opened = word
            break
    report_lock(content, walk, [member.name for member in locked], opened=opened)
    return opened


def report_lock(content: Content, walk: Walk, names: list[str], *, opened: str | None) -> None:
    """An archive that needs a password, judged by its visible names and by whether the text hands the key over."""
    runs = [name for name in names if ending(name) in RUNS_ON_CLICK]
    handed_over = bool(opened and opened in named_passwords(walk.text_hint)) or (
        opened is None and bool(named_passwords(walk.text_hint))
    )
    quiet = bool(names) and all(ending(name) in _QUIET_ENDINGS or name.endswith("/") for name in names)
    nested = any(ending(name) in ("zip", "rar", "7z", "iso") for name in names)
    marks = {"password_in_text"} if handed_over else set()
    if runs:
        confidence, what = (
            (0.95, "a program inside and its password in the text") if handed_over else (0.6, "a program inside")
        )
    elif quiet:
        confidence, what = (0.1 if handed_over else 0.05), "pictures or texts inside"
    elif nested:
        confidence, what = (0.6 if handed_over else 0.4), "another archive inside"
    elif not names:
        confidence, what = (0.6 if handed_over else 0.35), "names hidden too"
    else:
        confidence, what = (0.3 if handed_over else 0.15), "documents inside"
    walk.signal(
        "file.encrypted_archive", confidence, f"an archive locked with a password, {what}", at=content, marks=marks
    )
    if opened is None:
        walk.trouble("the archive is locked with a password that is not known here", at=content)


def read_tar(content: Content, walk: Walk) -> None:
    """A TAR file; links and names that climb out are reported, nothing is ever written."""
    try:
        archive = tarfile.open(fileobj=io.BytesIO(content.data), mode="r:", errorlevel=0)  # noqa: SIM115
        for member in archive:
            walk.budget.take_member()
            if _CLIMBS.search(member.name) or member.name.startswith("/"):
                report_climb(content, walk, member.name)
            if (member.issym() or member.islnk()) and _link_leaves(member.name, member.linkname):
                report_climb(content, walk, member.linkname)
            if not member.isreg():
                continue
            room = walk.budget.room(member.size)
            if member.size > room:
                walk.trouble(f"a member is larger than {room:,} bytes", at=content)
                continue
            # A sparse member claims sizes that no bytes stand behind.
            if member.issparse() and member.size > len(content.data) * walk.limits.ratio:
                report_bomb(content, walk, "a member claims far more bytes than it has")
                continue
            stream = archive.extractfile(member)
            if stream is not None:
                data = stream.read(room)
                walk.budget.take_bytes(len(data))
                walk.child(content, member.name, data, from_archive=True)
    except (tarfile.TarError, OSError, ValueError, EOFError, OverflowError):
        walk.trouble("the TAR archive is damaged", at=content)


def _link_leaves(name: str, target: str) -> bool:
    if target.startswith("/"):
        return re.match(r"/(?:etc|root|home|var/(?:spool|www)|tmp)\b", target) is not None
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), target)).startswith("..")


def read_stream(content: Content, walk: Walk) -> None:
    """A single compressed stream: gzip (all its members), bzip2, xz, lzma, zstd."""
    openers: dict[str, Callable[[bytes, int], tuple[bytes, bool]]] = {
        "gz": _gunzip,
        "bz2": lambda data, most: _drain(bz2.BZ2Decompressor(), data, most),
        "xz": lambda data, most: _drain(lzma.LZMADecompressor(memlimit=1 << 28), data, most),
        "lzma": lambda data, most: _drain(lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=1 << 28), data, most),
        "zst": zips.inflate_zstd,
    }
    room = walk.budget.room(len(content.data))
    try:
        data, more = openers[content.kind](content.data, room)
    except (zlib.error, OSError, EOFError, ValueError, lzma.LZMAError, MemoryError, zips.BadZip):
        walk.trouble(f"{words_of(content.kind)} is damaged", at=content)
        return
    walk.budget.take_bytes(len(data))
    if walk.budget.is_bomb(len(content.data), len(data)):
        report_bomb(content, walk, f"{len(content.data):,} bytes that grow beyond {len(data):,}")
        return
    if more:
        walk.trouble(f"only the first {len(data):,} bytes of a compressed file were read", at=content)
    walk.child(content, _inner_name(content), data, from_archive=content.from_archive or not content.member)


def _inner_name(content: Content) -> str:
    name = content.name.rsplit("/", 1)[-1]
    stem, dot, tail = name.rpartition(".")
    if not dot:
        return name or "content"
    if tail.lower() in ("tgz", "tbz", "tbz2", "txz", "tzst"):
        return f"{stem}.tar"
    return stem if tail.lower() in ("gz", "bz2", "xz", "lzma", "zst", "gzip") else name


def _gunzip(data: bytes, most: int) -> tuple[bytes, bool]:
    out = bytearray()
    while data:
        engine = zlib.decompressobj(31)
        out += engine.decompress(data, most - len(out))
        if not engine.eof:
            return bytes(out), bool(engine.unconsumed_tail)
        data = engine.unused_data.lstrip(b"\0")
        if len(out) >= most:
            return bytes(out), bool(data)
        if data[:2] != b"\x1f\x8b":
            break
    return bytes(out), False


def _drain(engine: bz2.BZ2Decompressor | lzma.LZMADecompressor, data: bytes, most: int) -> tuple[bytes, bool]:
    out = engine.decompress(data, most)
    if not engine.eof and engine.needs_input:
        raise EOFError
    return out, not engine.eof


_BY_LIBARCHIVE = {
    "7z": ("7zip",),
    "rar": ("rar", "rar5"),
    "cab": ("cab",),
    "cpio": ("cpio",),
    "ar": ("ar",),
    "deb": ("ar",),
    "lha": ("lha",),
    "iso": ("iso9660",),
    "xar": ("xar",),
    "lz4": ("raw",),
    "lzip": ("raw",),
    "compress": ("raw",),
}
_FILTERS = {"lz4": "lz4", "lzip": "lzip", "compress": "compress"}


def read_other(content: Content, walk: Walk) -> None:
    """Every archive and disk image that libarchive opens; one that it cannot open is a trouble."""
    formats = _BY_LIBARCHIVE.get(content.kind)
    locked = _locked_by_header(content)
    if locked:
        report_lock(content, walk, [], opened=None)
        return
    if formats is None or not _read_by_libarchive(content, walk, formats):
        walk.trouble(f"{words_of(content.kind)} cannot be opened here", at=content)


def _locked_by_header(content: Content) -> bool:
    """True when the names themselves are encrypted: RAR headers, or a 7-Zip header packed by its AES coder."""
    if content.kind == "7z":
        return b"\x06\xf1\x07\x01" in content.data[-4096:]
    if content.kind == "rar" and content.data[:7] == b"Rar!\x1a\x07\x00":
        return len(content.data) > 12 and bool(int.from_bytes(content.data[10:12], "little") & 0x80)
    return (
        content.kind == "rar"
        and content.data[:8] == b"Rar!\x1a\x07\x01\x00"
        and len(content.data) > 16
        and content.data[13:14] == b"\x04"
    )


def _read_by_libarchive(content: Content, walk: Walk, formats: tuple[str, ...]) -> bool:
    """True when the archive could be opened; members that could not be read are troubles."""
    try:
        from libarchive import ArchiveError, ffi
        from libarchive.entry import ArchiveEntry
    except (ImportError, OSError, TypeError):
        walk.trouble(
            'archives of this kind need the part `pip install "tutela[files]"` and the library libarchive',
            at=content,
            code="T209",
        )
        return True
    handle = ffi.read_new()
    names_locked: list[str] = []
    before = walk.budget.members
    try:
        ffi.get_read_filter_function(_FILTERS.get(content.kind, "none"))(handle)
        for name in formats:
            ffi.get_read_format_function(name)(handle)
        ffi.read_open_memory(handle, content.data, len(content.data))
        while True:
            entry = ArchiveEntry(handle, "utf-8")
            if ffi.read_next_header2(handle, entry._entry_p) == ffi.ARCHIVE_EOF:
                break
            walk.budget.take_member()
            name = "content" if formats == ("raw",) else _entry_name(entry)
            if name in ("/", "//", "/SYM64/") and formats == ("ar",):
                continue
            if formats == ("raw",):
                name = _inner_name(content) if content.name else name
            elif _CLIMBS.search(name) or name.startswith(("/", "\\")):
                report_climb(content, walk, name)
            if formats != ("raw",) and not entry.isreg:
                continue
            try:
                data = _entry_bytes(ffi, handle, walk, len(content.data))
            except ArchiveError as error:
                if "ncrypt" in str(error) or "assphrase" in str(error):
                    names_locked.append(name)
                    continue
                walk.trouble("a member of the archive cannot be read", at=content)
                continue
            walk.child(content, name, data, from_archive=True)
    except ArchiveError as error:
        if "ncrypt" in str(error) or "assphrase" in str(error):
            report_lock(content, walk, names_locked, opened=None)
            return True
        if walk.budget.members == before:
            return False
        walk.trouble("the archive is damaged", at=content)
    finally:
        ffi.read_free(handle)
    if names_locked:
        report_lock(content, walk, names_locked, opened=None)
    return True


def _entry_name(entry: object) -> str:
    try:
        name = entry.pathname  # type: ignore[attr-defined]
    except (UnicodeError, ValueError):
        name = None
    return str(name or "unnamed")


def _entry_bytes(ffi: object, handle: object, walk: Walk, packed: int) -> bytes:
    import ctypes

    room = walk.budget.room(packed)
    block = ctypes.create_string_buffer(1 << 18)
    out = bytearray()
    while True:
        size = ffi.read_data(handle, block, len(block))  # type: ignore[attr-defined]
        if size <= 0:
            break
        out += block.raw[:size]
        walk.budget.take_bytes(size)
        walk.budget.check_time()
        if walk.budget.is_bomb(packed, len(out)):
            raise LimitReached(f"{packed:,} bytes that grow beyond {len(out):,}", bomb=True)
        if len(out) >= room:
            raise LimitReached(f"a member is larger than {room:,} bytes")
    return bytes(out)


def read_szdd(content: Content, walk: Walk) -> None:
    """A file packed by the old COMPRESS.EXE: LZSS with a window of 4 KiB, after a head of 14 bytes."""
    data = content.data
    size = int.from_bytes(data[10:14], "little")
    most = min(size, walk.budget.room(len(data)))
    window = bytearray(b" " * 4_096)
    place, at = 4_080, 14
    out = bytearray()
    while at < len(data) and len(out) < most:
        flags = data[at]
        at += 1
        for bit in range(8):
            if at >= len(data) or len(out) >= most:
                break
            if flags >> bit & 1:
                out.append(data[at])
                window[place] = data[at]
                place = (place + 1) & 0xFFF
                at += 1
                continue
            if at + 1 >= len(data):
                break
            start, length = data[at] | (data[at + 1] & 0xF0) << 4, (data[at + 1] & 0x0F) + 3
            at += 2
            for n in range(length):
                value = window[(start + n) & 0xFFF]
                out.append(value)
                window[place] = value
                place = (place + 1) & 0xFFF
    walk.budget.take_bytes(len(out))
    walk.child(
        content, content.name.rsplit("/", 1)[-1] or "content", bytes(out[:most]), from_archive=content.from_archive
    )
