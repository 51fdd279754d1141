"""`tutela stream`: judge items from a broker as they come, or put items into the table queue."""

from __future__ import annotations

import signal
import sys
import time
from pathlib import Path
from typing import Annotated, Any

import typer

from tutela.errors import BadSettings, MissingPart


def stream(
    source: Annotated[str, typer.Option(help="kafka://…/topic, nats://…/STREAM, sqlite:///file.db, postgresql://…")],
    sink: Annotated[str | None, typer.Option(help="Database for verdicts; the source itself where it is one.")] = None,
    answer: Annotated[str | None, typer.Option(help="Tell decisions to kafka://…/topic or nats://…/subject.")] = None,
    put: Annotated[
        Path | None, typer.Option(help="Put items (JSON lines, - for input) into a table queue, and end.")
    ] = None,
    batch: Annotated[int, typer.Option(min=1, max=20_000, help="Messages judged together.")] = 500,
    linger: Annotated[float, typer.Option(min=0.0, max=10.0, help="Seconds a batch may wait to be full.")] = 0.2,
    metrics: Annotated[int | None, typer.Option(help="Serve Prometheus metrics on this port.")] = None,
    metrics_host: Annotated[
        str, typer.Option(help="Address for the metrics; this machine alone without it.")
    ] = "127.0.0.1",
    until_empty: Annotated[bool, typer.Option("--until-empty", help="End when nothing waits any more.")] = False,
    platform: Annotated[Path | None, typer.Option(help="The platform's own profile.")] = None,
    policy: Annotated[str | None, typer.Option(help="Judge by this policy version, or by a policy file.")] = None,
    intent: Annotated[str, typer.Option(help="on, or off: do not judge what a text is trying to do.")] = "on",
) -> int:
    """Judge items as they come. Each has one verdict and one effect in the sink, however often it is delivered.

    Start as many workers as there are cores; they share the source. SIGTERM or Ctrl-C ends one after its batch.
    Exit status: 0 stopped, 2 something became a dead letter, 64 bad usage.
    """  # fmt: skip
    from tutela.engine import Engine
    from tutela.fleet.stream import Limits, Sink, Worker, open_source
    from tutela.fleet.stream.answer import open_answer

    if put is not None:
        return _put(source, put)
    if sink is None and source.partition(":")[0] not in ("sqlite", "postgresql", "postgres"):
        raise BadSettings("a broker keeps no verdicts", where="--sink", next_step="--sink sqlite:///verdicts.db")
    engine = Engine.load(platform=platform, policy=policy, intent="on" if intent == "on" else "off")
    taken = open_source(source)
    kept = Sink(sink or source)
    heard = None if answer is None else open_answer(answer)
    told = None if metrics is None else _serve(metrics_host, metrics)
    worker = Worker(engine, taken, kept, limits=Limits(batch=batch, linger_s=linger), answer=heard, told=told)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: worker.stop.set())
    started = time.monotonic()
    try:
        done = worker.run(until_empty=until_empty)
    finally:
        taken.close()
        kept.close()
        if heard is not None:
            heard.close()
    print(
        f"{done.judged:,} judged, {done.new:,} new, {done.violating:,} violate, {done.dead:,} dead letters, "
        f"{time.monotonic() - started:.1f} s",
        file=sys.stderr,
    )
    return 2 if done.dead else 0


def _put(source: str, path: Path) -> int:
    from tutela.fleet.stream.table import TableQueue

    queue = TableQueue(source)
    try:
        with sys.stdin.buffer if str(path) == "-" else path.open("rb") as lines:
            count = queue.put(line.rstrip(b"\n") for line in lines if line.strip())
    finally:
        queue.close()
    print(f"{count:,} queued", file=sys.stderr)
    return 0


# Seconds between two questions for the lag: it costs the broker something.
_LAG_EVERY_S = 5.0


def _serve(host: str, port: int) -> Any:
    try:
        from prometheus_client import Counter, Gauge, start_http_server
    except ImportError:
        raise MissingPart("prometheus-client is not installed", next_step="pip install 'tutela[stream]'") from None
    counters = {
        name: Counter(f"tutela_stream_{name}", says)
        for name, says in (
            ("judged", "Messages judged."),
            ("new", "Verdicts stored; the rest of the judged were delivered before."),
            ("violating", "Messages that break the policy."),
            ("dead", "Dead letters."),
            ("batches", "Batches worked."),
            ("retries", "Tries at a broker or database that was gone."),
            ("busy_s", "Seconds spent on batches."),
        )
    }
    lag = Gauge("tutela_stream_lag", "Messages that wait.")
    rate = Gauge("tutela_stream_rate", "Messages judged a second, over the last five seconds or more.")
    start_http_server(port, addr=host)
    seen: dict[str, float] = dict.fromkeys(counters, 0.0)
    last = {"at": time.monotonic(), "judged": 0.0}

    def told(figures: Any, source: Any) -> None:
        for name, counter in counters.items():
            value = float(getattr(figures, name))
            counter.inc(value - seen[name])
            seen[name] = value
        took = time.monotonic() - last["at"]
        if took >= _LAG_EVERY_S:
            rate.set((figures.judged - last["judged"]) / took)
            last.update(at=time.monotonic(), judged=float(figures.judged))
            behind = source.lag()
            if behind is not None:
                lag.set(behind)

    return told
