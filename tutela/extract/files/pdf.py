"""PDF: what it starts, sends and carries, and its text by page.

Objects are walked by pikepdf (qpdf), because keywords in the raw bytes miss everything inside object streams; text comes
from PDFium. Both run only inside the reading process.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from tutela.extract.files.kinds import RUNS_ON_CLICK, ending, family_of, identify, words_of
from tutela.extract.files.passwords import worth_trying
from tutela.extract.files.rules import apply_rules
from tutela.extract.files.scripts import undisguised
from tutela.extract.files.walk import Content, Piece, Walk

_MOST_OBJECTS = 30_000
_MOST_PAGES = 400
_MOST_PICTURED_PAGES = 8
_RUNNER = re.compile(
    r"(?i)cmd|powershell|mshta|wscript|cscript|rundll32|regsvr32|bash|/bin/sh|\.(?:exe|bat|cmd|vbs|js|ps1|lnk|scr|hta|jar|com)\b"
)
# Methods of the Acrobat JavaScript API that reach outside the form.
_BAD_SCRIPT = re.compile(
    r"(?i)exportDataObject|importDataObject|launchURL|\bgetURL\b|submitForm|collectEmailInfo|collab\.|util\.printf\(\s*[\"']%\d{4,}|unescape\(|"
    r"\beval\(|media\.newPlayer|SOAP\.|app\.openDoc|getAnnots|this\.spell|xfa\.|openDataObject|app\.mailMsg|mailForm|nLaunch|0c0c|9090"
)
_OPEN_SCRIPT = re.compile(r"(?i)exportDataObject\s*\(\s*\{[^}]*nLaunch\s*:\s*[12]")


def read_pdf(content: Content, walk: Walk) -> None:
    """Objects first, text last. A file that qpdf cannot mend is read by its keywords and is a trouble."""
    try:
        import pikepdf
    except ImportError:
        walk.trouble('PDF documents need the part `pip install "tutela[files]"`', at=content, code="T209")
        return
    password = ""
    try:
        pdf = pikepdf.open(io.BytesIO(content.data))
    except pikepdf.PasswordError:
        opened = _with_password(content, walk)
        if opened is None:
            walk.signal("file.encrypted_archive", 0.2, "a document locked with a password", at=content)
            walk.trouble("the PDF is locked with a password", at=content)
            return
        pdf, password = opened
    except (pikepdf.PdfError, ValueError, RuntimeError, TypeError, OSError):
        _by_keywords(content, walk)
        walk.trouble("the PDF is damaged", at=content)
        return
    with pdf:
        links = _judge_objects(content, walk, pdf)
        _read_carried(content, walk, pdf)
    _read_text(content, walk, password, links)
    _note_tail(content, walk)


def _with_password(content: Content, walk: Walk) -> tuple[Any, str] | None:
    import pikepdf

    for word in worth_trying(walk.text_hint):
        try:
            return pikepdf.open(io.BytesIO(content.data), password=word), word
        except (pikepdf.PdfError, ValueError, RuntimeError):
            continue
    return None


def _judge_objects(content: Content, walk: Walk, pdf: Any) -> list[str]:
    import pikepdf

    scripts: list[str] = []
    links: list[str] = []
    opens = _opens_by_itself(pdf)
    for number, item in enumerate(pdf.objects):
        if number >= _MOST_OBJECTS:
            walk.trouble(f"a PDF with more than {_MOST_OBJECTS:,} objects was read in part", at=content)
            break
        if number % 500 == 0:
            walk.budget.check_time()
        for found in _dictionaries(item, 0):
            try:
                _judge_action(content, walk, found, scripts, links)
            except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, NotImplementedError):
                continue
    if scripts:
        _judge_scripts(content, walk, scripts, opens)
    return links


def _dictionaries(item: Any, depth: int) -> Iterator[Any]:
    """The object and the direct dictionaries in it; indirect ones come by themselves."""
    import pikepdf

    if isinstance(item, pikepdf.Stream | pikepdf.Dictionary):
        yield item
        if depth < 6:
            try:
                values = [value for key, value in item.items() if key != "/Parent"]
            except (pikepdf.PdfError, ValueError, TypeError):
                return
            for value in values:
                if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                    yield from _dictionaries(value, depth + 1)
    elif isinstance(item, pikepdf.Array) and depth < 6:
        for number, value in enumerate(item):
            if number > 2_000:
                return
            if isinstance(value, pikepdf.Dictionary | pikepdf.Array) and not value.is_indirect:
                yield from _dictionaries(value, depth + 1)


def _opens_by_itself(pdf: Any) -> bool:
    import pikepdf

    try:
        root = pdf.Root
        if "/OpenAction" in root or "/AA" in root:
            return True
        names = root.get("/Names")
        return names is not None and "/JavaScript" in names
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError):
        return False


def _text(value: Any) -> str:
    import pikepdf

    if isinstance(value, pikepdf.Stream):
        try:
            data = bytes(value.read_bytes())
        except (pikepdf.PdfError, RuntimeError, ValueError):
            return ""
        return data[:2_000_000].decode("utf-16" if data[:2] in (b"\xfe\xff", b"\xff\xfe") else "latin-1", "replace")
    if isinstance(value, pikepdf.Dictionary):
        for key in ("/UF", "/F", "/Unix", "/DOS", "/P"):
            if key in value:
                return _text(value[key])
        return ""
    try:
        return str(value)
    except (ValueError, UnicodeError):
        return ""


def _judge_action(content: Content, walk: Walk, found: Any, scripts: list[str], links: list[str]) -> None:
    kind = str(found.get("/S", ""))
    if kind == "/JavaScript" or "/JS" in found:
        scripts.append(_text(found.get("/JS", "")))
    if kind == "/Launch" or ("/Win" in found and "/F" in found.get("/Win", {})):
        target = _text(found.get("/F", "")) + " " + _text(found.get("/Win", ""))
        window = found.get("/Win")
        if window is not None and "/P" in window:
            target += " " + _text(window["/P"])
        runs = _RUNNER.search(target) is not None
        quiet = re.search(r"(?i)\.(?:pdf|docx?|xlsx?|txt)\s*$", target.strip()) is not None and not runs
        walk.signal(
            "file.pdf_launch", 0.97 if runs else 0.25 if quiet else 0.7, "a document that starts a program", at=content
        )
    elif kind == "/URI":
        links.append(_text(found.get("/URI", "")))
    elif kind in ("/SubmitForm", "/ImportData"):
        target = _text(found.get("/F", ""))
        if target.lower().startswith(("http", "mailto")):
            links.append(target)
            own = any(domain and domain in target.lower() for domain in walk.profile.domains)
            plain = target.lower().startswith("http:") or re.match(r"https?://\d+\.\d+\.\d+\.\d+", target) is not None
            walk.signal(
                "file.form_submit",
                0.1 if own else 0.6 if plain else 0.4,
                "a form that sends what is filled in to an address",
                at=content,
            )
    elif kind in ("/GoToE", "/GoToR") and re.match(r"\\\\|file:|https?:", _text(found.get("/F", ""))):
        walk.signal("file.template_injection", 0.6, "a document that opens another one from elsewhere", at=content)
    if str(found.get("/Subtype", "")) == "/RichMedia" or (
        "/XFA" in found and _BAD_SCRIPT.search(_text(found.get("/XFA", "")))
    ):
        walk.signal("file.pdf_script", 0.5, "a document with active media or an active form", at=content)


def _judge_scripts(content: Content, walk: Walk, scripts: list[str], opens: bool) -> None:
    clear = undisguised("\n".join(scripts), "pdf")
    apply_rules(content, walk, "pdf", clear)
    bad = {m.group().split("(")[0].strip().lower() for m in _BAD_SCRIPT.finditer(clear)}
    submits_only = bad <= {"submitform", "xfa."}
    if _OPEN_SCRIPT.search(clear):
        confidence, says = 0.96, "a script that takes a file out of the document and opens it"
    elif bad and opens and not submits_only:
        confidence, says = 0.85, "a script that reaches outside the document when it is opened"
    elif bad and not submits_only:
        confidence, says = 0.55, "a script that reaches outside the document"
    else:
        confidence, says = 0.1, "scripts that calculate or check fields"
    walk.signal("file.pdf_script", confidence, says, at=content)
    walk.text(content, (Piece(s, f"script {n}") for n, s in enumerate(scripts, 1)), medium="source")


def _read_carried(content: Content, walk: Walk, pdf: Any) -> None:
    """Files attached to the document; a program among them is what droppers do."""
    import pikepdf

    streams: list[tuple[str, Any]] = []
    try:
        for name, spec in pdf.attachments.items():
            streams.append((spec.filename or name, spec))
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, AttributeError):
        walk.trouble("files attached to the PDF cannot be listed", at=content)
    known = {name for name, _ in streams}
    for number, item in enumerate(pdf.objects):
        if number >= _MOST_OBJECTS:
            break
        if isinstance(item, pikepdf.Dictionary) and "/EF" in item:
            name = _text(item.get("/UF", item.get("/F", "")))
            if name not in known:
                streams.append((name, item))
    for name, spec in streams[:200]:
        data = _attached(spec)
        if not data:
            continue
        kind = identify(data, name)
        runs = family_of(kind) in ("executable", "shortcut", "app", "disk") or (
            ending(name) in RUNS_ON_CLICK and family_of(kind) == "script"
        )
        if runs:
            walk.signal("file.embedded_executable", 0.95, f"a document with {words_of(kind)} inside", at=content)
        walk.child(content, name or "attachment", data)


def _attached(spec: Any) -> bytes:
    import pikepdf

    try:
        if hasattr(spec, "get_file"):
            data = bytes(spec.get_file().read_bytes())
        else:
            files = spec["/EF"]
            data = bytes(next(files[key] for key in ("/F", "/UF", "/DOS", "/Unix") if key in files).read_bytes())
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, StopIteration, TypeError):
        return b""
    return data


def _by_keywords(content: Content, walk: Walk) -> None:
    raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m.group(1), 16)]), content.data[: 8 << 20])
    if re.search(rb"/Launch\b", raw) and _RUNNER.search(raw.decode("latin-1")):
        walk.signal("file.pdf_launch", 0.85, "a damaged document that starts a program", at=content)
    if re.search(rb"/JavaScript\b|/JS\b", raw):
        text = raw.decode("latin-1")
        bad = _BAD_SCRIPT.search(text)
        walk.signal("file.pdf_script", 0.7 if bad else 0.3, "a damaged document with scripts", at=content)


def _read_text(content: Content, walk: Walk, password: str, links: list[str]) -> None:
    try:
        import pypdfium2
    except ImportError:
        walk.trouble('text of PDF documents needs the part `pip install "tutela[files]"`', at=content, code="T209")
        return
    pieces: list[Piece] = []
    pictured: list[int] = []
    try:
        document = pypdfium2.PdfDocument(content.data, password=password or None)
    except (pypdfium2.PdfiumError, ValueError):
        walk.trouble("the PDF's text cannot be read", at=content)
        return
    try:
        pages = len(document)
        if pages > _MOST_PAGES:
            walk.trouble(f"only the first {_MOST_PAGES} of {pages} pages were read", at=content)
        for number in range(min(pages, _MOST_PAGES)):
            walk.budget.check_time()
            try:
                page = document[number]
                text = page.get_textpage().get_text_bounded().replace("\r\n", "\n").replace("\ufffe", "-")
            except pypdfium2.PdfiumError:
                walk.trouble("a page of the PDF cannot be read", at=content)
                continue
            pieces.append(Piece(text, f"page {number + 1}"))
            if len(text.strip()) < 40 and any(True for _ in page.get_objects(filter=(3,), max_depth=3)):
                pictured.append(number)
        for number in pictured[:_MOST_PICTURED_PAGES]:
            _hand_on_page(content, walk, document, number)
        if len(pictured) > _MOST_PICTURED_PAGES:
            walk.trouble(f"only {_MOST_PICTURED_PAGES} of {len(pictured)} pictured pages are looked at", at=content)
    finally:
        document.close()
    walk.text(content, pieces)
    walk.text(content, (Piece(link, "link") for link in list(dict.fromkeys(links))[:500] if link), medium="link")


def _hand_on_page(content: Content, walk: Walk, document: Any, number: int) -> None:
    try:
        from PIL import Image  # noqa: F401
    except ImportError:
        walk.trouble('pictured pages need the part `pip install "tutela[image]"`', at=content, code="T209")
        return
    picture = document[number].render(scale=2).to_pil().convert("RGB")
    if picture.width * picture.height > 40_000_000:
        walk.trouble("a pictured page is too large to look at", at=content)
        return
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=88)
    page = Content(
        data=out.getvalue(), name=f"page {number + 1}.jpg", member=f"{content.member}/page {number + 1}".lstrip("/")
    )
    walk.hand_on(page, "image")


def _note_tail(content: Content, walk: Walk) -> None:
    """Something that runs, behind the end of the document."""
    end = content.data.rfind(b"%%EOF")
    tail = content.data[end + 5 :].lstrip(b"\r\n\0 ") if end >= 0 else b""
    if len(tail) > 64 and identify(tail, "") in ("pe", "elf", "macho", "zip", "rar", "7z", "jar"):
        walk.child(content, "behind the document", tail)
    start = content.data.find(b"%PDF-", 0, 1_024)
    if start > 0 and identify(content.data[:start], "") in ("html", "pe", "batch", "shell", "lnk"):
        walk.signal(
            "file.disguised_type", 0.8, "two kinds of file in one: a document and something that runs", at=content
        )
