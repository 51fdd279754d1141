"""`python -m bench [NAME…]`: run benchmarks; without a name the text engine beside its peers.

Each is a module of its own with its own options: `python -m bench.links.lookalikes --help`.
"""

from __future__ import annotations

import runpy
import sys

BENCHES = {
    "text": "bench.text.compare",
    "links": "bench.links.lookalikes",
    "files": "bench.files.reading",
    "pictures": "bench.pictures.measure",
    "sound": "bench.sound.measure",
    "traffic": "bench.traffic.measure",
    "intent": "bench.intent.measure",
    "personal": "bench.personal.measure",
    "fleet": "bench.fleet.measure",
}


def main() -> int:
    """Runs the named benchmarks, one after another. 64 for a name that is none."""
    names = sys.argv[1:] or ["text"]
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHES)}", file=sys.stderr)
        return 64
    for name in names:
        print(f"== {name}")
        sys.argv = [BENCHES[name]]
        runpy.run_module(BENCHES[name], run_name="__main__")
    return 0


if __name__ == "__main__":
    sys.exit(main())
