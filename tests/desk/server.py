"""A real PostgreSQL server in a folder of its own, on a socket there, for one test session."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def _program(name: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for path in sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)), None
    )
    if found is None:
        pytest.fail(f"{name} is not installed: these tests need PostgreSQL (Debian: apt install postgresql)")
    return found


def _as_server(*command: str, folder: Path) -> None:
    """Runs a command as the server's user: PostgreSQL refuses to run as root."""
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            user = pwd.getpwnam("nobody")
        os.chown(folder, user.pw_uid, user.pw_gid)
        command = ("setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *command)
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False)
    if done.returncode:
        pytest.fail(f"{command[-2:]} failed: {done.stderr[-500:]}")


@contextmanager
def running() -> Iterator[str]:
    """The address of a server's database; the server ends with the block."""
    folder = Path(tempfile.mkdtemp(prefix="tutela-pg-"))
    data = folder / "data"
    options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=40 -c shared_buffers=32MB"
    _as_server(
        _program("initdb"), "--auth=trust", "--username=tutela", "--no-sync", "--encoding=UTF8", "-D", str(data),
        folder=folder,
    )  # fmt: skip
    _as_server(
        _program("pg_ctl"), "-D", str(data), "-o", options, "-w", "-l", str(folder / "log"), "start", folder=folder
    )
    try:
        yield f"postgresql://tutela@/postgres?host={folder}"
    finally:
        _as_server(_program("pg_ctl"), "-D", str(data), "-m", "immediate", "-w", "stop", folder=folder)
        shutil.rmtree(folder, ignore_errors=True)


def fresh_database(address: str, name: str) -> str:
    """A new, empty database on the server; its address."""
    import asyncio

    import asyncpg

    async def make() -> None:
        connection = await asyncpg.connect(address)
        await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        await connection.execute(f'CREATE DATABASE "{name}"')
        await connection.close()

    asyncio.run(make())
    return address.replace("/postgres?", f"/{name}?")
