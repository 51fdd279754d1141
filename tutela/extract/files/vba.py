"""Macros: their source out of its compressed streams, and whether they start by themselves to do harm.

Decompression: MS-OVBA 2.4.1. Event names: the object models of Word, Excel and PowerPoint.
"""

from __future__ import annotations

import re

from tutela.extract.files.rules import apply_rules
from tutela.extract.files.scripts import hidden_bytes, undisguised
from tutela.extract.files.walk import Content, Piece, Walk

_MOST_SOURCE = 4 << 20
_STARTS = re.compile(
    r"(?im)^\s*(?:public\s+|private\s+)?(?:static\s+)?(?:sub|function)\s+("
    r"auto_?(?:open|exec|close|exit|new|activate)|document_(?:open|close|new|beforeclose|beforesave|beforeprint|contentcontrolonenter)|"
    r"documentopen|documentbeforeclose|workbook_(?:open|activate|beforeclose|deactivate|windowactivate|sheetactivate)|worksheet_(?:activate|calculate)|"
    r"presentation_open|onslideshowpagechange|slideshowbegin|inkpicture\d*_pain\w+|\w*_(?:painted|painting|layout|mouseover|mousemove|gotfocus|onconnecting|documentcomplete|navigatecomplete2)"
    r")\b"
)
_DEEDS: tuple[tuple[str, str], ...] = (
    ("starts a program", r"(?i)\bshell\s*[\(\"]|\bshell\s+\w|\bshell\$?\(|wscript\.shell|shell\.application|\bshellexecute|winexec|createprocess|\.exec\s*\(|\.run\s*[\(\" ]|win32_process"),
    ("downloads", r"(?i)xmlhttp|winhttp|urldownloadtofile|downloadfile|downloadstring|internetopen|adodb\.stream|invoke-webrequest|bitsadmin|certutil|\bcurl\b"),
    ("uses a command line", r"(?i)powershell|cmd(?:\.exe)?\s*/c|mshta|rundll32|regsvr32|wscript|cscript|schtasks|wmic"),
    ("writes a program", r"(?i)\.savetofile|put\s+#\d.*(?:exe|byte)|for binary access write|\.(?:exe|dll|scr|vbs|js|ps1|bat)\"\s*for (?:output|binary)|createtextfile\([^)]*\.(?:exe|vbs|js|ps1|bat|hta)"),
    ("calls the system directly", r"(?i)virtualalloc|rtlmovememory|createthread|writeprocessmemory|createremotethread|callwindowproc|enum(?:windows|systemlocales|childwindows)[aw]?\b.*alias|declare\s+(?:ptrsafe\s+)?(?:function|sub)\s+\w+\s+lib\s+\"(?:urlmon|kernel32|ntdll|wininet)"),
    ("hides its text", r"(?i)strreverse\(|(?:chrw?\$?\(\s*(?:&h)?\w{1,4}\s*(?:xor|\+|-)?\s*\w{0,6}\)\s*[&+]\s*){3,}|\bxor\s+\d|callbyname"),
    ("destroys files", r"(?i)\bkill\s+[\"\w]|rmdir\s|\.deletefile|\.deletefolder|format\s+c:"),
    ("spreads", r"(?i)normaltemplate\.vbproject|vbcomponents\.import|organizercopy|\.addfromstring|outlook\.application[\s\S]{0,2000}attachments\.add"),
    ("weakens protection", r"(?i)vbawarnings|accessvbom|disableantispyware|set-mppreference"),
)  # fmt: skip
_COMPILED = tuple((words, re.compile(pattern)) for words, pattern in _DEEDS)


def decompress(data: bytes, start: int) -> bytes:
    """One compressed container that begins at `start`. Stops at damage and gives what was read."""
    if data[start : start + 1] != b"\x01":
        return b""
    out = bytearray()
    at = start + 1
    while at + 2 <= len(data) and len(out) < _MOST_SOURCE:
        header = int.from_bytes(data[at : at + 2], "little")
        if header >> 12 & 7 != 3:
            break
        end = min(at + (header & 0xFFF) + 3, len(data))
        at += 2
        if not header & 0x8000:
            out += data[at:end]
            at = end
            continue
        begin = len(out)
        while at < end:
            flags = data[at]
            at += 1
            for bit in range(8):
                if at >= end:
                    break
                if not flags >> bit & 1:
                    out.append(data[at])
                    at += 1
                    continue
                if at + 2 > end:
                    return bytes(out)
                token = int.from_bytes(data[at : at + 2], "little")
                at += 2
                bits = max((len(out) - begin - 1).bit_length(), 4)
                length = (token & (0xFFFF >> bits)) + 3
                offset = (token >> (16 - bits)) + 1
                if offset > len(out) - begin:
                    return bytes(out)
                for _ in range(length):
                    out.append(out[-offset])
    return bytes(out)


def source_of(stream: bytes) -> str:
    """The source in a module stream: the container whose first words are a module's attribute lines, "" without one.

    The directory stream names the offset too, but tools that hide macros corrupt it; the attribute lines cannot be missing.
    """
    at = stream.find(b"\0Attribut")
    if at < 3:
        return ""
    return decompress(stream, at - 3).decode("cp1252", "replace")


def judge_macros(content: Content, walk: Walk, sources: list[str]) -> None:
    """Notes what macro sources do. A macro as such is ordinary; one that starts itself to fetch and run is not."""
    whole = "\n".join(sources)[:_MOST_SOURCE]
    clear = undisguised(whole, "vba")
    code = "\n".join(line for line in clear.splitlines() if not line.lstrip().lower().startswith(("'", "rem ")))
    starts = _STARTS.search(code)
    deeds = [words for words, pattern in _COMPILED if pattern.search(code)]
    real = any(not line.lstrip().startswith("Attribute ") and line.strip() for line in whole.splitlines())
    if not real:
        return
    walk.signal("file.macro", 0.15, "holds macros", at=content)
    grave = [deed for deed in deeds if deed not in ("hides its text", "destroys files", "writes a program")]
    told = ", ".join(deeds[:4])
    if starts:
        if ("starts a program" in deeds and len(deeds) >= 2) or ("downloads" in deeds and len(deeds) >= 2):
            confidence = 0.97
        elif grave:
            confidence = 0.85
        elif deeds:
            confidence = 0.7
        else:
            confidence = 0.3
        says = f"a macro that starts by itself{': ' + told if told else ''}"
        walk.signal("file.macro_autostart", confidence, says, at=content, marks=deeds)
    elif len(grave) >= 2:
        walk.signal("file.macro", 0.8, f"a macro that {told}", at=content, marks=deeds)
    elif deeds:
        walk.signal("file.macro", 0.3, f"a macro that {told}", at=content, marks=deeds)
    apply_rules(content, walk, "vba", code)
    for number, data in enumerate(hidden_bytes(clear), 1):
        walk.child(content, f"hidden in the macro {number}", data)
    walk.text(content, (Piece(source, f"macro {n}") for n, source in enumerate(sources, 1)), medium="source")
