"""Is an automated client one that may be here, and does its name stand up to proof?"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from tutela.reference.rows import rows
from tutela.settings import Platform
from tutela.traffic.address import Ranges
from tutela.traffic.agents import Agent, known_clients

_APP_TAIL = re.compile(r"[-_.]?(?:app|lite|ios|iphone|android|mobile|web)$")
# Who takes one page for one person, or pages nobody reads: harmless as long as it behaves so.
GENTLE = ("preview", "feedfetcher", "monitor", "archive", "academic", "social")


class Standing(Struct, frozen=True):
    """What became of an agent's claim. `proof` is "" where nothing proves it; `lie` says why it is false.

    A lie is `sure` when the operator's own ranges say so; the shipped ones age. `shared` says what is known of the
    network behind the address; `ours` marks the platform's own app.
    """

    proof: str = ""
    lie: str = ""
    sure: bool = False
    shared: str = ""
    purpose: str = ""
    name: str = ""
    ours: bool = False


NOBODY = Standing()


class HostNames:
    """Reverse and forward look-ups that somebody made beforehand. Judging never looks up by itself.

    One line an address: `address<TAB>host<TAB>addresses of that host, by comma`.
    """

    def __init__(self, text: str = "") -> None:
        self._hosts: dict[str, str] = {}
        for line in text.splitlines():
            parts = line.strip().split("\t")
            if len(parts) == 3 and parts[0] in parts[2].replace(" ", "").split(","):
                self._hosts[parts[0]] = parts[1].lower().rstrip(".")

    def proves(self, address: str, suffixes: tuple[str, ...]) -> bool:
        host = self._hosts.get(address, "")
        return bool(host) and any(host == s.lstrip(".") or host.endswith("." + s.lstrip(".")) for s in suffixes)


class Excuses:
    """Answers for one platform."""

    def __init__(self, platform: Platform, hosts: HostNames | None = None) -> None:
        self._hosts = hosts or HostNames()
        self._crawlers = [(c.name, c.user_agent.lower(), Ranges(c.ranges), c.verified) for c in platform.crawlers]
        self._fetchers = [
            (f.name, tuple(a.lower() for a in f.user_agents), Ranges(f.ranges), purpose)
            for purpose, group in (("fetcher", platform.fetchers), ("research", platform.research_agents))
            for f in group
        ]
        self._shared = [(s.what, Ranges(s.ranges)) for s in platform.shared_networks]
        self._ours: dict[str, bool] = {}
        self._plain: set[str] = set()
        self._by_address = any(not agents for _, agents, _, _ in self._fetchers)
        self._apps = tuple(
            {app.id.lower() for app in platform.apps}
            | {name.lower().replace(" ", "") for name in platform.names() if name}
        )

    def standing(self, agent: Agent, address: str) -> Standing:
        """What the claim of an agent is worth at an address."""
        shared = next((what for what, ranges in self._shared if address in ranges), "") if self._shared else ""
        if agent.text in self._plain:
            return Standing(shared=shared) if shared else NOBODY
        text = agent.text.lower()
        for name, wanted, ranges, verified in self._crawlers:
            if wanted and wanted in text:
                if ranges.empty:
                    return Standing(shared=shared, purpose="crawler", name=name)
                if address in ranges:
                    return Standing(
                        proof=f"{name} from its own addresses" if verified else "",
                        purpose="crawler",
                        name=name,
                        shared=shared,
                    )
                return Standing(
                    lie=f"calls itself {name}, but does not come from its addresses",
                    sure=True,
                    purpose="crawler",
                    name=name,
                    shared=shared,
                )
        for name, agents, ranges, purpose in self._fetchers:
            if (not agents and not ranges.empty) or any(a and a in text for a in agents):
                if address in ranges or (ranges.empty and agents):
                    return Standing(
                        proof=f"declared by the platform: {name}", purpose=purpose, name=name, shared=shared
                    )
                if agents:
                    lie = f"calls itself one of {name}, but does not come from their addresses"
                    return Standing(lie=lie, shared=shared, purpose="preview", name=name)
        if agent.kind in ("app", "automated", "browser") and self._is_ours(text):
            return Standing(shared=shared, ours=True, purpose="app", name="the platform's app")
        if agent.kind == "crawler":
            return self._known(agent, address, shared)
        # Most actors claim nothing; what their agents are not is found out once. Fetchers known by address alone are
        # asked for each address.
        if not self._by_address:
            if len(self._plain) > 20_000:
                self._plain.clear()
            self._plain.add(agent.text)
        return Standing(shared=shared)

    def _is_ours(self, text: str) -> bool:
        """True when one of the agent's products is the platform's app: its name or id, alone or with what it runs on."""
        known = self._ours.get(text)
        if known is None:
            if len(self._ours) > 20_000:
                self._ours.clear()
            known = self._ours[text] = self._names_app(text)
        return known

    def _names_app(self, text: str) -> bool:
        for product in text.split(" ")[:40]:
            name = product.partition("/")[0].strip("(;,)")
            if name in self._apps or (name.rstrip("-_") and _APP_TAIL.sub("", name) in self._apps):
                return True
        return False

    def _known(self, agent: Agent, address: str, shared: str) -> Standing:
        hosts, ranges = _facts(agent.name)
        if (not ranges.empty and address in ranges) or self._hosts.proves(address, hosts):
            proof = f"{agent.name} from its published addresses"
            return Standing(proof=proof, purpose=agent.purpose, name=agent.name, shared=shared)
        if not ranges.empty:
            lie = f"calls itself {agent.name}, but its published addresses do not have this one"
            return Standing(lie=lie, purpose=agent.purpose, name=agent.name, shared=shared)
        return Standing(purpose=agent.purpose, name=agent.name, shared=shared)


@lru_cache(maxsize=1_024)
def _facts(name: str) -> tuple[tuple[str, ...], Ranges]:
    hosts = next((client.hosts for client in known_clients() if client.name == name), ())
    # Google's other search crawlers come from the addresses of its main one.
    family = "google-crawler" if name.startswith("google-crawler") else name
    return hosts, Ranges(row[1] for row in rows("crawler_ranges") if row[0] == family)
