"""A Spark cluster of separate processes on this machine: a master and workers of one core each."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from .conftest import free_port
from .posts import ROOT

HOME = {"SPARK_LOCAL_IP": "127.0.0.1"}


class Cluster:
    """A standalone master and two workers, each a process of its own with one core."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.master = f"spark://127.0.0.1:{self.port}"
        self.processes = [self._start("master", "master.Master", "--host", "127.0.0.1", "--port", str(self.port),
                                      "--webui-port", "0")]  # fmt: skip
        self._wait_for("master", "I have been elected leader")
        for number in (1, 2):
            self.processes.append(
                self._start(f"worker{number}", "worker.Worker", "--host", "127.0.0.1", "--webui-port", "0",
                            "-c", "1", "-m", "1g", "-d", str(folder / f"work{number}"), self.master)
            )  # fmt: skip
        for number in (1, 2):
            self._wait_for(f"worker{number}", "Successfully registered with master")

    def _start(self, name: str, kind: str, *arguments: str) -> subprocess.Popen[bytes]:
        import pyspark

        program = Path(pyspark.__file__).parent / "bin" / "spark-class"
        with (self.folder / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                [program, f"org.apache.spark.deploy.{kind}", *arguments], stdout=log, stderr=log, start_new_session=True,
                env={**os.environ, **HOME, "SPARK_NO_DAEMONIZE": "1", "PYSPARK_PYTHON": sys.executable, "PYTHONPATH": str(ROOT)},
            )  # fmt: skip

    def _wait_for(self, name: str, words: str) -> None:
        deadline = time.monotonic() + 180
        log = self.folder / f"{name}.log"
        while words not in log.read_text(errors="replace"):
            assert time.monotonic() < deadline, log.read_text(errors="replace")[-3000:]
            os.sched_yield()

    def kill_worker(self, number: int) -> int:
        """SIGKILL to a worker, its executor and the executor's Python processes; how many died."""
        group = self.processes[number].pid
        tree = [group, *below(group)]
        for pid in tree:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        return len(tree)

    def cpu_s(self) -> float:
        """CPU seconds of the cluster's processes and of their children that have ended."""
        ticks = 0
        for process in self.processes:
            for pid in (process.pid, *below(process.pid)):
                try:
                    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                except OSError:
                    continue
                ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        for process in reversed(self.processes):
            for pid in [*below(process.pid), process.pid]:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            process.wait()


def below(pid: int) -> list[int]:
    """All processes under one."""
    found: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += [int(child), *below(int(child))]
    except OSError:
        return found
    return found
