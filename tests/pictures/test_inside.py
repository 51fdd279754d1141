"""Pictures inside documents are read with their place; scanned pages too."""

from __future__ import annotations

import io

import docx

from tests.pictures.drawing import encoded, picture
from tutela.extract.items import Reach, media_extract
from tutela.model import Extract, Item, Media
from tutela.settings import Platform

NUMBER = "0151 2345 6789"


def read(name: str, data: bytes) -> Extract:
    item = Item(surface="file", media=(Media(kind="file", name=name, data=data),))
    return media_extract(item.media[0], 0, item, Platform.none(), Reach())


def test_a_scanned_page_is_read_as_a_picture() -> None:
    extract = read("scan.pdf", encoded(picture([f"call {NUMBER}"], size=48), "PDF", resolution=144))
    (part,) = (part for part in extract.parts if part.medium == "ocr")
    assert NUMBER in part.text
    assert {anchor.where.member for anchor in part.anchors} == {"page 1"}
    assert all(anchor.where.box is not None for anchor in part.anchors)


def test_a_picture_in_an_office_file_is_read_with_its_place() -> None:
    document = docx.Document()
    document.add_picture(io.BytesIO(encoded(picture([f"call {NUMBER}"]))))
    sink = io.BytesIO()
    document.save(sink)
    (part,) = (part for part in read("letter.docx", sink.getvalue()).parts if part.medium == "ocr")
    assert NUMBER in part.text
    assert part.anchors[0].where.member == "word/media/image1.png"
