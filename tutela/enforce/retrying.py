"""When is an order tried again? At once, then ever later, for three days; then it is laid aside for a person.

The steps are those that Standard Webhooks recommends; a little chance keeps orders that failed together from coming
back together.
"""

from __future__ import annotations

import random

# Seconds after each failed attempt. A receiver that is down over a weekend loses nothing.
STEPS_S = (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
SPREAD = 0.1


def next_try_s(attempts: int, chance: random.Random) -> int | None:
    """Seconds to the next attempt after `attempts` failed ones (1 and more); None when it is enough."""
    if attempts > len(STEPS_S):
        return None
    step = STEPS_S[attempts - 1]
    return max(1, round(step * (1 + SPREAD * chance.random())))
