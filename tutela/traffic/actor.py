"""What has one actor done so far? A state of bounded size, updated request by request.

On the hot path: 16 µs a line are all there is for everything.
"""

from __future__ import annotations

from array import array

from tutela.traffic.agents import Agent
from tutela.traffic.paths import ACTION, API, ASSET, CODE, FEED, HEALTH, LOGIN, PAGE, PROFILE, RULES, SEARCH, Place
from tutela.traffic.sketch import Distinct

SESSION_GAP_S = 1_800.0
# Requests by quarter of an hour of the day (UTC): a byte each for the first 15, a table from the 16th on.
SLOT_S, SLOTS, DAY_FROM = 900, 96, 16
# Templates followed for each actor; the least used makes room.
MOST_TRACKS = 4
# First requests of a bare actor, kept until it is known whether it belongs to many addresses that act as one.
MOST_EARLY = 6


class Track:
    """How one actor goes through the things of one path template: how many, and in what order."""

    __slots__ = ("count", "equal", "falls", "kind", "last", "nowhere", "ones", "rises", "template", "things")

    def __init__(self, template: str, kind: int, nowhere: bool) -> None:
        self.template = template
        self.kind = kind
        # True for requests that come from no page; those with a referrer have a track of their own.
        self.nowhere = nowhere
        self.count = 0
        self.rises = 0
        self.falls = 0
        self.equal = 0
        self.ones = 0
        self.last: int | str = ""
        self.things = Distinct()

    def see(self, ident: int | str, thing: int) -> None:
        self.count += 1
        last = self.last
        if type(last) is type(ident):
            if ident == last:
                self.equal += 1
            elif ident > last:  # type: ignore[operator]
                self.rises += 1
                if ident.__class__ is int and ident - last == 1:  # type: ignore[operator]
                    self.ones += 1
            else:
                self.falls += 1
        self.last = ident
        self.things.add(thing)

    @property
    def ordered(self) -> float:
        """Share of steps in the commoner direction, 0.0 to 1.0; 0.5 is no order, 0.0 too few steps to say."""
        steps = self.rises + self.falls
        return max(self.rises, self.falls) / steps if steps >= 8 else 0.0


class Actor:
    """One client. Times are seconds since 1970; gaps are between requests that are no assets, within a session."""

    __slots__ = (
        "account",
        "actions",
        "address",
        "agent",
        "apis",
        "assets",
        "breaks",
        "codes",
        "codes_failed",
        "day",
        "disallowed",
        "early",
        "errors",
        "feeds",
        "fetched_rules",
        "few",
        "first",
        "gap_n",
        "gap_square",
        "gap_sum",
        "heads",
        "honeypots",
        "hours",
        "hours_seen",
        "impossible",
        "key",
        "last",
        "last_hour",
        "last_page",
        "logins",
        "logins_failed",
        "longest_break",
        "minute",
        "minute_n",
        "missing",
        "noref",
        "odd_methods",
        "pages",
        "peak",
        "posts",
        "print",
        "probed",
        "probes",
        "profiles",
        "refs",
        "refused",
        "requests",
        "searches",
        "server_errors",
        "sessions",
        "things",
        "tracks",
    )  # fmt: skip

    def __init__(self, key: str, address: str, agent: Agent, account: str, fingerprint: str, at: float) -> None:
        self.key, self.address, self.agent, self.account, self.print = key, address, agent, account, fingerprint
        self.first = self.last = at
        self.last_page = 0.0
        self.requests = self.pages = self.assets = self.apis = self.feeds = self.actions = 0
        self.logins = self.logins_failed = self.codes = self.codes_failed = self.searches = self.profiles = 0
        self.heads = self.posts = self.odd_methods = self.errors = self.missing = self.refused = self.server_errors = 0
        self.refs = self.noref = self.fetched_rules = self.disallowed = self.honeypots = self.breaks = self.probed = 0
        self.sessions = 1
        self.longest_break = 0.0
        self.gap_n = 0
        self.gap_sum = self.gap_square = 0.0
        self.hours = 0
        self.hours_seen = 0
        self.last_hour = -1
        self.minute = -1
        self.minute_n = self.peak = 0
        self.impossible = ""
        self.things: Distinct | None = None
        self.tracks: dict[int, Track] | None = None
        self.probes: dict[str, int] | None = None
        self.early: list[tuple[float, Place]] | None = None
        self.day: array[int] | None = None
        self.few = bytearray()

    def see(self, at: float, place: Place, method: str, status: int, referrer: str) -> None:
        """Takes one request. Times may go back a little, as they do in logs of several workers."""
        self.requests = requests = self.requests + 1
        kind = place.kind
        slot = int(at) // SLOT_S % SLOTS
        if requests < DAY_FROM:
            self.few.append(slot)
        else:
            day = self.day
            if day is None:
                day = self._unfold()
            day[slot] += 1
        gap = at - self.last
        if gap > 0:
            if gap > SESSION_GAP_S:
                self.sessions += 1
                if gap > self.longest_break:
                    self.longest_break = gap
            self.last = at
        if place.probe:
            self._probe(place)
        if status >= 400:
            self._error(status, kind)
        if kind == ASSET:
            self.assets += 1
            return
        if kind == RULES:
            self.fetched_rules += 1
            return
        self._rhythm(at)
        # robots.txt speaks to who comes by itself, not to the scripts of the site's own pages.
        if referrer == "-" or not referrer:
            self.noref += 1
            self.disallowed += place.disallowed
        elif referrer != "?":
            self.refs += 1
        else:
            self.disallowed += place.disallowed
        if place.honeypot:
            self.honeypots += 1
        if method == "GET":
            pass
        elif method == "POST":
            self.posts += 1
        elif method == "HEAD":
            self.heads += 1
        else:
            self.odd_methods += 1
        self._count(kind, status, method)
        things = self.things
        if things is None:
            things = self.things = Distinct()
        things.add(place.which)
        if place.ident != "":
            self._track(place, referrer)
        if not self.assets and not self.refs:
            early = self.early
            if early is None:
                self.early = [(at, place)]
            elif len(early) < MOST_EARLY:
                early.append((at, place))
        elif self.early is not None:
            self.early = None

    def _unfold(self) -> array[int]:
        day = self.day = array("L", bytes(8 * SLOTS))
        for slot in self.few:
            day[slot] += 1
        self.few = bytearray()
        return day

    def quarters(self) -> tuple[int, ...]:
        """Requests by quarter of an hour of the day, UTC."""
        if self.day is not None:
            return tuple(self.day)
        return tuple(self.few.count(slot) for slot in range(SLOTS))

    def _rhythm(self, at: float) -> None:
        last = self.last_page
        if last:
            gap = at - last
            if 0 <= gap < SESSION_GAP_S:
                self.gap_n += 1
                self.gap_sum += gap
                self.gap_square += gap * gap
        if at >= last:
            self.last_page = at
        minute = int(at) // 60
        if minute != self.minute:
            self.minute, self.minute_n = minute, 0
            hour = minute // 60
            if hour != self.last_hour:
                self.last_hour = hour
                self.hours |= 1 << hour % 24
                self.hours_seen += 1
        self.minute_n += 1
        if self.minute_n > self.peak:
            self.peak = self.minute_n

    def _count(self, kind: int, status: int, method: str) -> None:
        if kind in (PAGE, HEALTH):
            self.pages += 1
        elif kind == PROFILE:
            self.pages += 1
            self.profiles += 1
        elif kind == API:
            self.apis += 1
        elif kind == FEED:
            self.feeds += 1
        elif kind == SEARCH:
            self.pages += 1
            self.searches += 1
        elif kind == ACTION:
            self.actions += 1
        elif kind == LOGIN:
            if method == "POST":
                self.logins += 1
                if status in (400, 401, 403, 422, 423, 429):
                    self.logins_failed += 1
            else:
                self.pages += 1
        elif kind == CODE:
            self.codes += 1
            if status in (400, 401, 403, 404, 410, 422, 429):
                self.codes_failed += 1

    def _track(self, place: Place, referrer: str) -> None:
        tracks = self.tracks
        if tracks is None:
            tracks = self.tracks = {}
        # Requests that come from nowhere are followed apart, so that a sweep stays visible among the visits of the
        # people who share address and agent with it.
        nowhere = referrer == "-" or not referrer
        where = place.where if nowhere else -place.where
        track = tracks.get(where)
        if track is None:
            if len(tracks) >= MOST_TRACKS:
                least = min(tracks, key=lambda one: tracks[one].count)
                if tracks[least].count > 8:
                    tracks[least].count -= 1  # aged, so that a template that is used no more gives way in time
                    return
                del tracks[least]
            track = tracks[where] = Track(place.template, place.kind, nowhere)
        track.see(place.ident, place.thing)

    def _probe(self, place: Place) -> None:
        if self.probes is None:
            self.probes = {}
        self.probes[place.probe] = self.probes.get(place.probe, 0) + 1
        self.probed += 1

    def _error(self, status: int, kind: int) -> None:
        self.errors += 1
        if status in (404, 410) and kind != ASSET:
            self.missing += 1
        elif status in (401, 403, 429):
            self.refused += 1
        elif status >= 500:
            self.server_errors += 1

    @property
    def visits(self) -> int:
        """Requests that mean something: all but assets and robots.txt and its kin."""
        return self.requests - self.assets - self.fetched_rules

    @property
    def bare(self) -> bool:
        """True while neither assets nor referrers came: no browser shows pages like that."""
        return self.assets * 10 <= self.visits and self.refs * 10 <= self.visits

    @property
    def polls(self) -> bool:
        """True when most of it is a loaded page's script that asks its API: a clock there is no sign of a program."""
        return self.apis * 2 >= self.visits and (self.assets >= 3 or self.refs * 2 >= self.visits)

    @property
    def rhythm(self) -> float:
        """Coefficient of variation of the gaps: near 0 a clock, 1 a Poisson process, above 1 bursts; -1 too few."""
        if self.gap_n < 12 or self.gap_sum <= 0:
            return -1.0
        mean = self.gap_sum / self.gap_n
        return float(max(self.gap_square / self.gap_n - mean * mean, 0.0) ** 0.5 / mean)

    def sweeps(self) -> list[Track]:
        """The templates followed, the most used first."""
        return sorted(self.tracks.values(), key=lambda track: -track.count) if self.tracks else []

    def distinct(self) -> int:
        """Different paths that are no assets."""
        return min(self.things.count(), self.visits) if self.things else 0
