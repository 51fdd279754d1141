"""A played day: people, allowed programs and bots of many kinds on a site of its own, with the truth of each actor.

python -m bench.traffic.play --seed 7 --out day.log --labels day.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from bench.traffic import bots, people
from bench.traffic.people import Played, Row, Site
from tutela.settings import App, Crawler, Platform

START = 1_726_531_200.0  # 2024-09-17, a Tuesday
ROBOTS = "User-agent: *\nDisallow: /api/\nDisallow: /search\nDisallow: /find\nCrawl-delay: 5\n"


def platform_of(site: Site) -> Platform:
    """The profile that goes with a played site."""
    return Platform(
        name="Plaza", domains=(site.host.removeprefix("https://"),), apps=(App(id="com.plaza.app"),), robots_txt=ROBOTS,
        profile_page_pattern=site.profile.replace("{}", "{handle}"), honeypots=("/members-old/",),
        crawlers=(Crawler(name="SeekFar", user_agent="SeekFarBot", ranges=("198.18.200.0/26", "2001:db8:5eef::/48"), verified=True),),
    )  # fmt: skip


def play(seed: int, *, persons: int = 150, each: int = 2) -> tuple[Site, list[Played]]:
    """A site and its actors. The same seed plays the same day."""
    rng = random.Random(seed)
    site = Site.drawn(rng)
    played = [people.person(rng, site) for _ in range(persons)]
    for _ in range(each):
        for part in (
            people.reader_with_cache, people.private_browser, people.night_owl, people.moving_phone, people.paging_person,
            people.single_page_app, people.endless_scroller, people.binge_reader, people.chat_poller, people.proxy_office, people.feed_reader, people.monitor, people.link_preview, people.shared_links, people.archive,
            people.text_browser, people.link_checker,
        ):  # fmt: skip
            played.append(part(rng, site))
        played += [bot(rng, site) for bot in bots.BOTS]
        played.append(bots.false_crawler(rng, site, "SeekFarBot"))
    played.append(people.crowd(rng, site))
    played.append(people.app_crowd(rng, site, "Plaza"))
    played.append(people.search_engine(rng, site, "SeekFarBot", "198.18.200."))
    played.append(people.search_engine(rng, site, "SeekFarBot", "2001:db8:5eef::"))
    return site, played


def line(row: Row) -> str:
    """One combined log line."""
    at, address, agent, method, target, status, referrer = row
    when = f"{datetime.fromtimestamp(START + at, UTC):%d/%b/%Y:%H:%M:%S +0000}"
    return f'{address} - - [{when}] "{method} {target} HTTP/1.1" {status} {len(target) * 97} "{referrer}" "{agent}"'


def in_order(played: Iterable[Played]) -> list[Row]:
    """All rows of a day in the order of time."""
    return sorted((row for actor in played for row in actor.rows if row[0] < people.DAY), key=lambda row: row[0])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--labels", type=Path)
    args = parser.parse_args()
    _, played = play(args.seed)
    args.out.write_text("\n".join(map(line, in_order(played))) + "\n", "utf-8")
    if args.labels:
        with args.labels.open("w", encoding="utf-8") as out:
            for actor in played:
                pairs = sorted({(row[1], row[2]) for row in actor.rows})
                out.write(
                    json.dumps({"kind": actor.kind, "violates": actor.bad, "requests": len(actor.rows), "pairs": pairs})
                    + "\n"
                )


if __name__ == "__main__":
    main()
