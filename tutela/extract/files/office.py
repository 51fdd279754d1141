"""Modern Office, OpenDocument and e-book files: what they start, fetch and carry, and their text by paragraph or cell.

Formats: ECMA-376 (parts 1 and 2), MS-OFFMACRO2, OASIS OpenDocument 1.3. XML is read by expressions over bounded parts,
never by a parser that follows entities.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from tutela.extract.files import zips
from tutela.extract.files.archives import report_bomb
from tutela.extract.files.compound import cell_name, judge_fields, plain_number
from tutela.extract.files.kinds import ending
from tutela.extract.files.limits import LimitReached
from tutela.extract.files.vba import judge_macros
from tutela.extract.files.walk import Content, Piece, Walk

_MOST_PART = 24 << 20
_TAG = re.compile(r"<[^>]*>")
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_PARAGRAPH = re.compile(r"<(?:w:p|a:p|text:p|text:h)(?=[\s>])[^>]*?(?<!/)>(.*?)</(?:w:p|a:p|text:p|text:h)>", re.S)
_RUN = re.compile(r"<(?:w:t|a:t)(?:\s[^>]*)?>([^<]*)<|<(w:tab|w:br|a:br|text:tab|text:line-break)\b", re.S)
_WORD_TEXT = re.compile(r"word/(document|header\d*|footer\d*|comments|footnotes|endnotes|glossary/document)\.xml$")
_FIELD_TEXT = re.compile(
    r"<w:instrText(?:\s[^>]*)?>([^<]*)<|<w:fldSimple\b[^>]*w:instr=\"([^\"]*)\"|<w:fldChar\b[^>]*w:fldCharType=\"(\w+)\""
)
_ROW = re.compile(r"<row\b[^>]*>(.*?)</row>", re.S)
_CELL = re.compile(r"<c\b([^>]*?)(?:/>|>(.*?)</c>)", re.S)
_SHARED = re.compile(r"<si>(.*?)</si>", re.S)
_SHARED_TEXT = re.compile(r"<t(?:\s[^>]*)?>([^<]*)<")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:E[+-]?\d+)?")
_PICTURE_ENDINGS = frozenset(("jpg jpeg png gif bmp tif tiff webp heic emf wmf mp4 mov mp3 wav m4a").split())


def read_office(content: Content, walk: Walk) -> None:
    """A zip that is an Office, OpenDocument or e-book file."""
    try:
        directory = zips.read_directory(content.data, walk.limits.members)
    except zips.BadZip:
        walk.trouble("the document is damaged", at=content)
        return
    names = {member.name.lstrip("/"): member for member in directory.members}
    if (
        sum(m.unpacked for m in directory.members) > max(len(content.data), 1) * walk.limits.ratio
        and sum(m.unpacked for m in directory.members) > walk.limits.inflated_bytes
    ):
        report_bomb(content, walk, "a document whose parts grow beyond reason")
        return
    package = _Package(content, walk, names)
    if content.kind in ("odf", "epub"):
        _read_open(package)
        return
    _judge_relations(package)
    _read_carried(package)
    if content.kind == "docx":
        _read_word(package)
    elif content.kind == "xlsx":
        _read_workbook(package)
    else:
        _read_slides(package)
    _read_properties(package)


class _Package:
    """A document's parts, unpacked when asked for."""

    def __init__(self, content: Content, walk: Walk, names: dict[str, zips.Member]) -> None:
        self.content = content
        self.walk = walk
        self.names = names

    def read(self, name: str) -> bytes:
        """Bytes of a part, empty when missing or damaged; damage is a trouble."""
        member = self.names.get(name)
        if member is None:
            return b""
        self.walk.budget.check_time()
        try:
            return zips.read_member(self.content.data, member, self.walk.budget)
        except zips.BadZip:
            self.walk.trouble("a part of the document is damaged", at=self.content)
        except LimitReached as limit:
            if limit.bomb:
                report_bomb(self.content, self.walk, limit.what)
            self.walk.trouble(limit.what, at=self.content)
        return b""

    def text(self, name: str) -> str:
        """A part's XML, at most 24 MiB of it."""
        data = self.read(name)
        if len(data) > _MOST_PART:
            self.walk.trouble("a part of the document is too long to read whole", at=self.content)
        data = data[:_MOST_PART]
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "replace")


def _attributes(tag: str) -> dict[str, str]:
    return {m[0]: html.unescape(m[1] or m[2]) for m in _ATTRIBUTE.findall(tag)}


def _judge_relations(package: _Package) -> None:
    """Targets outside the document that are fetched or started without a question."""
    content, walk = package.content, package.walk
    links: list[str] = []
    for name in package.names:
        if not name.endswith(".rels"):
            continue
        for tag in _RELATION.findall(package.text(name)):
            fields = _attributes(tag)
            target, kind = fields.get("Target", ""), fields.get("Type", "").rsplit("/", 1)[-1].lower()
            if fields.get("TargetMode", "").lower() != "external" or not target:
                continue
            low = target.lower().strip()
            web = re.match(r"(?:https?|ftp)://|\\\\[^\\]|file:/{2,}(?!/)[\w.]+\.", low) is not None
            if re.match(r"ms-msdt:|search-ms:|mhtml:|script(?:let)?:|javascript:|vbscript:", low) or ".html!" in low:
                walk.signal(
                    "file.template_injection",
                    0.97,
                    "the document starts a handler outside it when opened",
                    at=content,
                    marks=("handler",),
                )
            elif kind == "attachedtemplate" and web:
                own = re.match(r"https?://([^/]+\.)?(?:sharepoint\.com|officeapps\.live\.com|microsoft\.com)/", low)
                share = low.startswith(("\\\\", "file:"))
                confidence = 0.25 if own else 0.6 if share else 0.93
                walk.signal(
                    "file.template_injection",
                    confidence,
                    "the document fetches its template, and its macros, from elsewhere",
                    at=content,
                )
            elif kind in ("oleobject", "frame", "subdocument", "package", "control") and web:
                walk.signal(
                    "file.template_injection",
                    0.93 if kind != "subdocument" else 0.75,
                    "the document fetches an object from elsewhere when opened",
                    at=content,
                )
            elif kind == "image" and re.match(r"\\\\|file:/{2,}(?!/)[\w.]+\.", low):
                walk.signal(
                    "file.template_injection",
                    0.5,
                    "a picture is fetched from a share, which tells who opened it",
                    at=content,
                )
            if low.startswith(("http:", "https:", "mailto:", "tel:")):
                links.append(target)
    walk.text(content, (Piece(link, "link") for link in dict.fromkeys(links)), medium="link")


def _read_carried(package: _Package) -> None:
    """Macros, objects, embedded files and pictures."""
    content, walk = package.content, package.walk
    for name in package.names:
        low = name.lower()
        short = low.rsplit("/", 1)[-1]
        if low.endswith(".bin") and (
            "vbaproject" in short
            or (package.names[name].unpacked < 64 << 20 and _is_compound(package, name) and "embeddings" not in low)
        ):
            data = package.read(name)
            if data[:4] == b"\xd0\xcf\x11\xe0":
                _read_project(content, walk, name, data)
        elif "embeddings/" in low or "/oleobjects/" in low:
            data = package.read(name)
            if data:
                walk.child(content, name.rsplit("/", 1)[-1], data, place=name)
        elif "/macrosheets/" in low and low.endswith(".xml"):
            _judge_macro_sheet(package, name)
        elif "/media/" in low and ending(short) in _PICTURE_ENDINGS | {"svg"}:
            data = package.read(name)
            if data:
                walk.child(content, short, data, place=name)
        elif ending(short) in ("exe", "dll", "js", "vbs", "ps1", "lnk", "hta", "bat", "cmd", "scr", "jar"):
            walk.child(content, short, package.read(name), place=name)


def _is_compound(package: _Package, name: str) -> bool:
    return (
        package.names[name].unpacked > 1_024
        and "printersettings" not in name.lower()
        and package.read(name)[:4] == b"\xd0\xcf\x11\xe0"
    )


def _read_project(content: Content, walk: Walk, name: str, data: bytes) -> None:
    from tutela.extract.files.compound import read_compound

    inner = Content(
        data=data,
        name=name,
        member=f"{content.member}/{name}" if content.member else name,
        depth=content.depth + 1,
        kind="ole",
    )
    read_compound(inner, walk)


def _judge_macro_sheet(package: _Package, name: str) -> None:
    sheet = package.text(name)
    formulas = "\n".join(html.unescape(f) for f in re.findall(r"<f(?:\s[^>]*)?>([^<]*)</f>", sheet))
    book = package.text("xl/workbook.xml")
    starts = re.search(r"(?i)auto_?(?:open|activate|close)", book) is not None
    hidden = re.search(r'state="(?:veryH|h)idden"', book) is not None
    acts = re.search(
        r"(?i)\b(?:exec|call|register|fopen|fwrite|run|urldownloadtofile\w*|shellexecute\w*)\s*\(", formulas
    )
    confidence = 0.96 if starts and acts else 0.85 if acts or (starts and hidden) else 0.4
    says = (
        "old-style macros" + (" that start by themselves" if starts else "") + (" and start programs" if acts else "")
    )
    package.walk.signal(
        "file.macro_autostart" if starts else "file.macro", confidence, says, at=package.content, marks=("xlm",)
    )
    package.walk.text(package.content, [Piece(formulas, name)], medium="source")


def _read_word(package: _Package) -> None:
    pieces: list[Piece] = []
    for name in sorted(package.names, key=lambda n: (n != "word/document.xml", n)):
        match = _WORD_TEXT.match(name)
        if not match:
            continue
        xml = package.text(name)
        judge_fields(package.content, package.walk, list(_word_fields(xml)))
        label = "" if match.group(1) == "document" else f"{match.group(1)} "
        pieces += _paragraphs(xml, f"{label}paragraph")
    package.walk.text(package.content, pieces)


def _word_fields(xml: str) -> Iterator[str]:
    """Fields put together from their pieces, as the program does; hiding one in many runs is the usual trick."""
    current: list[str] = []
    for text, simple, mark in _FIELD_TEXT.findall(xml):
        if simple:
            yield html.unescape(simple)
        elif mark == "begin":
            current = []
        elif mark in ("separate", "end"):
            if current:
                yield html.unescape("".join(current))
            current = []
        else:
            current.append(text)
    if current:
        yield html.unescape("".join(current))


def _paragraphs(xml: str, label: str) -> Iterator[Piece]:
    in_table_row = [m.start() for m in re.finditer(r"</w:tr>|</a:tr>", xml)]
    row = 0
    for number, match in enumerate(_PARAGRAPH.finditer(xml), 1):
        body = match.group(1)
        if "<w:t" in body or "<a:t" in body or "<w:tab" in body:
            text = "".join("\t" if mark else piece for piece, mark in _RUN.findall(body))
        else:
            text = _TAG.sub("", body)
        text = html.unescape(text)
        inside = xml.rfind("<w:tc>", max(0, match.start() - 600), match.start()) > xml.rfind(
            "</w:tc>", max(0, match.start() - 600), match.start()
        )
        before_row = row
        while row < len(in_table_row) and in_table_row[row] < match.start():
            row += 1
        if text.strip():
            yield Piece(text, f"{label} {number}", "\t" if inside and before_row == row and number > 1 else "\n")


def _read_workbook(package: _Package) -> None:
    content, walk = package.content, package.walk
    strings = [
        "".join(html.unescape(t) for t in _SHARED_TEXT.findall(body))
        for body in _SHARED.findall(package.text("xl/sharedStrings.xml"))
    ]
    book = package.text("xl/workbook.xml")
    relations = {}
    for tag in _RELATION.findall(package.text("xl/_rels/workbook.xml.rels")):
        fields = _attributes(tag)
        relations[fields.get("Id", "")] = fields.get("Target", "").removeprefix("/xl/")
    for name in package.names:
        if "externallinks/" in name.lower() and name.endswith(".xml"):
            for service, topic in re.findall(r'ddeService="([^"]*)"[^>]*ddeTopic="([^"]*)"', package.text(name)):
                grave = re.search(r"(?i)cmd|powershell|mshta|rundll|wscript|msexcel\\", service + topic)
                walk.signal(
                    "file.dde",
                    0.96 if grave else 0.5,
                    "a cell that starts another program when the workbook is opened",
                    at=content,
                )
    pieces: list[Piece] = []
    listed = set()
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^>]*>", book):
        fields = _attributes(tag)
        target = relations.get(fields.get("r:id", ""), "")
        path = f"xl/{target}"
        listed.add(path)
        pieces += _cells(package, path, fields.get("name", "sheet"), strings)
    for path in package.names:
        if re.match(r"xl/worksheets/[^/]+\.xml$", path) and path not in listed:
            pieces += _cells(package, path, path.rsplit("/", 1)[-1], strings)
    for name in package.names:
        if re.match(r"xl/(?:comments|threadedComments|drawings/drawing)[^/]*", name) and name.endswith(".xml"):
            for n, body in enumerate(
                re.findall(
                    r"<(?:comment|threadedComment)\b.*?</(?:comment|threadedComment)>", package.text(name), re.S
                ),
                1,
            ):
                pieces.append(Piece(html.unescape(_TAG.sub("", body)), f"comment {n}"))
    if any(name.endswith(".bin") and "worksheets/" in name for name in package.names):
        walk.trouble("the sheets of a binary workbook are not read here", at=content)
    walk.text(content, pieces)


def _cells(package: _Package, path: str, sheet: str, strings: list[str]) -> Iterator[Piece]:
    xml = package.text(path)
    heads: dict[str, str] = {}
    for number, match in enumerate(_ROW.finditer(xml), 1):
        row = list(_row(package, match.group(1), strings, number))
        if (
            number == 1
            and len(row) > 1
            and all(text and not _NUMBER.fullmatch(text) and len(text) < 40 for _, text in row)
        ):
            heads = {re.sub(r"\d", "", cell): text for cell, text in row}
        first = True
        for cell, text in row:
            if text:
                head = heads.get(re.sub(r"\d", "", cell), "") if number > 1 else ""
                before = ("\n" if first else "\t") + (f"{head}: " if head else "")
                first = False
                yield Piece(text, f"{sheet}!{cell}", before)


def _row(package: _Package, xml: str, strings: list[str], number: int) -> Iterator[tuple[str, str]]:
    for column, (attributes, body) in enumerate(_CELL.findall(xml)):
        place = re.search(r'\br="([A-Z]{1,3}\d{1,7})"', attributes)
        kind = re.search(r'\bt="(\w+)"', attributes)
        value = re.search(r"<v>([^<]*)</v>", body)
        text = html.unescape(value.group(1)) if value else ""
        form = kind.group(1) if kind else "n"
        if form == "s" and text.isdigit() and int(text) < len(strings):
            text = strings[int(text)]
        elif form == "inlineStr":
            text = "".join(html.unescape(t) for t in _SHARED_TEXT.findall(body))
        elif form == "n" and _NUMBER.fullmatch(text):
            text = plain_number(float(text)) if "E" in text or "." in text else text
        formula = re.search(r"<f(?:\s[^>]*)?>([^<]*)</f>", body)
        if formula:
            judge_formula(package.content, package.walk, "=" + html.unescape(formula.group(1)))
        yield (place.group(1) if place else cell_name(number - 1, column)), text


# takes: =cmd|'/C calc'!A0   not: =SUM(A1:A9)   not: =A|B
_DDE_FORMULA = re.compile(
    r"(?i)^[\s\"']{0,4}[=+\-@].{0,300}?\b(cmd|powershell|mshta|rundll32|regsvr32|wscript|cscript|certutil|msexcel|excel|winword|explorer|bash|sh)(?:\.exe)?['\"]?\s*\|"
)
_FETCH_FORMULA = re.compile(
    r"(?i)^[\s\"']{0,4}[=+\-@].{0,200}?\b(?:webservice|importxml|importdata|importfeed|importhtml)\s*\("
)


def judge_formula(content: Content, walk: Walk, cell: str) -> None:
    """A cell that starts a program, or sends other cells' values away, when the table is opened."""
    if _DDE_FORMULA.match(cell):
        walk.signal("file.dde", 0.95, "a cell that starts a command when the table is opened", at=content)
    elif _FETCH_FORMULA.match(cell) and "&" in cell:
        walk.signal("file.dde", 0.7, "a cell that sends the table's values to an address when opened", at=content)
    elif re.match(r"(?i)^[\s\"']{0,4}=.{0,200}hyperlink\s*\(", cell) and "&" in cell and "http" in cell.lower():
        walk.signal("file.dde", 0.45, "a cell with a link that carries other cells' values away", at=content)


def _read_slides(package: _Package) -> None:
    pieces: list[Piece] = []
    pattern = re.compile(r"ppt/(slides|notesSlides|comments)/[a-zA-Z]+(\d+)\.xml$")
    found = [(m.group(1) != "slides", int(m.group(2)), name, m) for name in package.names if (m := pattern.match(name))]
    for _, number, name, match in sorted(found, key=lambda f: f[:3]):
        label = {"slides": "slide", "notesSlides": "notes of slide", "comments": "comments"}[match.group(1)]
        xml = package.text(name)
        if re.search(r'action="ppaction://(?:program|macro)', xml):
            walk, grave = package.walk, "ppaction://program" in xml
            walk.signal(
                "file.embedded_executable" if grave else "file.macro",
                0.85 if grave else 0.3,
                "a slide that starts a program when pointed at",
                at=package.content,
            )
        text = "\n".join(piece.text for piece in _paragraphs(xml, "p"))
        if text:
            pieces.append(Piece(text, f"{label} {number}"))
    package.walk.text(package.content, pieces)


def _read_properties(package: _Package) -> None:
    pieces = []
    for name in ("docProps/core.xml", "docProps/app.xml", "docProps/custom.xml"):
        for tag, value in re.findall(r"<([\w:]+)[^>]*>([^<]{2,500})</\1>", package.text(name)):
            short = tag.rsplit(":", 1)[-1]
            if short in ("title", "subject", "description", "keywords", "Company", "Manager", "lpwstr", "category"):
                pieces.append(Piece(html.unescape(value), f"property {short}"))
    package.walk.text(package.content, pieces)


def _read_open(package: _Package) -> None:
    """OpenDocument and e-books: text, scripts, embedded objects."""
    content, walk = package.content, package.walk
    if content.kind == "epub":
        pieces = []
        for name in package.names:
            if ending(name) in ("xhtml", "html", "htm"):
                text = html.unescape(_TAG.sub(" ", re.sub(r"(?s)<(script|style)\b.*?</\1>", " ", package.text(name))))
                pieces.append(Piece(text, name))
            elif ending(name) in ("exe", "js", "jar", "lnk", "hta"):
                walk.child(content, name, package.read(name))
        walk.text(content, pieces)
        return
    xml = package.text("content.xml")
    if not xml and package.names:
        walk.trouble("the document is damaged", at=content)
    manifest = package.text("META-INF/manifest.xml")
    if "encryption-data" in manifest:
        walk.signal("file.encrypted_archive", 0.2, "a document locked with a password", at=content)
        walk.trouble("the document is locked with a password", at=content)
        return
    scripts = [
        html.unescape(_TAG.sub("", package.text(n)))
        for n in package.names
        if n.startswith("Basic/") and n.endswith(".xml") and "script-l" not in n
    ]
    scripts += [package.text(n) for n in package.names if n.startswith("Scripts/") and ending(n) in ("py", "js", "bsh")]
    events = re.findall(r'script:event-name="dom:(?:load|unload|focus)|office:event-listener[^>]*(?:OnLoad|load)', xml)
    if scripts:
        if events:
            scripts.insert(0, "Sub Auto_Open()\nEnd Sub")
        judge_macros(content, walk, scripts)
    for service, topic in re.findall(
        r'office:dde-(?:application|source)[^>]*?="([^"]*)"[^>]*?dde-topic="([^"]*)"', xml
    ):
        grave = re.search(r"(?i)cmd|powershell|sh$|mshta", service + topic)
        walk.signal("file.dde", 0.95 if grave else 0.4, "the document starts another program when opened", at=content)
    for name in package.names:
        if (
            (name.startswith(("Object", "ObjectReplacements")) and name.count("/") == 0)
            or ending(name) in ("exe", "bin", "jar")
            or name.startswith("Pictures/")
        ):
            data = package.read(name)
            if data:
                walk.child(content, name, data)
    walk.text(content, _open_pieces(xml))


def _open_pieces(xml: str) -> Iterator[Piece]:
    if "<table:table-row" not in xml or "office:spreadsheet" not in xml:
        yield from _paragraphs(xml, "paragraph")
        return
    for table in re.finditer(r'<table:table\b[^>]*table:name="([^"]*)"[^>]*>(.*?)</table:table>', xml, re.S):
        for row, body in enumerate(
            re.findall(r"<table:table-row\b[^>]*>(.*?)</table:table-row>", table.group(2), re.S)
        ):
            column = 0
            for attributes, inner in re.findall(
                r"<table:table-cell\b([^>]*?)(?:/>|>(.*?)</table:table-cell>)", body, re.S
            ):
                text = html.unescape(_TAG.sub("", inner))
                if text:
                    yield Piece(
                        text, f"{html.unescape(table.group(1))}!{cell_name(row, column)}", "\t" if column else "\n"
                    )
                repeat = re.search(r'number-columns-repeated="(\d{1,5})"', attributes)
                column += int(repeat.group(1)) if repeat else 1
