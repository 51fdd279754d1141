"""The stream: whatever is killed wherever, each item has one verdict and one effect."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tutela.errors import BadSettings, StoreGone
from tutela.fleet.stream import Sink, open_source
from tutela.fleet.stream.database import open_database
from tutela.fleet.stream.table import TableQueue

from .posts import ROOT, text_of

ITEMS = 200
BAD = (b"no json", b'{"id": "empty"}', b'{"id": "odd", "text": 12}')


def bodies() -> list[bytes]:
    """Items, some sent twice by a producer that tried again, and three that are none."""
    items = [json.dumps({"id": f"p{n}", "text": text_of(n)}).encode() for n in range(ITEMS)]
    return [*items[:100], *BAD, *items[80:100], *items[100:]]


def job(source: str, sink: str, point: str, *rest: str, wanted: int = ITEMS + len(BAD)) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "tests.fleet.stream_job", source, sink, str(wanted), point, *rest],
        cwd=ROOT, capture_output=True, text=True, check=False, timeout=200,
    )  # fmt: skip
    assert done.returncode in (0, -signal.SIGKILL), done.stderr[-3000:]
    return done.returncode


def stored(sink: str) -> tuple[list[str], list[str], list[tuple[str, str]]]:
    database = open_database(sink)
    with database.transaction() as tx:
        verdicts = sorted(str(row[0]) for row in tx.rows("SELECT item FROM stream_verdict"))
        effects = sorted(str(row[0]) for row in tx.rows("SELECT item FROM stream_effect"))
        dead = sorted((str(code), str(reason)) for code, reason in tx.rows("SELECT code, reason FROM stream_dead"))
    database.close()
    return verdicts, effects, dead


def killed_everywhere(source: str, sink: str) -> None:
    """Kills a worker before, between and after commit and acknowledgement; a last one finishes."""
    for point in ("before", "between", "after"):
        assert job(source, sink, point) == -signal.SIGKILL, point
    assert job(source, sink, "never") == 0
    verdicts, effects, dead = stored(sink)
    assert verdicts == sorted(f"p{n}" for n in range(ITEMS))
    assert effects == verdicts
    assert [code for code, _ in dead] == ["T101"] * 3
    assert "12" not in str(dead)


def test_a_table_in_sqlite_survives_every_kill(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/queue.db"
    TableQueue(address).put(bodies())
    killed_everywhere(f"{address}?lease_s=1", address)
    assert open_source(address).lag() == 0


def test_a_table_in_postgresql_survives_every_kill(postgres: Callable[[str], str]) -> None:
    address = postgres("killed")
    TableQueue(address).put(bodies())
    killed_everywhere(f"{address}?lease_s=1", address)
    assert open_source(address).lag() == 0


def test_nats_survives_every_kill(tmp_path: Path, nats_port: int) -> None:
    asyncio.run(_publish(nats_port, "POSTS", bodies()))
    source = f"nats://127.0.0.1:{nats_port}/POSTS?ack_wait_s=1"
    killed_everywhere(source, f"sqlite:///{tmp_path}/verdicts.db")
    waiting = open_source(source)
    assert waiting.lag() == 0
    waiting.close()


async def _publish(port: int, stream: str, items: list[bytes]) -> None:
    import nats

    client = await nats.connect(f"nats://127.0.0.1:{port}")
    js = client.jetstream()
    await js.add_stream(name=stream, subjects=[stream.lower()])
    for item in items:
        await js.publish(stream.lower(), item)
    await client.close()


def test_kafka_survives_every_kill(tmp_path: Path, kafka_port: int) -> None:
    _produce(kafka_port, "posts", bodies(), partitions=2)
    killed_everywhere(f"kafka://127.0.0.1:{kafka_port}/posts", f"sqlite:///{tmp_path}/verdicts.db")


def _produce(port: int, topic: str, items: list[bytes], partitions: int) -> None:
    from confluent_kafka import Producer
    from confluent_kafka.admin import AdminClient, NewTopic

    admin = AdminClient({"bootstrap.servers": f"127.0.0.1:{port}"})
    for made in admin.create_topics([NewTopic(topic, partitions, 1)]).values():
        made.result(30)
    producer = Producer({"bootstrap.servers": f"127.0.0.1:{port}", "enable.idempotence": True})
    for number, item in enumerate(items):
        producer.produce(topic, item, key=str(number))
        producer.poll(0)
    assert producer.flush(60) == 0


def command(source: str, sink: str, *rest: str) -> subprocess.Popen[str]:
    code = "from tutela.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, "stream", "--source", source, "--sink", sink, "--intent", "off", "--batch", "20", *rest],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not done():
        assert time.monotonic() < deadline
        os.sched_yield()


def test_the_other_member_takes_over_when_one_is_killed(tmp_path: Path, kafka_port: int) -> None:
    _produce(kafka_port, "shared", [json.dumps({"id": f"p{n}", "text": text_of(n)}).encode() for n in range(400)], 4)
    source, sink = f"kafka://127.0.0.1:{kafka_port}/shared", f"sqlite:///{tmp_path}/verdicts.db"
    Sink(sink).close()
    workers = [command(source, sink) for _ in range(2)]
    until(lambda: len(stored(sink)[0]) >= 60)
    workers[0].kill()
    workers[0].communicate()
    until(lambda: len(stored(sink)[0]) == 400)
    workers[1].send_signal(signal.SIGTERM)
    said, _ = workers[1].communicate(timeout=60)
    assert workers[1].returncode == 0, said
    assert "judged" in said
    verdicts, effects, _ = stored(sink)
    assert verdicts == effects == sorted(f"p{n}" for n in range(400))


# Brokers that count deliveries and brokers that do not: the worker's own notes tell.
@pytest.mark.parametrize("counting", ["counted", "uncounted"])
def test_a_message_on_which_processes_die_becomes_a_dead_letter(tmp_path: Path, counting: str) -> None:
    address = f"sqlite:///{tmp_path}/queue.db"
    items = [json.dumps({"id": f"p{n}", "text": text_of(n)}).encode() for n in range(30)]
    items[13] = b'{"id": "poison", "text": "anything"}'
    TableQueue(address).put(items)
    deaths = 0
    while job(f"{address}?lease_s=0.5", address, "never", counting, wanted=30) != 0:
        deaths += 1
        assert deaths < 6
    assert deaths in (3, 4)
    verdicts, effects, dead = stored(address)
    assert verdicts == effects == sorted(f"p{n}" for n in range(30) if n != 13)
    assert dead == [("T000", "the process died 3 times while judging it")]


def test_the_command_works_the_queue_until_it_is_empty_and_tells_figures(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/queue.db"
    lines = tmp_path / "items.jsonl"
    lines.write_bytes(b"\n".join(bodies()))
    put = subprocess.run(
        [sys.executable, "-c", "from tutela.cli import main; main()", "stream", "--source", address, "--put", lines],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "223 queued" in put.stderr
    worked = command(address, address, "--until-empty")
    said, _ = worked.communicate(timeout=120)
    assert "220 judged, 200 new, 32 violate, 3 dead letters" in said
    assert worked.returncode == 2


def test_decisions_are_told_once_by_their_key(tmp_path: Path, nats_port: int) -> None:
    address = f"sqlite:///{tmp_path}/queue.db"
    TableQueue(address).put(bodies())
    asyncio.run(_publish(nats_port, "TOLD", []))
    for _ in range(2):
        worked = command(address, address, "--until-empty", "--answer", f"nats://127.0.0.1:{nats_port}/told")
        said, _ = worked.communicate(timeout=120)
        # As if a worker had died after telling and before noting it.
        database = open_database(address)
        with database.transaction() as tx:
            tx.run("UPDATE stream_effect SET sent_at = NULL WHERE item = 'p3'")
        database.close()
    told = asyncio.run(_taken(nats_port, "TOLD"))
    assert sorted(str(json.loads(body)["id"]) for body in told) == sorted(f"p{n}" for n in range(ITEMS)), said


async def _taken(port: int, stream: str) -> list[bytes]:
    import nats

    client = await nats.connect(f"nats://127.0.0.1:{port}")
    js = client.jetstream()
    count = (await js.stream_info(stream)).state.messages
    pull = await js.pull_subscribe(stream.lower(), durable="reader", stream=stream)
    found: list[bytes] = []
    while len(found) < count:
        found += [message.data for message in await pull.fetch(100, timeout=20)]
    await client.close()
    return found


def test_what_is_stored_holds_no_value_in_clear(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path}/verdicts.db"
    queue = f"sqlite:///{tmp_path}/queue.db"
    TableQueue(queue).put([json.dumps({"id": "a", "text": text_of(7)}).encode()])
    assert job(queue, address, "never", wanted=1) == 0
    card = text_of(7).split()[2].strip(",")
    assert card.isdigit()
    assert card.encode() not in (tmp_path / "verdicts.db").read_bytes()
    assert card.encode() not in (tmp_path / "queue.db").read_bytes()


def test_addresses_that_lead_nowhere_are_refused_without_repeating_them(tmp_path: Path) -> None:
    for address in ("secret-word", "amqp://user:secret-word@host/queue", "kafka://host:9092"):
        with pytest.raises(BadSettings) as refused:
            open_source(address)
        assert "secret-word" not in str(refused.value)
    with pytest.raises(StoreGone):
        open_source(f"sqlite:///{tmp_path}/no/such/folder/queue.db")
