"""Shortcuts: what a click on one starts. Windows shell links (MS-SHLLINK), internet, Linux and settings shortcuts."""

from __future__ import annotations

import re
import struct

from msgspec import Struct

from tutela.extract.files.kinds import decode_text, ending
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.scripts import hidden_bytes, undisguised
from tutela.extract.files.walk import Content, Piece, Walk

_INTERPRETERS = re.compile(
    r"(?i)(?:^|[\\/\s\"%])(cmd|powershell|pwsh|mshta|wscript|cscript|rundll32|regsvr32|msiexec|certutil|bitsadmin|conhost|forfiles|curl|"
    r"schtasks|installutil|regasm|msbuild|wmic|ftp|ssh|hh|odbcconf|pcalua|bash|wsl|python\w?|javaw?|autoit3?|control|scriptrunner|winrm|tar|finger|cmstp|mavinject)(?:\.exe|\.com)?(?=$|[\s\"'/&|,])"
)
_ACTS = re.compile(
    r"(?i)https?:|\\\\[\w.]+\\|-e(?:nc|ncodedcommand|c)?\s|-w(?:indowstyle)?\s+h|hidden|iex\b|invoke-|download|frombase64|/c\s|/k\s|&&|%temp%|%appdata%|\$env:|\.ps1|\.vbs|\.js\b|\.hta|\.dll|\.bat|\.cmd|javascript:|vbscript:|scrobj|copy\s|start\s|/i:|-ep\s|bypass|findstr|for\s/f|\|"
)


class Link(Struct, frozen=True, kw_only=True):
    """What a shell link starts. Empty strings for fields it does not have."""

    target: str = ""
    arguments: str = ""
    relative: str = ""
    folder: str = ""
    icon: str = ""
    name: str = ""
    hidden: bool = False


def parse_link(data: bytes) -> Link:
    """A shell link's fields. Raises ValueError when the structure ends too early."""
    try:
        return _parse(data)
    except (struct.error, IndexError) as error:
        raise ValueError("a shortcut that ends too early") from error


def _parse(data: bytes) -> Link:
    flags = struct.unpack_from("<I", data, 20)[0]
    window = struct.unpack_from("<I", data, 60)[0]
    at = 76
    target = ""
    names: list[str] = []
    if flags & 1:
        size = struct.unpack_from("<H", data, at)[0]
        names = _item_names(data[at + 2 : at + 2 + size])
        at += 2 + size
    if flags & 2:
        size, header, info = struct.unpack_from("<III", data, at)
        if info & 1 and header >= 28:
            base = struct.unpack_from("<I", data, at + 16)[0]
            target = data[at + base : at + size].split(b"\0", 1)[0].decode("cp1252", "replace")
        if info & 2:
            share = struct.unpack_from("<I", data, at + 20)[0]
            name_at = struct.unpack_from("<I", data, at + share + 8)[0]
            suffix_at = struct.unpack_from("<I", data, at + 24)[0]
            server = data[at + share + name_at : at + size].split(b"\0", 1)[0]
            suffix = data[at + suffix_at : at + size].split(b"\0", 1)[0]
            target = (server + b"\\" + suffix).decode("cp1252", "replace")
        at += size
    wide = bool(flags & 0x80)
    fields = {}
    for bit, key in ((4, "name"), (8, "relative"), (16, "folder"), (32, "arguments"), (64, "icon")):
        if not flags & bit:
            continue
        count = struct.unpack_from("<H", data, at)[0]
        size = 2 * count if wide else count
        raw = data[at + 2 : at + 2 + size]
        if len(raw) < size:
            raise IndexError
        fields[key] = raw.decode("utf-16-le" if wide else "cp1252", "replace")
        at += 2 + size
    while at + 8 <= len(data):
        size, mark = struct.unpack_from("<II", data, at)
        if size < 8:
            break
        if mark == 0xA0000001 and not target:
            target = data[at + 268 : at + 788].decode("utf-16-le", "replace").split("\0", 1)[0]
        at += size
    if not target and names:
        target = "\\".join(names)
    return Link(target=target, hidden=window == 7, **fields)


def _item_names(items: bytes) -> list[str]:
    """Readable names of an item list: its folders and its last file, as far as they stand in clear."""
    found = []
    at = 0
    while at + 2 <= len(items):
        size = struct.unpack_from("<H", items, at)[0]
        if size < 2:
            break
        body = items[at + 2 : at + size]
        wide = re.findall(rb"(?:[\x20-\x7e]\0){3,}", body)
        narrow = re.findall(rb"[\x20-\x7e]{3,}", body)
        if wide:
            found.append(max(wide, key=len).decode("utf-16-le"))
        elif narrow:
            found.append(max(narrow, key=len).decode("ascii"))
        at += size
    return found


def read_link(content: Content, walk: Walk) -> None:
    """A Windows shortcut."""
    try:
        link = parse_link(content.data)
    except ValueError as error:
        walk.trouble(str(error), at=content)
        loose = content.data.replace(b"\0", b"").decode("latin-1")
        if _INTERPRETERS.search(loose) and _ACTS.search(loose):
            walk.signal("file.lnk_command", 0.8, "a damaged shortcut that names a command line", at=content)
        return
    command = f"{link.target or link.relative} {link.arguments}".strip()
    judge_command(content, walk, command, link.target or link.relative, link.arguments)
    behind = content.data[76:]
    if len(content.data) > 50_000:
        walk.signal("file.lnk_command", 0.6, "a shortcut with something large hidden behind it", at=content)
        at = max(behind.find(b"MZ\x90\0"), behind.find(b"PK\x03\x04"))
        if at >= 0:
            walk.child(content, "behind the shortcut", behind[at:])
    if link.hidden and walk.seen("file.lnk_command"):
        walk.signal("file.lnk_command", 0.9, "a shortcut that starts a command in a hidden window", at=content)
    walk.text(content, [Piece(command, "target"), Piece(link.name, "description"), Piece(link.folder, "folder")])


def judge_command(content: Content, walk: Walk, command: str, target: str, arguments: str) -> None:
    """What a shortcut's command line does; a path to a document or program without more is ordinary."""
    clear = undisguised(command, "lnk")
    apply_rules(content, walk, "command", clear)
    runner = _INTERPRETERS.search(target) or re.match(r"(?i)\s*(?:/c|/k)\s", arguments)
    acts = len({m.group().lower() for m in _ACTS.finditer(clear)})
    tail = ending(target.strip('" '))
    if runner and acts:
        walk.signal(
            "file.lnk_command",
            0.96 if acts > 1 else 0.88,
            "a shortcut that runs a command instead of opening something",
            at=content,
        )
    elif runner and arguments.strip():
        walk.signal("file.lnk_command", 0.7, "a shortcut that runs a command", at=content)
    elif re.match(r"\\\\[\w.-]+(?:@\d+|@ssl)?\\", target) and tail in (
        "exe",
        "scr",
        "js",
        "vbs",
        "dll",
        "hta",
        "lnk",
        "cpl",
        "bat",
        "cmd",
        "ps1",
    ):
        walk.signal("file.lnk_command", 0.85, "a shortcut that starts a program on another machine", at=content)
    elif re.search(r"(?i)explorer(?:\.exe)?$", target.strip('" ')) and re.search(r"(?i)https?:|\\\\[\w.]+@", arguments):
        walk.signal("file.lnk_command", 0.75, "a shortcut that opens something from elsewhere", at=content)
    elif len(arguments) > 260 and not runner:
        walk.signal("file.lnk_command", 0.6, "a shortcut with an unusually long command line", at=content)
    elif arguments.startswith(" " * 40):
        walk.signal("file.lnk_command", 0.9, "a shortcut that pushes its command out of sight", at=content)
    for number, data in enumerate(hidden_bytes(clear), 1):
        walk.child(content, f"hidden in the shortcut {number}", data)


def read_text_shortcut(content: Content, walk: Walk) -> None:
    """Internet, Linux and settings shortcuts, which are texts."""
    text = decode_text(content.data[:200_000])
    if content.kind == "url":
        target = _value(text, "URL")
        icon = _value(text, "IconFile")
        low = target.lower()
        if re.match(r"file:|\\\\", low) and (
            ending(low) in ("exe", "scr", "js", "vbs", "hta", "lnk", "url", "cpl", "bat", "cmd", "jar", "msi", "zip")
            or re.match(r"file:/{2,}[\w.-]+@|\\\\", low)
        ):
            walk.signal("file.lnk_command", 0.85, "a shortcut that starts a program on another machine", at=content)
        elif re.match(r"(?:javascript|vbscript|ms-msdt|search-ms|data):", low):
            walk.signal("file.lnk_command", 0.9, "a shortcut that runs a script", at=content)
        if re.match(r"\\\\(?!localhost)|file:/{2,4}[\w.-]+\.[a-z]", icon.lower()):
            walk.signal("file.lnk_command", 0.6, "a shortcut whose icon is fetched from elsewhere", at=content)
        walk.text(content, [Piece(target, "address")], medium="link")
        return
    if content.kind == "desktop":
        command = _value(text, "Exec")
        clear = undisguised(command, "shell")
        apply_rules(content, walk, "command", clear)
        apply_rules(content, walk, "shell", clear)
        if re.search(r"(?:ba|z|da)?sh\s+-c|base64|curl|wget|python\d?\s+-c|/tmp/|eval|\bnc\b", command) and re.search(
            r"https?:|base64|/tmp/|chmod|/dev/tcp|\|\s*(?:ba)?sh|eval|exec\(", clear
        ):
            walk.signal(
                "file.lnk_command", 0.93, "a shortcut that runs a command instead of opening something", at=content
            )
        walk.text(content, [Piece(text, "")])
        return
    link = re.search(r"(?is)<DeepLink>(.{1,4000}?)</DeepLink>", text)
    command = link.group(1) if link else ""
    if _INTERPRETERS.search(command) or _ACTS.search(command):
        walk.signal("file.lnk_command", 0.95, "a settings shortcut that runs a command", at=content)
    walk.text(content, [Piece(text, "")])


def _value(text: str, key: str) -> str:
    match = re.search(rf"(?im)^\s*{key}\s*=\s*(.{{0,4000}})$", text)
    return match.group(1).strip() if match else ""
