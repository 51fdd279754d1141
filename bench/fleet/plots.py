"""Draws docs/img/scale-*.svg from bench/fleet/results.json: python -m bench.fleet.plots"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import matplotlib as mpl

from bench.fleet.measure import RESULTS

mpl.use("svg")
mpl.rcParams.update({"svg.hashsalt": "tutela", "font.size": 10, "axes.spines.top": False, "axes.spines.right": False})

from matplotlib import pyplot as plt  # noqa: E402 - after the choice of the drawing engine

IMAGES = Path(__file__).parents[2] / "docs" / "img"
# One-minute load up to which a machine of two cores counts as quiet while it measures.
QUIET = 3.0
INK, PALE, WARM = "#1f4e79", "#9fbfdc", "#c8702a"


def save(figure: Any, name: str) -> None:
    """The same bytes for the same results: no date inside."""
    figure.tight_layout()
    figure.savefig(IMAGES / f"scale-{name}.svg", metadata={"Date": None})
    plt.close(figure)


def throughput(results: dict[str, Any]) -> None:
    """Posts a second at the margin, beside what two cores could do at best."""
    alone = 1e6 / results["engine"]["us_per_post"]["engine"]
    bars = [("plain, 1 process", results["plain"]["1"]["margin_posts_per_s"]),
            ("plain, 2 processes", results["plain"]["2"]["margin_posts_per_s"])]  # fmt: skip
    bars += [
        (label, results[name]["margin_posts_per_s"])
        for name, label in (("spark", "Spark, 2 workers"), ("ray", "Ray, 2 CPUs"))
        if name in results
    ]
    figure, axes = plt.subplots(figsize=(7, 2.8))
    axes.barh([name for name, _ in bars][::-1], [value for _, value in bars][::-1], color=INK)
    for times in (1, 2):
        axes.axvline(times * alone, color=WARM, linestyle="--", linewidth=1)
        axes.text(times * alone, len(bars) - 0.4, f"{times} × engine alone", color=WARM, ha="center", fontsize=8)
    axes.set_xlabel("posts a second, start-up apart")
    save(figure, "throughput")


def cost(results: dict[str, Any]) -> None:
    """CPU time for a post by the size of the job: start-up is shared by all posts.

    Ray is not here: its processes leave the driver's tree, and what they used is not known.
    """
    figure, axes = plt.subplots(figsize=(7, 3))
    rows = [
        ("plain, 1 process", results["plain"]["1"], INK, 0.0),
        ("plain, 2 processes", results["plain"]["2"], PALE, 0.0),
    ]
    if "spark" in results:
        rows.append(("Spark, 2 workers, without the driver", results["spark"], WARM, results["spark"]["cluster_cpu_s"]))
    for name, result, colour, cluster in rows:
        runs = result["runs"]
        sizes = [run["posts"] for run in runs]
        # The cluster's time is known for both runs together, and shared by their wall time.
        wall = sum(run["wall_s"] for run in runs)
        spent = [run["cpu_s"] + cluster * run["wall_s"] / wall for run in runs]
        axes.plot(
            sizes, [used / size * 1e6 for used, size in zip(spent, sizes, strict=True)], "o-", color=colour, label=name
        )
    axes.axhline(results["engine"]["us_per_post"]["engine"], color="grey", linestyle=":", label="engine alone")
    axes.set_xlabel("posts in the job")
    axes.set_ylabel("CPU µs for a post")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    save(figure, "cost")


def outside(results: dict[str, Any]) -> None:
    """Where the time of a unit goes, beside the engine."""
    figure, axes = plt.subplots(figsize=(7, 1.9))
    for row, name in enumerate(key for key in ("engine with intent", "engine") if key in results):
        parts = results[name]["us_per_post"]
        left = 0.0
        shares = [
            ("read", parts["read"], PALE),
            ("engine", parts["engine"], INK),
            ("to columns", parts["to_table"], WARM),
            ("write", parts["write"], "#5a8f4e"),
        ]
        whole = sum(value for _, value, _ in shares)
        for label, value, colour in shares:
            axes.barh(row, value / whole * 100, left=left, color=colour, label=label if row == 0 else None)
            left += value / whole * 100
    axes.set_yticks(range(row + 1), ["with the intent model", "without"][-row - 1 :])
    axes.set_xlabel("share of a unit's CPU time, %")
    axes.legend(frameon=False, fontsize=8, ncol=4, loc="upper center", bbox_to_anchor=(0.5, 1.35))
    save(figure, "outside")


def memory(results: dict[str, Any]) -> None:
    """Memory of all processes of the plain run over its time."""
    figure, axes = plt.subplots(figsize=(7, 2.4))
    for workers, colour in (("1", INK), ("2", WARM)):
        run = results["plain"][workers]["runs"][-1]
        axes.plot(
            [at for at, _ in run["memory_mib"]],
            [mib for _, mib in run["memory_mib"]],
            color=colour,
            label=f"{workers} processes",
        )
    axes.set_xlabel("seconds")
    axes.set_ylabel("MiB")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
    save(figure, "memory")


def main() -> None:
    """Draws what the results allow."""
    results: dict[str, Any] = json.loads(RESULTS.read_text())
    IMAGES.mkdir(parents=True, exist_ok=True)
    for draw in (cost, outside, memory):
        draw(results)
    # Wall time on a busy machine says how busy it was, and nothing else.
    if max(run["load"] for run in results["plain"]["2"]["runs"]) < QUIET:
        throughput(results)


if __name__ == "__main__":
    main()
