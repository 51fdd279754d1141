"""Text inside files comes out for the text detectors, with the place a person can look at."""

from __future__ import annotations

from collections.abc import Callable

import build as b

from tutela.extract.files.walk import Inspection

Read = Callable[..., Inspection]


def _place(found: Inspection, word: str) -> tuple[str | None, int | None]:
    for part in found.extract.parts:
        at = part.text.find(word)
        if at >= 0:
            where = part.locate(at, at + len(word))[0]
            return where.member, where.start
    raise AssertionError(f"{word} is in no part")


def test_a_plain_text_keeps_its_offsets(read: Read) -> None:
    assert _place(read(b"one two three", "a.txt"), "two") == (None, 4)


def test_a_cell_is_named_by_sheet_and_cell_hidden_or_not(read: Read) -> None:
    found = read(b.workbook([["Name", "Number"], ["Ann", "77-specimen"]], "Pay", hidden=True), "a.xlsx")
    assert _place(found, "77-specimen")[0] == "Pay!B2"
    assert "Number: 77-specimen" in found.extract.parts[0].text


def test_a_paragraph_a_page_and_a_member_are_named(read: Read) -> None:
    found = read(b.word(b.paragraph("first") + b.paragraph("second one")), "a.docx")
    assert _place(found, "second")[0] == "paragraph 2"
    assert _place(read(b.pdf("line of the page"), "a.pdf"), "line")[0] == "page 1"
    assert _place(read(b.zipped({"in/b.txt": b"deep word"}), "a.zip"), "deep")[0] == "in/b.txt"
    nested = b.zipped({"b.zip": b.zipped({"c.docx": b.word(b.paragraph("inner word"))})})
    assert _place(read(nested, "a.zip"), "inner")[0] == "b.zip/c.docx/paragraph 1"


def test_a_table_tells_the_head_of_each_column(read: Read) -> None:
    found = read(b"name,phone\nAnn,555-0100\n", "a.csv")
    assert "phone: 555-0100" in found.extract.parts[0].text
    assert _place(found, "555-0100")[0] == "row 2, phone"


def test_mail_and_rich_text_are_read(read: Read) -> None:
    assert _place(read(b.mail(body="call me at noon"), "a.eml"), "noon")[0] == "text"
    assert _place(read(b"{\\rtf1 Dear \\b team\\b0\\par second}", "a.rtf"), "second")[0] == "paragraph 2"


def test_source_and_settings_come_out_as_text(read: Read) -> None:
    for name, data in (
        ("a.env", b"KEY=specimen"),
        ("a.patch", b"--- a\n+++ b\n@@ -1 +1 @@\n-x\n+specimen\n"),
        ("a.json", b'{"a": "specimen"}'),
        ("a.py", b"x = 'specimen'\n"),
        ("a.gpx", b"<?xml version='1.0'?><gpx><name>specimen</name></gpx>"),
        ("a.vcf", b"BEGIN:VCARD\nFN:specimen\nEND:VCARD\n"),
    ):
        found = read(data, name)
        assert any("specimen" in part.text for part in found.extract.parts), name


def test_utf16_text_is_read(read: Read) -> None:
    assert _place(read("\ufeffGrüße aus Ulm".encode("utf-16-le"), "a.txt"), "Ulm") == (None, 10)


def test_pictures_inside_are_handed_on_with_their_place(read: Read) -> None:
    found = read(b.word(b.paragraph("x"), more={"word/media/image1.png": b.picture()}), "a.docx")
    assert [(i.kind, i.member) for i in found.inner] == [("image", "word/media/image1.png")]
    assert found.inner[0].data == b.picture()


def test_a_members_odd_name_cannot_break_the_page_it_is_shown_on(read: Read) -> None:
    found = read(b.zipped({"a\u202e\nb.txt": b"text"}), "a.zip")
    member = found.extract.parts[0].anchors[0].where.member or ""
    assert member.isprintable()
