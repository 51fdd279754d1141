"""How likely is it that a program moves like this? A small calibrated model over what an actor does, blind to its agent.

Logistic regression whose weights are fitted on played days by `python -m bench.traffic.fit` and stand in
`behaviour.json` beside their means, so that every verdict can be taken apart into its reasons.
"""

from __future__ import annotations

import math
from functools import lru_cache
from importlib import resources

import msgspec
from msgspec import Struct

from tutela.traffic.actor import Actor

# Fewer visits than this say nothing of behaviour.
LEAST_VISITS = 10
NAMES = (
    "many visits", "pictures, scripts and styles", "comes from the site's pages", "uneven gaps", "time between pages", "hours of the day",
    "different pages", "one kind of page", "pages in order", "pages that do not exist", "HEAD requests", "API requests", "busiest minute",
    "refused requests", "posts", "reads robots.txt", "reads feeds",
)  # fmt: skip


class Weights(Struct, frozen=True):
    """Weights for standardised features; `slope` and `shift` turn the score into a calibrated probability."""

    trained_on: str
    means: tuple[float, ...]
    scales: tuple[float, ...]
    weights: tuple[float, ...]
    bias: float
    slope: float
    shift: float


def features(actor: Actor) -> tuple[float, ...]:
    """What the model sees, in the order of NAMES; all bounded."""
    visits = max(actor.visits, 1)
    tracks = actor.sweeps()
    top = tracks[0] if tracks else None
    rhythm = actor.rhythm
    mean_gap = actor.gap_sum / actor.gap_n if actor.gap_n else 60.0
    return (
        math.log1p(visits),
        min(math.log1p(actor.assets / visits), 3.0),
        actor.refs / visits,
        min(rhythm, 3.0) if rhythm >= 0 else 1.0,
        math.log1p(mean_gap),
        actor.hours.bit_count() / 24,
        actor.distinct() / visits,
        top.count / visits if top else 0.0,
        top.ordered if top else 0.0,
        actor.missing / visits,
        actor.heads / visits,
        actor.apis / visits,
        math.log1p(actor.peak),
        actor.refused / visits,
        actor.posts / visits,
        float(actor.fetched_rules > 0),
        actor.feeds / visits,
    )


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """The shipped weights."""
    return msgspec.json.decode((resources.files("tutela.traffic") / "behaviour.json").read_bytes(), type=Weights)


def probability(values: tuple[float, ...], weights: Weights) -> tuple[float, tuple[str, ...]]:
    """The calibrated probability that a program moves so, and the three features that speak most for it."""
    parts = [w * (v - m) / s for w, v, m, s in zip(weights.weights, values, weights.means, weights.scales, strict=True)]
    score = weights.slope * (sum(parts) + weights.bias) + weights.shift
    order = sorted(range(len(parts)), key=lambda i: -parts[i])[:3]
    chance = 1.0 / (1.0 + math.exp(-max(min(score, 30.0), -30.0)))
    return chance, tuple(NAMES[i] for i in order if parts[i] > 0)


def program_like(actor: Actor) -> tuple[float, tuple[str, ...]]:
    """As `probability`, for an actor; (0.0, ()) while it has done too little to say."""
    if actor.visits < LEAST_VISITS:
        return 0.0, ()
    return probability(features(actor), load_weights())
