"""Fits the behaviour model on played days, calibrates it on other days, and measures it where nothing was fitted.

    python -m bench.traffic.fit                     measure the shipped weights
    python -m bench.traffic.fit --write             fit anew
    python -m bench.traffic.fit --log access.log    also measure on a log, by what its agents say of themselves

A third of the kinds of bots is kept out of the fitting, so that the figure is on kinds never seen.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import msgspec
import numpy as np

from bench.traffic import play as days
from bench.traffic.play import START, in_order, platform_of
from tutela.settings import Platform
from tutela.traffic import behaviour
from tutela.traffic.behaviour import LEAST_VISITS, Weights, features
from tutela.traffic.lines import Reader
from tutela.traffic.requests import Requests
from tutela.traffic.source import read_blocks

KEPT_OUT = (
    "profiles with false referrers",
    "API without the app",
    "bulk follows",
    "ids counted up",
    "headless browser",
    "real browser driven in order",
)
TRAIN, CALIBRATE, TEST = range(1, 13), range(13, 19), range(500, 508)
# Sweeps hidden among people and clients with a request an address cannot be seen in one actor: `swarm` is for them.
UNSEEN = (
    "sweep behind people's address",
    "rotating addresses, one agent",
    "rotating addresses and agents",
    "one network, many addresses",
)
# Allowed programs are programs: the model tells how one moves, not whether one may.
PROGRAMS = ("feed reader", "monitor", "link preview", "proven search engine", "archive", "own small script")


def rows(seeds: range) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Features, truth (a program or not) and kinds of the actors of some played days."""
    xs, ys, kinds = [], [], []
    for seed in seeds:
        site, played = days.play(seed)
        requests = Requests(platform_of(site))
        truth = {(row[1], row[2]): actor for actor in played for row in actor.rows[:: max(len(actor.rows) // 500, 1)]}
        requests.take((START + r[0], r[1], r[2], r[3], r[4], r[5], r[6], "", "") for r in in_order(played))
        for (address, agent, _), actor in requests._actors.items():
            known = truth.get((address, agent))
            if known is None or actor.visits < LEAST_VISITS or known.kind in UNSEEN:
                continue
            xs.append(features(actor))
            ys.append(known.bad or known.kind in PROGRAMS)
            kinds.append(known.kind)
    return np.array(xs), np.array(ys, dtype=float), kinds


def newton(x: np.ndarray, y: np.ndarray, weight: np.ndarray, ridge: float, rounds: int = 60) -> np.ndarray:
    """Ridge logistic regression by Newton's method; the last weight is the bias and is not shrunk."""
    x1 = np.hstack([x, np.ones((len(x), 1))])
    beta, penalty = np.zeros(x1.shape[1]), np.full(x1.shape[1], ridge)
    penalty[-1] = 1e-9
    for _ in range(rounds):
        p = 1 / (1 + np.exp(-np.clip(x1 @ beta, -30, 30)))
        gradient = x1.T @ (weight * (p - y)) + penalty * beta
        hessian = (x1 * (weight * p * (1 - p))[:, None]).T @ x1 + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-7:
            break
    return beta


def fit() -> Weights:
    x, y, kinds = rows(TRAIN)
    seen = np.array([kind not in KEPT_OUT for kind in kinds])
    x, y = x[seen], y[seen]
    means, scales = x.mean(0), np.maximum(x.std(0), 1e-3)
    balance = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean()))
    beta = newton((x - means) / scales, y, balance, ridge=8.0)
    cx, cy, ckinds = rows(CALIBRATE)
    seen = np.array([kind not in KEPT_OUT for kind in ckinds])
    score = ((cx[seen] - means) / scales) @ beta[:-1] + beta[-1]
    # Platt's scaling with his smoothed targets, on days that the weights have not seen.
    good, bad = (cy[seen] > 0).sum(), (cy[seen] == 0).sum()
    target = np.where(cy[seen] > 0, (good + 1) / (good + 2), 1 / (bad + 2))
    slope, shift = newton(score[:, None], target, np.ones(len(score)), ridge=1e-3)
    as_floats = lambda a: tuple(round(float(v), 5) for v in a)  # noqa: E731
    return Weights(
        trained_on=f"played days, seeds {TRAIN.start} to {TRAIN.stop - 1}; calibrated on {CALIBRATE.start} to {CALIBRATE.stop - 1}",
        means=as_floats(means), scales=as_floats(scales), weights=as_floats(beta[:-1]), bias=round(float(beta[-1]), 5),
        slope=round(float(slope), 5), shift=round(float(shift), 5),
    )  # fmt: skip


def auc(y: np.ndarray, p: np.ndarray) -> float:
    """Area under the curve by ranks, ties at half."""
    order = np.argsort(p, kind="mergesort")
    ranks = np.empty(len(p))
    ranks[order] = np.arange(1, len(p) + 1)
    for value in np.unique(p):
        ranks[p == value] = ranks[p == value].mean()
    n1, n0 = y.sum(), (1 - y).sum()
    return float((ranks[y > 0].sum() - n1 * (n1 + 1) / 2) / (n1 * n0))


def say(name: str, y: np.ndarray, p: np.ndarray) -> None:
    caught, wrong = (p[y > 0] >= 0.9).mean(), (p[y == 0] >= 0.9).mean()
    sure = y[p >= 0.9].mean() if (p >= 0.9).any() else float("nan")
    print(
        f"{name}: {len(y)} actors, {int(y.sum())} programs, AUC {auc(y, p):.3f}; at 0.9: {caught:.2f} of programs, {wrong:.3f} of people, right {sure:.3f}"
    )


def measure(weights: Weights, log: Path | None) -> None:
    x, y, kinds = rows(TEST)
    p = np.array([behaviour.probability(tuple(v), weights)[0] for v in x])
    out = np.array([kind in KEPT_OUT for kind in kinds])
    say("other days, kinds seen", y[~out], p[~out])
    say("other days, kinds never seen", y[out | (y == 0)], p[out | (y == 0)])
    for low, high in ((0.0, 0.1), (0.1, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1.01)):
        inside = (p >= low) & (p < high)
        if inside.any():
            print(
                f"  said {low:.2f} to {min(high, 1):.2f}: {inside.sum():5} actors, {y[inside].mean():.3f} are programs, {p[inside].mean():.3f} said on average"
            )
    if log is None:
        return
    reader, requests = Reader(), Requests(Platform.none())
    for block in read_blocks(log):
        requests.take(reader.read(block.text, block.name, block.first_line))
    actors = [actor for actor in requests._actors.values() if actor.visits >= LEAST_VISITS]
    y = np.array([float(actor.agent.automated) for actor in actors])
    p = np.array([behaviour.probability(features(actor), weights)[0] for actor in actors])
    say(f"{log.name}, by what agents say", y, p)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--log", type=Path)
    args = parser.parse_args()
    path = Path(behaviour.__file__).with_name("behaviour.json")
    if args.write:
        path.write_bytes(msgspec.json.format(msgspec.json.encode(fit()), indent=1) + b"\n")
    measure(msgspec.json.decode(path.read_bytes(), type=Weights), args.log)


if __name__ == "__main__":
    main()
