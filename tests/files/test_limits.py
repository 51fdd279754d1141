"""Hostile archives, broken files and broken readers end soon, with a trouble, and cost only their own verdict."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import build as b
import pytest

from tutela.extract.files import Aids, Limits, inspect_file, read_file
from tutela.extract.files.walk import Inspection
from tutela.extract.files.workshop import Workshop, job_for
from tutela.settings import Platform

Read = Callable[..., Inspection]
_SECONDS = 2.0


def _timed(read: Read, data: bytes, name: str) -> Inspection:
    began = time.process_time()
    found = read(data, name)
    assert time.process_time() - began < _SECONDS
    return found


def test_ten_gigabytes_of_zeros_end_in_two_seconds_with_a_verdict(read: Read) -> None:
    found = _timed(read, b.bomb_zip(10 << 30), "a.zip")
    assert any(s.name == "file.archive_bomb" for s in found.extract.signals)
    assert found.extract.troubles


def test_a_thousandfold_nested_archive_ends_in_two_seconds_with_a_verdict(read: Read) -> None:
    found = _timed(read, b.nested_zip(1000), "a.zip")
    assert any(s.name == "file.archive_bomb" for s in found.extract.signals)


def test_a_directory_that_lies_about_sizes_is_stopped_by_the_bytes(read: Read) -> None:
    data = bytearray(b.bomb_zip(400 << 20))
    at = data.rfind(b"PK\x01\x02")
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    found = _timed(read, bytes(data), "a.zip")
    assert any(s.name == "file.archive_bomb" for s in found.extract.signals)


def test_gzip_bomb_is_stopped(read: Read) -> None:
    import gzip

    found = _timed(read, gzip.compress(b"\0" * (300 << 20)), "a.gz")
    assert any(s.name == "file.archive_bomb" for s in found.extract.signals)


def test_members_that_overlap_are_a_bomb(read: Read) -> None:
    core = b.zipped({"a": b"\0" * (4 << 20)})
    at, end = core.find(b"PK\x01\x02"), core.find(b"PK\x05\x06")
    entry = core[at:end]
    tail = bytearray(core[end:])
    tail[8:12] = (60).to_bytes(2, "little") * 2
    tail[12:16] = (len(entry) * 60).to_bytes(4, "little")
    found = _timed(read, core[:at] + entry * 60 + bytes(tail), "a.zip")
    assert any(s.name == "file.archive_bomb" for s in found.extract.signals)


def test_a_large_ordinary_archive_is_no_bomb(read: Read) -> None:
    rng = random.Random(7)
    found = read(b.zipped({f"{n}.bin": rng.randbytes(1 << 20) for n in range(8)}, stored=True), "a.zip")
    assert not found.extract.signals


def test_nothing_is_written_anywhere(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    read(b.zipped({"../out.txt": b"x", "in.txt": b"y"}), "a.zip")
    read(b.archived({"in.txt": b"y"}, "7zip"), "a.7z")
    assert not list(tmp_path.iterdir())
    assert not (tmp_path.parent / "out.txt").exists()


def test_text_beyond_the_limit_is_told(read: Read) -> None:
    found = read(b"word " * 200, "a.txt", limits=Limits(text_chars=500))
    assert len(found.extract.parts[0].text) == 500
    assert any("left unread" in t.what for t in found.extract.troubles)
    assert not read(b"word " * 100, "a.txt", limits=Limits(text_chars=500)).extract.troubles


def test_wrong_password_is_a_trouble_not_silence(read: Read) -> None:
    found = read(b.locked_zip({"a.txt": b"hello"}, "right"), "a.zip", "password is wrong")
    assert any("password" in t.what for t in found.extract.troubles)
    assert not found.extract.parts


def test_a_password_in_the_text_opens_the_archive_in_memory(read: Read) -> None:
    for aes in (False, True):
        found = read(b.locked_zip({"a.txt": b"hello inside"}, "open-7", aes=aes), "a.zip", "the password is open-7.")
        assert [part.text for part in found.extract.parts] == ["hello inside"]
        assert not found.extract.troubles


_SAMPLES: dict[str, Callable[[], bytes]] = {
    "a.zip": lambda: b.zipped({"a.txt": b"hello" * 50, "b.exe": b.pe()}),
    "a.7z": lambda: b.archived({"a.txt": b"hello" * 50}, "7zip"),
    "a.tar": lambda: b.archived({"a.txt": b"hello" * 50}, "gnutar"),
    "a.tgz": lambda: b.archived({"a.txt": b"hello" * 50}, "gnutar", "gzip"),
    "a.iso": lambda: b.archived({"a.txt": b"hello"}, "iso9660"),
    "a.doc": lambda: b.macro_document('Sub AutoOpen()\r\nShell "cmd /c echo"\r\nEnd Sub'),
    "a.docx": lambda: b.word(b.paragraph("hello")),
    "a.xlsx": lambda: b.workbook([["a", "b"], ["1", "2"]]),
    "a.rtf": lambda: b.rtf_package("a.exe", b.pe()),
    "a.one": lambda: b.onenote("a.hta", b"<script>x</script>"),
    "a.pdf": lambda: b.pdf("hello", script="app.alert(1)", attach=("a.txt", b"x")),
    "a.html": lambda: (
        b"<html><form action='http://a.invalid'><input type=password></form><script>var a='b'+'c'</script>"
    ),
    "a.svg": lambda: b"<svg><script>location='x'</script></svg>",
    "a.lnk": lambda: b.lnk(r"C:\Windows\System32\cmd.exe", "/c echo"),
    "a.exe": b.pe,
    "a.apk": lambda: b.apk("com.murmura.app", b.Key("ec"), ("v2", "v3")),
    "a.ipa": lambda: b.ipa("com.murmura.app", certificate=b"x"),
    "a.crx": lambda: b.crx(b'{"manifest_version":3,"name":"x"}', b"k" * 90),
    "a.eml": lambda: b.mail("a.zip", b.zipped({"a": b"b"})),
    "a.png": lambda: b.picture() + b.zipped({"a.exe": b.pe()}),
    "a.ps1": lambda: b"$a='po'+'wer'; IEX $a -enc QQBBAEEAQQBBAEEAQQBBAEEAQQA=",
}


@pytest.mark.parametrize("name", sorted(_SAMPLES))
def test_mutated_and_cut_files_never_raise_and_never_hang(name: str, read: Read) -> None:
    rng = random.Random(name)
    data = _SAMPLES[name]()
    began = time.process_time()
    for turn in range(40):
        changed = bytearray(data)
        for _ in range(rng.choice((1, 4, 40))):
            changed[rng.randrange(len(changed))] = rng.choice((0, 0xFF, rng.randrange(256)))
        if turn % 3 == 0:
            del changed[rng.randrange(len(changed)) :]
        elif turn % 3 == 1:
            at = rng.randrange(len(changed))
            changed[at:at] = rng.randbytes(rng.randrange(1, 60))
        read(bytes(changed), name)
    assert time.process_time() - began < 30


def test_the_reading_process_gives_what_reading_here_gives(read: Read, platform: Platform) -> None:
    for name, made in _SAMPLES.items():
        data = made()
        assert inspect_file(data, name=name, part="media/0", platform=platform).extract == read(data, name).extract, (
            name
        )


def test_a_reader_that_dies_costs_one_trouble_and_the_next_file_is_read(platform: Platform) -> None:
    workshop = Workshop()
    job = job_for("a.txt", "media/0", "", Limits(), ())
    assert workshop.inspect(b"hello", job, platform).extract.parts
    victim = workshop._idle[0]._process
    victim.kill()
    victim.wait()
    found = workshop.inspect(b"hello", job, platform)
    assert [t.code for t in found.extract.troubles] == ["T312"]
    assert workshop.inspect(b"hello", job, platform).extract.parts
    workshop.close()


def test_a_reader_that_overstays_is_killed(platform: Platform) -> None:
    import signal

    workshop = Workshop()
    job = job_for("a.txt", "media/0", "", Limits(seconds=0.2), ())
    workshop.inspect(b"hello", job, platform)
    process = workshop._idle[0]._process
    os.kill(process.pid, signal.SIGSTOP)
    began = time.monotonic()
    found = workshop.inspect(b"hello", job, platform)
    assert time.monotonic() - began < 5
    assert "too long" in found.extract.troubles[0].what
    assert process.poll() is not None
    workshop.close()


def test_memory_beyond_the_bound_ends_as_a_trouble(platform: Platform) -> None:
    workshop = Workshop()
    job = job_for("a.txt", "media/0", "", Limits(memory_bytes=600 << 20), ())
    found = workshop.inspect(b"x" * (400 << 20), job, platform)
    assert found.extract.troubles
    workshop.close()


def test_a_file_beyond_the_size_limit_is_told_without_reading(platform: Platform) -> None:
    found = read_file(b"x" * 2000, name="a", part="media/0", platform=platform, limits=Limits(file_bytes=1000))
    assert "not read" in found.troubles[0].what


def test_operators_rules_and_lists_are_applied_in_the_process(platform: Platform, tmp_path: Path) -> None:
    import hashlib

    (tmp_path / "own.yar").write_text(
        'rule house_mark { meta: description = "our mark" strings: $a = "specimen-mark-1" condition: $a }'
    )
    (tmp_path / "own.sha256").write_text(f"{hashlib.sha256(b'listed').hexdigest()} listed specimen\n")
    aids = Aids(rule_folders=(str(tmp_path),))
    found = read_file(b"text with specimen-mark-1 in it", name="a.txt", part="media/0", platform=platform, aids=aids)
    assert any(s.name == "file.virus" and s.says == "our mark" for s in found.signals)
    found = read_file(b"listed", name="a.txt", part="media/0", platform=platform, aids=aids)
    assert any("listed specimen" in s.says for s in found.signals)
