"""Which reader opens which kind, and the walk through everything inside a file."""

from __future__ import annotations

import re
from collections.abc import Callable

from tutela.extract.files.kinds import (
    FORMATS,
    RUNS_ON_CLICK,
    decode_text,
    ending,
    family_of,
    identify,
    looks_like_text,
    second_opinion,
    words_of,
)
from tutela.extract.files.limits import LimitReached, Limits
from tutela.extract.files.names import is_lure, judge_name
from tutela.extract.files.walk import Content, Inspection, Walk
from tutela.settings import Platform

Reader = Callable[[Content, Walk], None]


def inspect(
    data: bytes,
    *,
    name: str | None,
    part: str,
    platform: Platform,
    text_hint: str,
    limits: Limits,
    rule_folders: tuple[str, ...] = (),
) -> Inspection:
    """Reads a file and everything inside it, in this process. Hostile files belong in the reading process.

    Never raises for what the file holds: what cannot be read becomes a trouble.
    """
    walk = Walk(part, platform, text_hint, limits)
    walk.rule_folders = rule_folders
    top = Content(data=data, name=name or "")
    walk.queue.append(top)
    tree: list[tuple[str, str]] = []
    while walk.queue:
        content = walk.queue.pop(0)
        try:
            walk.budget.check_time()
            _examine(content, walk)
        except LimitReached as limit:
            walk.trouble(limit.what, at=content)
            if limit.bomb:
                walk.signal(
                    "file.archive_bomb", 0.85, f"an archive made to exhaust whoever opens it: {limit.what}", at=content
                )
            if "longer than" in limit.what:
                break
        tree.append((content.member, content.kind))
    from tutela.extract.files.derived import judge_tree

    judge_tree(top, walk, tree)
    if walk.texts:
        from tutela.extract.files.protected import compare

        for content, text, medium, alone in walk.texts:
            compare(walk, content, text, medium, alone)
    return walk.result(top.kind)


def _examine(content: Content, walk: Walk) -> None:
    content.kind = identify(content.data, content.name)
    if content.kind == "text" and ending(content.name) not in FORMATS["text"].endings:
        content.kind = second_opinion(content.data) or "text"
    finding = judge_name(content.name, content.kind) if content.name else None
    if finding is not None:
        walk.signal("file.disguised_type", finding.confidence, finding.says, at=content, marks=(finding.mark,))
    _judge_place(content, walk)
    _look_for_test_file(content, walk)
    if len(content.data) > walk.limits.file_bytes:
        walk.trouble(f"a file larger than {walk.limits.file_bytes >> 20} MiB is not read", at=content)
        return
    from tutela.extract.files.derived import judge_text
    from tutela.extract.files.hashes import look_up

    look_up(content, walk)
    reader = _reader_of(content)
    if reader is not None:
        _read_guarded(reader, content, walk)
    elif content.kind == "unknown":
        _read_unknown(content, walk)
    if family_of(content.kind) in ("script", "text", "markup") and content.data:
        judge_text(content, walk)


def _judge_place(content: Content, walk: Walk) -> None:
    """A program inside a document has no honest reason to be there, nor has a script that an archive calls "Invoice"."""
    clicked = ending(content.name) in RUNS_ON_CLICK
    if content.from_archive and family_of(content.kind) == "script" and clicked and is_lure(content.name):
        says = f"{words_of(content.kind)} that bears the name of a document or picture"
        walk.signal("file.disguised_type", 0.75, says, at=content, marks=("lure_name",))
    if family_of(content.inside) not in ("office", "document") or content.inside in ("chm", "epub", "ps"):
        return
    runs = family_of(content.kind) in ("executable", "shortcut", "app", "disk") or content.kind in ("hta", "wsf")
    if runs or (family_of(content.kind) == "script" and ending(content.name) in RUNS_ON_CLICK):
        says = f"a document with {words_of(content.kind)} inside"
        walk.signal("file.embedded_executable", 0.94, says, at=content)


def _read_guarded(reader: Reader, content: Content, walk: Walk) -> None:
    try:
        reader(content, walk)
    except LimitReached:
        raise
    except MemoryError:
        walk.trouble("reading needed more memory than allowed", at=content)
    except Exception as error:  # noqa: BLE001 - whatever a hostile file provokes must become a trouble, never silence
        walk.trouble(f"{words_of(content.kind)} could not be read ({type(error).__name__})", at=content)


def _look_for_test_file(content: Content, walk: Walk) -> None:
    """The harmless file that the antivirus industry agreed on to test that files are looked at (EICAR, 2006)."""
    # In pieces: whole, this very file would be stopped by the scanners it is there to test.
    first, second = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + b"EICAR", b"-STANDARD-ANTIVIRUS-TEST" + b"-FILE!$H+H*"
    at = content.data.find(first)
    while at >= 0:
        if content.data.startswith(second, at + len(first)):
            # By its definition the string stands at the start; elsewhere it is quoted, as in manuals.
            quoted = at > 0 and family_of(content.kind) in ("text", "markup", "script", "mail") and at > 128
            walk.signal("file.eicar", 0.5 if quoted else 0.99, "the antivirus test file (EICAR)", at=content)
            return
        at = content.data.find(first, at + 1)


def _read_unknown(content: Content, walk: Walk) -> None:
    from tutela.extract.files.rules import apply_rules

    if ending(content.name) in RUNS_ON_CLICK:
        walk.trouble("a file that runs on a click and whose structure is not understood", at=content)
    apply_rules(content, walk, "unknown", content.data)
    if looks_like_text(content.data):
        from tutela.extract.files.walk import Piece

        walk.text(content, [Piece(decode_text(content.data[: walk.limits.text_chars * 4]))])
    else:
        _find_hidden_program(content, walk)


def _find_hidden_program(content: Content, walk: Walk) -> None:
    for match in re.finditer(rb"MZ[\x00-\xff]{58}([\x00-\xff]{4})", content.data[: 4 << 20]):
        at = match.start()
        lfanew = int.from_bytes(match.group(1), "little")
        if 64 <= lfanew < 4_096 and content.data[at + lfanew : at + lfanew + 4] == b"PE\0\0" and at:
            walk.signal(
                "file.embedded_executable", 0.7, "a file of unknown type with a Windows program in it", at=content
            )
            walk.child(content, "program inside", content.data[at:])
            return


def _reader_of(content: Content) -> Reader | None:
    """The reader of a kind. Imported here, so that a text never pays for what a PDF needs."""
    kind = content.kind
    family = family_of(kind)
    if kind in ("zip", "jar"):
        from tutela.extract.files.archives import read_zip

        return _then_rules(read_zip) if kind == "jar" else read_zip
    if kind == "tar":
        from tutela.extract.files.archives import read_tar

        return read_tar
    if kind in ("gz", "bz2", "xz", "lzma", "zst"):
        from tutela.extract.files.archives import read_stream

        return read_stream
    if kind == "szdd":
        from tutela.extract.files.archives import read_szdd

        return read_szdd
    if kind == "uu":
        from tutela.extract.files.mail import read_uu

        return read_uu
    if kind == "binhex":
        from tutela.extract.files.mail import read_binhex

        return read_binhex
    if kind == "vhd" or family in ("archive", "disk") or kind in ("deb", "rpm"):
        from tutela.extract.files.archives import read_other

        return read_other
    if kind in ("docx", "xlsx", "pptx", "odf", "epub"):
        from tutela.extract.files.office import read_office

        return read_office
    if kind in ("ole", "msi"):
        from tutela.extract.files.compound import read_compound

        return read_compound
    if kind == "rtf":
        from tutela.extract.files.rtf import read_rtf

        return read_rtf
    if kind == "onenote":
        from tutela.extract.files.onenote import read_onenote

        return read_onenote
    if kind == "pdf":
        from tutela.extract.files.pdf import read_pdf

        return read_pdf
    if kind in ("html", "svg"):
        return _read_markup
    if kind == "lnk":
        from tutela.extract.files.lnk import read_link

        return read_link
    if kind in ("url", "desktop", "settingcontent"):
        from tutela.extract.files.lnk import read_text_shortcut

        return read_text_shortcut
    if kind == "apk":
        from tutela.extract.files.apps import read_android

        return read_android
    if kind == "ipa":
        from tutela.extract.files.apps import read_apple

        return read_apple
    if kind in ("crx", "xpi"):
        from tutela.extract.files.apps import read_extension

        return read_extension
    if kind in ("eml", "mbox", "tnef"):
        from tutela.extract.files import mail

        return {"eml": mail.read_mail, "mbox": mail.read_mailbox, "tnef": mail.read_tnef}[kind]
    if family == "script":
        from tutela.extract.files.texts import read_script

        return read_script
    if (family == "text" and kind != "empty") or kind == "xml":
        from tutela.extract.files.texts import read_text

        return read_text
    if kind == "sqlite":
        from tutela.extract.files.texts import read_database

        return read_database
    if family in ("image", "audio", "video"):
        from tutela.extract.files.pictures import read_picture_file

        return read_picture_file
    if family == "executable":
        from tutela.extract.files.executables import read_program

        return read_program
    if kind == "chm":
        return _read_opaque
    return None


def _then_rules(reader: Reader) -> Reader:
    def read(content: Content, walk: Walk) -> None:
        from tutela.extract.files.rules import apply_rules

        apply_rules(content, walk, content.kind, content.data)
        reader(content, walk)

    return read


def _read_markup(content: Content, walk: Walk) -> None:
    from tutela.extract.files.html import read_page, read_picture

    most = 8 << 20
    if len(content.data) > most:
        walk.trouble("a page longer than 8 MiB was read in part", at=content)
    text = decode_text(content.data[:most])
    (read_picture if content.kind == "svg" else read_page)(content, walk, text)


def _read_opaque(content: Content, walk: Walk) -> None:
    from tutela.extract.files.rules import apply_rules

    apply_rules(content, walk, content.kind, content.data)
    walk.trouble(f"{words_of(content.kind)} is not opened here", at=content)
