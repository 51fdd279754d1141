"""The ClamAV client against a real daemon on a socket of its own, and against sockets that misbehave."""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import build as b
import pytest

from tutela.extract.files import Aids, read_file
from tutela.extract.files.clamd import ask_daemon, understand
from tutela.settings import Platform

TEST_FILES = Path("/usr/share/clamav-testfiles")


@pytest.fixture(scope="session")
def daemon(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    program = shutil.which("clamd") or "/usr/sbin/clamd"
    assert os.path.exists(program), "this test needs Debian's package clamav-daemon"
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "db").mkdir()
    lines = [f"{hashlib.sha256(b.eicar()).hexdigest()}:{len(b.eicar())}:Specimen.Eicar:73"]
    plain = (TEST_FILES / "clam.exe").read_bytes()
    lines.append(f"{hashlib.sha256(plain).hexdigest()}:{len(plain)}:Specimen.Clam:73")
    (folder / "db" / "own.hsb").write_text("\n".join(lines) + "\n")
    # The name of the test program's section, which every packer and container leaves once it is undone.
    (folder / "db" / "own.ndb").write_text(
        f"Specimen.ClamBody:0:*:{b'CLAMessageBoxA'.hex()}\nSpecimen.EicarBody:0:*:{b.eicar().hex()}\n"
    )
    address = folder / "s"
    (folder / "conf").write_text(
        f"DatabaseDirectory {folder}/db\nLocalSocket {address}\nForeground yes\nStreamMaxLength 4M\nLogFile {folder}/log\n"
        "User root\nMaxThreads 2\n"
        if os.geteuid() == 0
        else f"DatabaseDirectory {folder}/db\nLocalSocket {address}\nForeground yes\nStreamMaxLength 4M\nLogFile {folder}/log\nMaxThreads 2\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(folder / "conf")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    ends = time.monotonic() + 60
    while not address.exists():
        assert process.poll() is None, (folder / "log").read_text()
        assert time.monotonic() < ends, "clamd did not start"
        threading.Event().wait(0.05)
    yield f"unix:{address}"
    process.terminate()
    process.wait(10)


def test_a_finding_is_named_and_a_clean_file_is_not(daemon: str) -> None:
    assert "Eicar" in ask_daemon(daemon, b.eicar(), 20).found
    answer = ask_daemon(daemon, b"hello", 20)
    assert (answer.found, answer.problem) == ("", "")


def test_every_one_of_debians_test_files_is_found_without_the_daemon(platform: Platform) -> None:
    assert TEST_FILES.is_dir(), "this test needs Debian's package clamav-testfiles"
    missed = []
    for path in sorted(TEST_FILES.iterdir()):
        found = read_file(path.read_bytes(), name=path.name, part="media/0", platform=platform)
        if not any(s.name == "file.virus" and s.confidence > 0.9 for s in found.signals):
            missed.append(path.name)
    assert not missed


def test_debians_test_files_are_found_by_the_daemon_too(daemon: str, platform: Platform) -> None:
    aids = Aids(clamd=daemon)
    named = 0
    for path in sorted(TEST_FILES.iterdir()):
        found = read_file(path.read_bytes(), name=path.name, part="media/0", platform=platform, aids=aids)
        assert any(s.name == "file.virus" for s in found.signals), path.name
        named += any("clamav" in s.marks for s in found.signals)
    assert named >= 30


def test_past_its_size_limit_there_is_a_trouble_and_no_silence(daemon: str, platform: Platform) -> None:
    answer = ask_daemon(daemon, b"\0" * (6 << 20), 20)
    assert "larger than it accepts" in answer.problem
    found = read_file(b"\0" * (6 << 20), name="a.bin", part="media/0", platform=platform, aids=Aids(clamd=daemon))
    assert any("virus scanner" in t.what for t in found.troubles)


def _misbehaving(tmp_path: Path, act: Callable[[socket.socket], None]) -> str:
    address = tmp_path / "s"
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(address))
    server.listen(1)

    def serve() -> None:
        connection, _ = server.accept()
        with connection:
            act(connection)
        server.close()

    threading.Thread(target=serve, daemon=True).start()
    return f"unix:{address}"


def test_a_daemon_that_hangs_costs_the_timeout_only(tmp_path: Path) -> None:
    release = threading.Event()
    address = _misbehaving(tmp_path, lambda _: release.wait(20))
    began = time.monotonic()
    assert ask_daemon(address, b"x" * 100, 0.3).problem == "it took too long"
    assert time.monotonic() - began < 3
    release.set()


def test_nonsense_silence_and_refusal_are_no_verdict(tmp_path: Path) -> None:
    address = _misbehaving(tmp_path, lambda c: c.sendall(b"%$#@ nonsense\0"))
    assert ask_daemon(address, b"x", 5).problem
    (tmp_path / "two").mkdir()
    assert ask_daemon(_misbehaving(tmp_path / "two", lambda _: None), b"x", 5).problem
    assert ask_daemon(f"unix:{tmp_path}/none", b"x", 5).problem
    assert ask_daemon("carrier-pigeon:1", b"x", 5).problem


@pytest.mark.parametrize(
    ("reply", "found", "problem"),
    [
        (b"stream: OK\0", "", False),
        (b"stream: Win.Test.Specimen-1 FOUND\0", "Win.Test.Specimen-1", False),
        (b"stream: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0", "", True),
        (b"INSTREAM size limit exceeded. ERROR\0", "", True),
        (b"", "", True),
        (b"stream: OK and more", "", True),
    ],
)
def test_only_ok_means_that_nothing_was_found(reply: bytes, found: str, problem: bool) -> None:
    answer = understand(reply)
    assert answer.found == found
    assert bool(answer.problem) is problem
