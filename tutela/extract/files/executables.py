"""Traits of programs that say something by themselves: packers, sections that write themselves, stolen names.

A program as such is ordinary. Structures: PE/COFF specification (Microsoft), ELF gABI 4.1, Mach-O loader.h.
"""

from __future__ import annotations

import math
import re
import struct

from msgspec import Struct

from tutela.extract.files.names import is_lure
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.walk import Content, Walk

_MOST_SECTIONS = 96
# Section names that packers leave. Weight: how seldom makers of ordinary software use that packer.
_PACKERS: tuple[tuple[re.Pattern[bytes], str, float], ...] = tuple(
    (re.compile(pattern), name, weight)
    for pattern, name, weight in (
        (rb"(?i)UPX[0-9!]|\.upx", "UPX", 0.3), (rb"(?i)\.?aspack|\.adata", "ASPack", 0.5), (rb"(?i)\.?petite", "Petite", 0.6),
        (rb"(?i)\.?mpress", "MPRESS", 0.45), (rb"(?i)\.?vmp\d?", "VMProtect", 0.45), (rb"(?i)\.?themida|\.winlice", "Themida", 0.45),
        (rb"(?i)MEW|\x02\xd2u\xdb\x8a\x16\xeb\xd4", "MEW", 0.65), (rb"(?i)\.?nsp[0-9]|\.nspack", "NSPack", 0.65), (rb"(?i)\.?yp|\.y0da|yC", "yoda", 0.65),
        (rb"(?i)\.Upack|PS\xff\xd5\xab", "Upack", 0.65), (rb"(?i)WWP32|\.WWPACK", "WWPack", 0.65), (rb"(?i)PEC2|PEcompact|pec1", "PECompact", 0.5),
        (rb"(?i)PESpin|\.?pespin", "PESpin", 0.65), (rb"FSG!", "FSG", 0.65), (rb"(?i)\.enigma\d", "Enigma", 0.5), (rb"(?i)\.RLPack|\.packed", "RLPack", 0.6),
        (rb"(?i)\.MaskPE|\.perplex|\.?kkrunchy|\.?telock|\.svkp|\.neolit|\.ccg|\.boom", "a rare packer", 0.65),
    )
)  # fmt: skip
_SYSTEM_NAMES = frozenset(
    ("svchost lsass csrss winlogon services explorer smss taskhostw spoolsv dwm rundll32 conhost wininit").split()
)


class Traits(Struct, frozen=True, kw_only=True):
    """What a program's headers show. `packer` is "" when none was recognised; entropy in bits a byte, 0 to 8."""

    packer: str = ""
    packer_weight: float = 0.0
    entropy: float = 0.0
    sections: int = 0
    imports: bool = True
    writes_itself: bool = False
    signed: bool = False
    managed: bool = False
    end: int = 0


def entropy_of(data: bytes) -> float:
    """Shannon entropy of up to 256 KiB from the middle, in bits a byte."""
    if not data:
        return 0.0
    middle = max(0, len(data) // 2 - (1 << 17))
    sample = data[middle : middle + (1 << 18)]
    counts = [sample.count(value) for value in range(256)]
    size = len(sample)
    return -sum(c / size * math.log2(c / size) for c in counts if c)


def windows_traits(data: bytes) -> Traits:
    """Traits of a PE file. Raises ValueError when its headers end too early."""
    try:
        at = struct.unpack_from("<I", data, 60)[0]
        count, optional = struct.unpack_from("<H12xH", data, at + 6)
        magic = struct.unpack_from("<H", data, at + 24)[0]
        directories = at + 24 + (112 if magic == 0x20B else 96)
        imports = struct.unpack_from("<II", data, directories + 8)
        certificate = struct.unpack_from("<II", data, directories + 32)
        managed = struct.unpack_from("<II", data, directories + 112) if optional >= 224 else (0, 0)
        names = []
        end = writes = 0
        entropy = 0.0
        table = at + 24 + optional
        for n in range(min(count, _MOST_SECTIONS)):
            name, _vsize, _rva, size, where, flags = struct.unpack_from("<8sIIII12xI", data, table + 40 * n)
            names.append(name.rstrip(b"\0"))
            end = max(end, where + size)
            if flags & 0xA0000000 == 0xA0000000:
                writes += 1
            if flags & 0x20000000 and size > 4_096:
                entropy = max(entropy, entropy_of(data[where : where + size]))
    except struct.error as error:
        raise ValueError("a Windows program that ends too early") from error
    packer, weight = _packer(names, data[: table + 40 * min(count, _MOST_SECTIONS) + 512])
    return Traits(
        packer=packer,
        packer_weight=weight,
        entropy=entropy,
        sections=count,
        imports=imports[0] != 0,
        writes_itself=writes > 0,
        signed=certificate[0] != 0 and certificate[1] > 256,
        managed=managed[0] != 0,
        end=end,
    )


def _packer(names: list[bytes], head: bytes) -> tuple[str, float]:
    for pattern, packer, weight in _PACKERS:
        if any(pattern.match(name) for name in names) or (packer in ("FSG", "MEW", "Upack") and pattern.search(head)):
            return packer, weight
    return "", 0.0


def read_program(content: Content, walk: Walk) -> None:
    """Any program: traits, name, then the rules."""
    kind = content.kind
    data = content.data
    traits = Traits()
    if kind == "pe":
        try:
            traits = windows_traits(data)
        except ValueError as error:
            walk.trouble(str(error), at=content)
        _judge_windows(content, walk, traits)
    elif kind == "elf" and (
        data.find(b"UPX!", 0, 4_096) >= 0 or (data.rfind(b"UPX!") > len(data) - 512 and len(data) > 1_024)
    ):
        walk.signal(
            "file.packed_executable",
            0.5,
            "a program packed so that it cannot be looked into",
            at=content,
            marks=("UPX",),
        )
    if content.from_archive and kind in ("pe", "elf", "macho", "dos") and is_lure(content.name):
        walk.signal(
            "file.disguised_type",
            0.65,
            "a program that bears the name of a document or picture",
            at=content,
            marks=("lure_name",),
        )
    stem = content.name.rsplit("/", 1)[-1].lower().removesuffix(".exe")
    if kind == "pe" and stem in _SYSTEM_NAMES and not traits.signed:
        walk.signal(
            "file.disguised_type",
            0.7,
            "a program that bears the name of a part of Windows",
            at=content,
            marks=("system_name",),
        )
    apply_rules(content, walk, kind, data)


def _judge_windows(content: Content, walk: Walk, traits: Traits) -> None:
    data = content.data
    if traits.packer:
        confidence = traits.packer_weight * (0.6 if traits.signed else 1.0)
        walk.signal(
            "file.packed_executable",
            confidence,
            f"a program packed with {traits.packer} so that it cannot be looked into",
            at=content,
            marks=(traits.packer,),
        )
    elif traits.entropy > 7.2 and (not traits.imports or traits.writes_itself) and not traits.signed:
        walk.signal("file.packed_executable", 0.5, "a program packed so that it cannot be looked into", at=content)
    overlay = data[traits.end :] if 0 < traits.end < len(data) else b""
    # Self-extracting archives carry what they install behind the program; it is examined like any archive.
    for mark in (b"PK\x03\x04", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"MSCF\0\0\0\0"):
        at = overlay.find(mark, 0, 1 << 20)
        if at >= 0:
            name = {b"PK": "contents.zip", b"7z": "contents.7z", b"Ra": "contents.rar", b"MS": "contents.cab"}[mark[:2]]
            walk.child(content, name, overlay[at:])
            return
