"""How well copies are found: Python disguised in six ways, JavaScript through a minifier, at fixed false-alarm rates.

    python bench/files/copies.py                        Python; sources of the interpreter against installed packages
    python bench/files/copies.py --modules DIR          also JavaScript; DIR holds node_modules with terser

Protected: 80 modules of the standard library. Strangers: modules of installed packages that are no copies of it (same
name, vendored folders and backports are left out); some do hold pieces of it, and count as false alarms here. The thresholds are the product's; nothing is tuned here.
"""

from __future__ import annotations

import argparse
import ast
import json
import keyword
import random
import re
import subprocess
import sysconfig
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tutela.extract.files.fingerprints import fingerprint
from tutela.extract.files.protected import Index, build, load

_COPIES = ("_vendor", "_distutils", "backports", "typing_extensions", "compat", "six")


def _read(path: Path) -> str:
    return path.read_text("utf-8", "replace")


def _sources(root: Path, ending: str, least: int, most: int, skip: tuple[str, ...]) -> list[Path]:
    return sorted(
        path
        for path in root.rglob(f"*{ending}")
        if path.is_file() and least < path.stat().st_size < most and not any(word in str(path) for word in skip)
    )


def _rename(text: str) -> str:
    names: dict[str, str] = {}
    return re.sub(
        r"(?<![\"'\w])[A-Za-z_]\w*",
        lambda m: m.group() if keyword.iskeyword(m.group()) else names.setdefault(m.group(), f"v{len(names)}"),
        text,
    )


def _shuffle(text: str, rng: random.Random) -> str:
    tree = ast.parse(text)
    rng.shuffle(tree.body)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            rng.shuffle(node.body)
    return ast.unparse(tree)


def _paste(text: str, other: str, share: float, rng: random.Random) -> str:
    lines, around = text.splitlines(), other.splitlines()
    count = max(1, int(len(lines) * share))
    at, into = rng.randrange(max(1, len(lines) - count)), rng.randrange(len(around) + 1)
    return "\n".join(around[:into] + lines[at : at + count] + around[into:])


def _index(named: list[tuple[str, str]], kind: str) -> Index:
    with tempfile.NamedTemporaryFile(suffix=".tpf", delete=False) as file:
        file.write(build([(name, fingerprint(text, kind)) for name, text in named]))
    return load(file.name)


def _share(texts: list[str], index: Index, kind: str) -> float:
    return sum(index.search(text, kind) is not None for text in texts) / len(texts)


def python(seed: int) -> None:
    """Prints recall for each disguise and the false-alarm rate."""
    rng = random.Random(seed)
    library = _sources(
        Path(sysconfig.get_path("stdlib")),
        ".py",
        3_000,
        120_000,
        ("site-packages", "/test", "idlelib", "lib2to3", "/encodings/"),
    )
    own_names = {path.name for path in library} - {"__init__.py", "utils.py", "main.py", "config.py"}
    rng.shuffle(library)
    strangers = [
        p
        for p in _sources(Path(sysconfig.get_path("purelib")), ".py", 3_000, 120_000, ("/test", *_COPIES))
        if p.name not in own_names
    ]
    rng.shuffle(strangers)
    texts = [_read(path) for path in library[:80]]
    others = [_read(path) for path in strangers[:1_500]]
    index = _index([(str(n), text) for n, text in enumerate(texts)], "python")
    ways: dict[str, Callable[[str], str]] = {
        "renamed": _rename,
        "reformatted": lambda t: ast.unparse(ast.parse(t)),
        "shuffled": lambda t: _shuffle(t, rng),
        "half pasted": lambda t: _paste(t, rng.choice(others[:200]), 0.5, rng),
        "a tenth pasted": lambda t: _paste(t, rng.choice(others[:200]), 0.1, rng),
    }
    print(f"python, seed {seed}: {len(texts)} protected, {len(others)} strangers")
    print(f"  false alarms {_share(others, index, 'python'):.4f}")
    for name, way in ways.items():
        print(f"  {name} {_share([way(t) for t in texts], index, 'python'):.3f}")


_MINIFY = """
import {minify} from 'terser'; import fs from 'fs';
const out={}; for (const p of JSON.parse(fs.readFileSync(0,'utf8'))) {
  try { out[p]=(await minify(fs.readFileSync(p,'utf8'),{compress:true,mangle:true})).code } catch { out[p]=null } }
console.log(JSON.stringify(out));
"""


def _author(folder: Path) -> str:
    """Who wrote a package, its own name where nobody is named: authors repeat themselves."""
    try:
        fields = json.loads((folder / "package.json").read_text("utf-8"))
    except (OSError, ValueError):
        return folder.name
    author = fields.get("author") or folder.name
    return str(author.get("name", folder.name) if isinstance(author, dict) else author).split("<")[0].strip()


def javascript(modules: Path, seed: int) -> None:
    """Prints recall after minifying and the false-alarm rate; authors are never split over both sides."""
    rng = random.Random(seed)
    packages: dict[str, list[Path]] = {}
    for path in _sources(modules / "node_modules", ".js", 1_500, 100_000, (".min.", "locale")):
        inside = path.relative_to(modules / "node_modules").parts
        # Bundles and nested packages hold other packages' code: they are real copies, not false alarms.
        if "node_modules" not in inside and not {"dist", "test", "umd", "amd"} & set(inside):
            packages.setdefault(_author(modules / "node_modules" / inside[0]), []).append(path)
    names = sorted(packages)
    rng.shuffle(names)
    protected = [p for name in names[::2] for p in rng.sample(packages[name], min(10, len(packages[name])))]
    protected = [p for p in protected if max(map(len, _read(p).splitlines()), default=0) < 500][:90]
    strangers = [p for name in names[1::2] for p in packages[name]]
    script = modules / "minify.mjs"
    script.write_text(_MINIFY)
    run = subprocess.run(
        ["node", str(script)],
        input=json.dumps([str(p) for p in protected]),
        capture_output=True,
        text=True,
        check=True,
        cwd=modules,
    )
    short = {path: code for path, code in json.loads(run.stdout).items() if code}
    index = _index([(path, _read(Path(path))) for path in short], "javascript")
    others = [_read(path) for path in strangers]
    print(f"javascript, seed {seed}: {len(short)} protected, {len(others)} strangers")
    print(f"  false alarms {_share(others, index, 'javascript'):.4f}")
    print(f"  minified {_share(list(short.values()), index, 'javascript'):.3f}")


def speed() -> None:
    """Prints megabytes a second and the time of one question against 10,000 protected files."""
    library = _sources(Path(sysconfig.get_path("stdlib")), ".py", 3_000, 120_000, ("site-packages",))
    texts = [_read(path) for path in library[:150]]
    began = time.process_time()
    prints = [fingerprint(text, "python") for text in texts]
    took = time.process_time() - began
    print(f"fingerprints: {sum(map(len, texts)) / took / 1e6:.1f} MB/s on one core")
    named = [(f"{n}", prints[n % len(prints)]) for n in range(10_000)]
    with tempfile.NamedTemporaryFile(suffix=".tpf") as file:
        file.write(build(named))
        file.flush()
        index = load(file.name)
        sized = [text for text in texts if 8_000 < len(text) < 24_000][:20]
        for text in sized:
            index.search(text, "python")
        began = time.process_time()
        asked = [fingerprint(text, "python") for text in sized]
        middle = time.process_time()
        for found in asked:
            index.scores(found, "shape")
            index.scores(found, "words")
        ended = time.process_time()
    print(
        f"a question against 10,000 files: {(ended - middle) / len(sized) * 1000:.1f} ms, its fingerprint {(middle - began) / len(sized) * 1000:.1f} ms"
    )


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--modules", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    given = parser.parse_args()
    for seed in given.seeds:
        python(seed)
        if given.modules:
            javascript(given.modules, seed)
    speed()


if __name__ == "__main__":
    main()
