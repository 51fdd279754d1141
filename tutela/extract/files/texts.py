"""Texts, tables, data and source as texts to scan, and what their form itself gives away.

A table's cells are told with the head of their column, because a number alone says little; offsets still point at the cell.
"""

from __future__ import annotations

import csv
import html as entities
import io
import re

from tutela.extract.files.kinds import decode_text
from tutela.extract.files.office import judge_formula
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.walk import Content, Piece, Walk
from tutela.model import Medium

_MOST_ROWS = 20_000
_SOURCE_KINDS = frozenset(
    (
        "source patch smali python javascript shell powershell batch vbs wsf php perl ruby lua sql reg inf autoit "
        "ahk applescript"
    ).split()
)


def read_text(content: Content, walk: Walk) -> None:
    """Any text that is no script."""
    most = walk.limits.text_chars * 4 + 4
    text = decode_text(content.data[:most])
    if len(content.data) > most:
        walk.trouble(f"text beyond {walk.limits.text_chars:,} characters was left unread", at=content)
    if content.kind in ("csv", "slk"):
        _judge_cells(content, walk, text)
        if _read_table(content, walk, text):
            return
    elif (content.kind == "text" and "\t" in text[:2_000]) or (
        content.kind == "text" and re.match(r"[^\n]{1,300}[,;][^\n]{1,300}\n[\s=+@-]", text[:700])
    ):
        _judge_cells(content, walk, text)
    if content.kind == "xml":
        _judge_xml(content, walk, text)
    kind = "text" if content.kind in ("text", "csv", "json", "slk", "xml") else content.kind
    if content.kind != "csv":
        apply_rules(content, walk, kind, text)
    hand_over(content, walk, text, "source" if content.kind in _SOURCE_KINDS else "document")


def hand_over(content: Content, walk: Walk, text: str, medium: Medium) -> None:
    """The text as one piece; a long one that does not fit whole says so."""
    walk.text(content, [Piece(text)], medium=medium)


def _judge_cells(content: Content, walk: Walk, text: str) -> None:
    for line in text.splitlines()[:_MOST_ROWS]:
        if "|" not in line and "(" not in line:
            continue
        for cell in re.split(r"[,;\t]", line[:4_000]):
            judge_formula(content, walk, cell.strip().strip('"'))
        judge_formula(content, walk, line[:4_000])
        # A command may itself hold the table's separator.
        for at in [m.end() for m in re.finditer(r"[,;\t]\s*\"?(?=[=+@-])", line[:4_000])]:
            judge_formula(content, walk, line[at:4_000])


def _read_table(content: Content, walk: Walk, text: str) -> bool:
    """Cells with their column's head, where the first row is one. False when the text is better read as it stands."""
    sample = text[:4_096]
    lines = sample.splitlines()
    if len(lines) < 2:
        return False
    mark = max(",;\t|", key=lines[0].count)
    if not lines[0].count(mark):
        return False
    try:
        rows = list(csv.reader(io.StringIO(text[: walk.limits.text_chars]), delimiter=mark))[: _MOST_ROWS + 1]
    except csv.Error:
        return False
    heads = [head.strip() for head in rows[0]]
    if not all(heads) or any(len(head) > 40 or re.search(r"\d{3}|@|https?:", head) for head in heads):
        return False
    if len(rows) > _MOST_ROWS or len(text) > walk.limits.text_chars:
        return False
    pieces = [Piece(", ".join(heads), "row 1")]
    for number, row in enumerate(rows[1:], 2):
        first = True
        for column, cell in enumerate(row):
            if not cell.strip():
                continue
            head = heads[column] if column < len(heads) else f"column {column + 1}"
            pieces.append(Piece(cell, f"row {number}, {head}", ("\n" if first else "\t") + f"{head}: "))
            first = False
    walk.text(content, pieces)
    return True


def _judge_xml(content: Content, walk: Walk, text: str) -> None:
    if re.search(r"<!ENTITY\s+%?\s*\S+\s+SYSTEM\s+[\"'](?:file|https?|php|expect|gopher):", text[:20_000]):
        walk.signal("file.external_entity", 0.75, "a data file that reads files of the one who opens it", at=content)
    if len(re.findall(r"<!ENTITY\s", text[:20_000])) >= 5 and re.search(
        r"<!ENTITY\s+\S+\s+[\"'](?:&\w+;){5,}", text[:20_000]
    ):
        walk.signal("file.archive_bomb", 0.9, "a data file that grows beyond reason when read", at=content)
    if re.search(r"(?i)<msxsl:script|<ms:script|xmlns:\w+=\"urn:schemas-microsoft-com:xslt\"", text) and re.search(
        r"(?i)activexobject|wscript|process\.start", text
    ):
        walk.signal("file.script_download_run", 0.9, "a style sheet that starts a program", at=content)
    if re.search(r"(?i)<UsingTask|<Exec\s+Command=", text) and re.search(
        r"(?i)virtualalloc|frombase64|downloadstring|powershell", text
    ):
        walk.signal("file.script_download_run", 0.85, "a build file that runs hidden code", at=content)
    if re.search(r"(?i)<mso-application progid=\"(?:Word|Excel)", text):
        sources = [entities.unescape(s) for s in re.findall(r"(?i)<w:binData[^>]*>([^<]{100,})", text)]
        if sources:
            walk.signal("file.macro", 0.5, "an old XML document that holds macros", at=content)


def read_script(content: Content, walk: Walk) -> None:
    """A script in any language: what it says in clear and in disguise, and the files written into it."""
    from tutela.extract.files.scripts import hidden_bytes, undisguised

    most = 8 << 20
    text = decode_text(content.data[:most])
    if len(content.data) > most:
        walk.trouble("a script longer than 8 MiB was read in part", at=content)
    clear = undisguised(text, content.kind)
    apply_rules(content, walk, content.kind, clear)
    for number, data in enumerate(hidden_bytes(clear), 1):
        if data[:2] == b"MZ" or data[:4] == b"\x7fELF":
            walk.signal("file.embedded_executable", 0.85, "a script with a program written into it", at=content)
        walk.child(content, f"hidden in the script {number}", data)
    if content.kind in ("hta", "wsf"):
        for language, body in re.findall(r"(?is)<script\b([^>]{0,300})>(.*?)(?:</script\s*>|\Z)", clear):
            kind = "vbs" if "vb" in language.lower() else "javascript"
            apply_rules(content, walk, kind, body)
    hand_over(content, walk, text, "source")


def read_database(content: Content, walk: Walk) -> None:
    """Strings of an SQLite file: rows stand in it in clear, unordered."""
    texts = [
        m.group().decode("utf-8", "replace")
        for m in re.finditer(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{5,2000}", content.data[: 8 << 20])
    ]
    if len(content.data) > 8 << 20:
        walk.trouble("a database larger than 8 MiB was read in part", at=content)
    walk.text(content, (Piece(text, f"string {n}") for n, text in enumerate(texts[:20_000], 1)))
