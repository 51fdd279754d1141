"""What in an actor's requests speaks of an automated client, and what harm does it do? Each answer with its figures.

A sign is `automatic` when no person with a browser does that, and has a `clause` when it is a harm. Neither alone is a
violation: a monitor is automatic and harmless, a person may read a hundred profiles.
"""

from __future__ import annotations

from datetime import UTC, datetime

from msgspec import Struct

from tutela.traffic.actor import Actor, Track
from tutela.traffic.agents import impossible_on
from tutela.traffic.excuses import GENTLE, Standing
from tutela.traffic.paths import API
from tutela.traffic.robots import Robots

COLLECTION = "ps.deceptive_collection"
ACCESS = "ps.unauthorized_access"
OTHER = "ps.other"

# A person opens pages with their pictures, scripts and referrers. Below this many pages a cache may explain their lack.
BARE_FROM = 25
# Things of one kind in one order: a person who goes through a list of twenty is not rare, of forty is.
SWEEP_FROM = 40
# Gaps that differ by less than a quarter of their mean: people's gaps between pages differ by more than their mean
# (Barabási, "The origin of bursts and heavy tails in human dynamics", Nature 435, 2005).
CLOCK, EVEN = 0.25, 0.6
FLOOD_PER_MINUTE = 600


class Sign(Struct, frozen=True):
    """One thing seen. `says` is for people, with figures; `confidence` is of the sign being what it says."""

    kind: str
    confidence: float
    says: str
    automatic: bool = False
    clause: str = ""


def signs_of(actor: Actor, standing: Standing, robots: Robots) -> list[Sign]:
    """All signs of one actor, harms and traits, in no order."""
    signs = [*_claims(actor, standing), *_manner(actor, standing)]
    signs += _sweeps(actor, standing)
    signs += _attacks(actor)
    signs += _rules_broken(actor, standing, robots)
    return signs


def _claims(actor: Actor, standing: Standing) -> list[Sign]:
    agent, signs = actor.agent, []
    # Previews are also fetched by people's own phones: only many from one address are a lie.
    if standing.lie and actor.visits >= (3 if standing.sure or standing.purpose not in GENTLE else 30):
        signs.append(Sign("false-crawler", 0.97 if standing.sure else 0.8, standing.lie, True, COLLECTION))
    if agent.kind in ("library", "crawler", "automated") and not standing.ours:
        signs.append(Sign("declared-automation", 0.97, f"says itself that it is {agent.name}", True))
    elif agent.kind == "headless":
        signs.append(Sign("headless", 0.95, "a browser without a screen, driven by a program", True))
    elif agent.kind == "empty" and actor.visits >= 10:
        signs.append(Sign("declared-automation", 0.8, "sends no agent at all", True))
    odd = impossible_on(agent, datetime.fromtimestamp(actor.first, UTC).date())
    if odd:
        signs.append(Sign("impossible-browser", 0.9, odd, True))
    return signs


def _manner(actor: Actor, standing: Standing) -> list[Sign]:
    signs, visits = [], actor.visits
    views = actor.pages + (0 if standing.ours or actor.polls else actor.apis)
    if (
        views >= BARE_FROM
        and actor.bare
        and actor.agent.kind != "app"
        and not standing.ours
        and not actor.agent.accessible
    ):
        sure = 0.9 if views < 60 else 0.95
        signs.append(
            Sign("missing-assets", sure, f"{views} pages with {actor.assets} pictures, scripts or styles", True)
        )
        signs.append(Sign("missing-referrers", sure, f"{actor.noref} of {visits} requests come from no page"))
    rhythm = actor.rhythm
    if actor.polls:
        rhythm = -1.0
    if 0 <= rhythm <= CLOCK and actor.gap_n >= 30:
        mean = actor.gap_sum / actor.gap_n
        signs.append(Sign("regular-rhythm", 0.93, f"one request every {mean:.0f} s, gaps differ by {rhythm:.0%}", True))
    elif 0 <= rhythm <= EVEN and actor.gap_n >= 60 and actor.bare:
        mean = actor.gap_sum / actor.gap_n
        signs.append(
            Sign("regular-rhythm", 0.85, f"about one request every {mean:.0f} s, gaps differ by {rhythm:.0%}", True)
        )
    hours = actor.hours.bit_count()
    if (
        hours >= 20
        and actor.hours_seen >= 20
        and actor.longest_break < 4 * 3_600
        and actor.bare
        and not standing.shared
    ):
        signs.append(
            Sign(
                "around-the-clock",
                0.85,
                f"active in {hours} of 24 hours, never away for longer than {_span(max(actor.longest_break, 1_800))}",
                True,
            )
        )
    if actor.peak >= 60 and actor.bare:
        signs.append(
            Sign(
                "request-rate", 0.85, f"up to {actor.peak} pages in a minute", not standing.ours and not standing.shared
            )
        )
    elif actor.peak >= 30 and actor.bare:
        signs.append(Sign("request-rate", 0.75, f"up to {actor.peak} pages in a minute"))
    if actor.missing >= 20 and actor.missing * 4 >= visits:
        signs.append(Sign("error-mix", 0.75, f"{actor.missing} of {visits} pages do not exist"))
    if actor.heads >= 20 and actor.heads * 2 >= visits and actor.distinct() >= 10:
        signs.append(Sign("method-mix", 0.85, f"{actor.heads} HEAD requests, which no browser sends for pages", True))
    elif actor.odd_methods >= 10 and actor.apis == 0:
        signs.append(Sign("method-mix", 0.75, f"{actor.odd_methods} requests with methods no page uses"))
    return signs


def _sweeps(actor: Actor, standing: Standing) -> list[Sign]:
    signs = []
    for track in actor.sweeps():
        sign = _sweep(actor, standing, track)
        if sign is not None:
            signs.append(sign)
    views = actor.pages + actor.apis + actor.feeds
    different = actor.distinct()
    # GraphQL has one path for everything: what differs is in what is posted.
    asks = different >= 20 or (actor.apis >= 100 and actor.posts * 2 >= actor.apis)
    if (
        actor.apis >= 40
        and actor.apis * 2 >= actor.visits
        and actor.bare
        and not standing.ours
        and asks
        and not actor.polls
    ):
        signs.append(
            Sign(
                "api-without-app",
                0.85,
                f"{actor.apis} API requests without the app or the pages that call it",
                clause=COLLECTION,
            )
        )
    if actor.searches >= 40 and actor.bare and different >= 30:
        signs.append(Sign("search-sweep", 0.9, f"{actor.searches} pages of search results", True, COLLECTION))
    if (
        views - actor.feeds >= 60
        and different >= 50
        and actor.bare
        and standing.purpose not in GENTLE
        and not standing.ours
    ):
        signs.append(Sign("breadth", 0.85, f"{different} different pages taken", clause=COLLECTION))
    return signs


def _sweep(actor: Actor, standing: Standing, track: Track) -> Sign | None:
    """A sweep is many things of one kind, each once, in order; or in no order, but by a client that shows no page."""
    things, steps = min(track.things.count(), track.count), track.rises + track.falls
    if things < 20 or steps < 20:
        return None
    once = things >= 0.85 * track.count
    ordered = track.ordered >= 0.85
    paged = track.ones >= 0.7 * steps and things >= 20
    what = _what(actor, track)
    naked = actor.assets == 0 and actor.refs == 0 and track.ordered >= 0.95
    if ordered and once and (_no_person(actor, track, things) if not actor.bare else things >= SWEEP_FROM or naked):
        way = "rising" if track.rises >= track.falls else "falling"
        numbers = isinstance(track.last, int)
        kind = what if what != "enumeration" or numbers else "sweep"
        return Sign(
            kind, 0.96, f"{things} of {track.template}, each once, {track.ordered:.0%} in {way} order", True, COLLECTION
        )
    if paged and actor.bare and track.count >= SWEEP_FROM:
        return Sign(
            "pagination", 0.92, f"{track.count} pages of {track.template}, one after the other", True, COLLECTION
        )
    alone = (actor.bare or actor.agent.automated) and not standing.ours and standing.purpose not in GENTLE
    if once and things >= SWEEP_FROM and alone and track.count * 2 >= actor.visits:
        return Sign(what, 0.9, f"{things} of {track.template}, hardly one twice", clause=COLLECTION)
    return None


def _no_person(actor: Actor, track: Track, things: int) -> bool:
    """Whether a browser that shows pages was driven through them: more in order than people take.

    People scroll lists without end, read three hundred strips of a comic one after the other, and let players count
    segments; but nobody opens a hundred people by the alphabet.
    """
    if track.kind == API and not track.nowhere:
        return actor.assets == 0 and things >= 100 and "={n}" not in track.template
    if not isinstance(track.last, int):
        return things >= 100
    if "={n}" in track.template:
        return things >= 1_000
    even = 0 <= actor.rhythm <= 0.7
    return things >= (100 if even else 200 if track.nowhere else 600)


def _what(actor: Actor, track: Track) -> str:
    return "profile-sweep" if actor.profiles * 2 >= actor.visits and "{name}" in track.template else "enumeration"


def _attacks(actor: Actor) -> list[Sign]:
    signs = []
    if actor.probes:
        families = len(actor.probes)
        if actor.probed >= 5 or (families >= 2 and actor.probed >= 3):
            sure = 0.97 if families >= 2 or actor.probed >= 15 else 0.88
            names = ", ".join(sorted(actor.probes))
            signs.append(
                Sign("vulnerability-probe", sure, f"{actor.probed} requests that look for: {names}", True, ACCESS)
            )
    if actor.logins >= 20 and actor.logins_failed >= 0.8 * actor.logins:
        signs.append(
            Sign(
                "login-attack",
                0.9,
                f"{actor.logins_failed} of {actor.logins} sign-ins refused",
                actor.logins >= 60,
                ACCESS,
            )
        )
    if actor.codes >= 20 and actor.codes_failed >= 0.8 * actor.codes:
        signs.append(Sign("code-guessing", 0.9, f"{actor.codes_failed} of {actor.codes} codes refused", True, ACCESS))
    if actor.actions >= 60 and (0 <= actor.rhythm <= EVEN or actor.bare) and actor.actions * 2 >= actor.visits:
        even = 0 <= actor.rhythm <= EVEN
        signs.append(Sign("bulk-actions", 0.88, f"{actor.actions} messages, follows or likes in a row", even, OTHER))
    if actor.peak >= FLOOD_PER_MINUTE and actor.bare and actor.distinct() * 20 <= actor.visits:
        signs.append(Sign("flood", 0.9, f"{actor.peak} requests a minute for {actor.distinct()} pages", True, OTHER))
    return signs


def _rules_broken(actor: Actor, standing: Standing, robots: Robots) -> list[Sign]:
    signs = []
    if actor.honeypots:
        signs.append(
            Sign(
                "honeypot",
                0.93,
                f"{actor.honeypots} requests for pages that no person is led to",
                actor.bare,
                COLLECTION,
            )
        )
    # robots.txt speaks to crawlers; the platform's own app calls its API all day.
    if actor.disallowed >= 10 and actor.disallowed * 20 >= actor.visits and not standing.ours and not actor.polls:
        text = f"{actor.disallowed} of {actor.visits} requests for what robots.txt forbids"
        signs.append(Sign("robots-broken", 0.9, text, clause=COLLECTION))
    delay = robots.everyone.delay_s
    if delay and actor.gap_n >= 30 and actor.gap_sum / actor.gap_n < 0.5 * delay:
        mean = actor.gap_sum / actor.gap_n
        signs.append(
            Sign("crawl-delay-broken", 0.8, f"{mean:.1f} s between requests; robots.txt asks for {delay:.0f} s")
        )
    return signs


def _span(seconds: float) -> str:
    return f"{max(seconds, 60) / 3_600:.1f} hours" if seconds >= 3_600 else f"{max(seconds, 60) / 60:.0f} minutes"
