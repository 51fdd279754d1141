"""Copies of protected sources are found by fingerprints, with the share and the place; strangers are not."""

from __future__ import annotations

import argparse
import csv
import inspect as python_inspect
import json.decoder
import re
import textwrap
import time
import wave
from pathlib import Path

import numpy as np
import pytest

from tutela.errors import BadSettings, MissingFile
from tutela.extract.files import read_file
from tutela.extract.files.fingerprints import Prints, fingerprint
from tutela.extract.files.protected import Index, build, load
from tutela.settings import Platform

_OWN = {
    "csv.py": python_inspect.getsource(csv),
    "decoder.py": python_inspect.getsource(json.decoder),
    "textwrap.py": python_inspect.getsource(textwrap),
}
_STRANGERS = (python_inspect.getsource(argparse), python_inspect.getsource(wave))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("protected") / "own.tpf"
    path.write_bytes(build([(name, fingerprint(text, "python")) for name, text in _OWN.items()]))
    return path


def _renamed(text: str) -> str:
    from keyword import iskeyword

    names: dict[str, str] = {}
    return re.sub(
        r"(?<![\"'\w])[A-Za-z_]\w*",
        lambda m: m.group() if iskeyword(m.group()) else names.setdefault(m.group(), f"v{len(names)}"),
        text,
    )


def test_copies_are_found_however_they_are_disguised(index: Path) -> None:
    import ast

    loaded = load(index)
    for name, text in _OWN.items():
        lines = text.splitlines()
        other = _STRANGERS[0].splitlines()
        half = "\n".join(other[:300] + lines[: len(lines) // 2] + other[300:])
        for disguise in (text, _renamed(text), ast.unparse(ast.parse(text)), half):
            match = loaded.search(disguise, "python")
            assert match is not None
            assert match.name == name


def test_strangers_are_left_alone(index: Path) -> None:
    for text in _STRANGERS:
        assert load(index).search(text, "python") is None


def test_the_place_and_share_are_told(index: Path) -> None:
    platform = Platform(name="Murmura", protected=(str(index),))
    before = "x = 1\n" * 40
    found = read_file(
        (before + _OWN["csv.py"] + "y = 2\n" * 40).encode(), name="a.py", part="media/0", platform=platform
    )
    signal = next(s for s in found.signals if s.name == "source.protected_copy")
    assert signal.shown_as == "csv.py"
    assert signal.confidence > 0.9
    assert signal.where[0].start is not None
    assert signal.where[0].start >= len(before) - 20
    assert not [
        s
        for s in read_file(_STRANGERS[1].encode(), name="b.py", part="media/0", platform=platform).signals
        if s.name.startswith("source.")
    ]


def test_nothing_of_the_text_is_kept(index: Path) -> None:
    data = index.read_bytes()
    assert b"csv.py" in data
    assert not any(word in data for word in (b"DictReader", b"delimiter", b"Sniffer", b"quotechar"))


def test_a_broken_or_missing_file_is_a_clear_error_and_a_trouble(index: Path, tmp_path: Path) -> None:
    with pytest.raises(MissingFile):
        load(tmp_path / "none.tpf")
    cut = tmp_path / "cut.tpf"
    cut.write_bytes(index.read_bytes()[:200])
    with pytest.raises(BadSettings):
        load(cut)
    cut.write_bytes(b"something else entirely")
    with pytest.raises(BadSettings):
        load(cut)
    found = read_file(
        _OWN["csv.py"].encode(), name="a.py", part="m", platform=Platform(name="M", protected=(str(cut),))
    )
    assert any(t.code == "T207" for t in found.troubles)


def test_a_question_against_ten_thousand_files_is_quick() -> None:
    rng = np.random.default_rng(5)
    real = fingerprint(_OWN["csv.py"], "python")
    named = [("csv.py", real)] + [
        (
            f"f{n}",
            Prints(
                tokens=900,
                **{k: np.unique(rng.integers(1, 2**63, 120, dtype=np.uint64)) for k in ("shape", "words", "marks")},
            ),
        )
        for n in range(10_000)
    ]
    data = build(named)
    assert len(data) > 1 << 20
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "many.tpf"
        path.write_bytes(data)
        loaded: Index = load(path)
        loaded.search(_OWN["csv.py"], "python")
        began = time.process_time()
        match = loaded.search(_OWN["csv.py"], "python")
        took = time.process_time() - began
    assert match is not None
    assert match.name == "csv.py"
    assert took < 0.25  # the figure itself, 50 ms, is measured on a quiet machine by bench/files


def test_protect_add_and_find_work_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from tutela.cli import main

    folder = tmp_path / "src"
    folder.mkdir()
    for name, text in _OWN.items():
        (folder / name).write_text(text)
    (folder / "LICENSE").write_text("Permission is hereby granted " * 40)
    (tmp_path / "copy.py").write_text(_renamed(_OWN["textwrap.py"]))
    with pytest.raises(SystemExit) as ended:
        main(["protect", "add", str(folder), "--to", str(tmp_path / "own.tpf")])
    assert ended.value.code in (0, None)
    assert "3 texts" in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        main(["protect", "find", str(tmp_path / "own.tpf"), str(tmp_path / "copy.py")])
    assert ended.value.code == 1
    assert "textwrap.py" in capsys.readouterr().out
