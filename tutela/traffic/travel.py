"""Could a person have been in both places? Distances between countries and points, and the speed they ask for."""

from __future__ import annotations

import math
from functools import lru_cache

from tutela.reference.rows import rows

EARTH_KM = 6_371.0088  # mean radius, IUGG
# Airliners cruise at 800 to 950 km/h over ground, with the jet stream behind them up to about 1,100.
FASTEST_KMH = 1_100.0
# A country is larger than its listed places, and address databases are off by tens of kilometres.
COUNTRY_SLACK_KM, POINT_SLACK_KM = 300.0, 100.0


def distance_km(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Great-circle distance of two points in degrees (latitude, longitude), by the haversine formula."""
    la, lb = math.radians(a[0]), math.radians(b[0])
    half = math.sin((lb - la) / 2) ** 2 + math.cos(la) * math.cos(lb) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    return 2 * EARTH_KM * math.asin(min(1.0, math.sqrt(half)))


@lru_cache(maxsize=1)
def _places() -> dict[str, list[tuple[float, float]]]:
    places: dict[str, list[tuple[float, float]]] = {}
    for country, lat, lon, _ in rows("country_places"):
        places.setdefault(country, []).append((float(lat), float(lon)))
    return places


@lru_cache(maxsize=20_000)
def country_km(a: str, b: str) -> float:
    """Least distance between two countries' listed places, less the slack; 0 for the same or an unknown country."""
    places = _places()
    if a == b or a not in places or b not in places:
        return 0.0
    return max(min(distance_km(p, q) for p in places[a] for q in places[b]) - COUNTRY_SLACK_KM, 0.0)


def apart_km(a: tuple[str, tuple[float, float] | None], b: tuple[str, tuple[float, float] | None]) -> float:
    """How far apart two (country, point) surely are, in km; never too much, 0 when unknown."""
    if a[1] is not None and b[1] is not None:
        return max(distance_km(a[1], b[1]) - POINT_SLACK_KM, 0.0)
    return country_km(a[0], b[0])


def speed_kmh(km: float, seconds: float) -> float:
    """The speed a journey asks for; at least a minute is taken, as clocks differ."""
    return km / (max(seconds, 60.0) / 3_600.0)
