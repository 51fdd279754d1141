"""May a client fetch a path, by the site's robots.txt?  Follows RFC 9309; Crawl-delay is the common extension."""

from __future__ import annotations

import re

MOST_RULES = 2_000


class Rules:
    """The rules of one group: allow and disallow by the longest match, allow wins a tie (RFC 9309, 2.2.2)."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self._rules: list[tuple[int, bool, tuple[str, ...], bool]] = []

    def add(self, allow: bool, pattern: str) -> None:
        if not pattern or len(self._rules) >= MOST_RULES:
            return
        end = pattern.endswith("$")
        pieces = tuple(re.sub(r"\*+", "*", pattern.removesuffix("$")).split("*"))
        self._rules.append((len(pattern), allow, pieces, end))
        self._rules.sort(key=lambda rule: (-rule[0], not rule[1]))

    def allows(self, path: str) -> bool:
        for _, allow, pieces, end in self._rules:
            if _fits(path, pieces, end):
                return allow
        return True

    def __bool__(self) -> bool:
        return bool(self._rules) or self.delay_s > 0


def _fits(path: str, pieces: tuple[str, ...], end: bool) -> bool:
    """Whether the pieces stand in the path one after the other, the first at its start and, with `end`, the last at its end.

    Taking each piece where it comes first never loses a match, so no going back is needed: linear in the path.
    """
    if not path.startswith(pieces[0]):
        return False
    at = len(pieces[0])
    for piece in pieces[1:-1] if end else pieces[1:]:
        found = path.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    if not end:
        return True
    last = pieces[-1]
    return len(path) == at if len(pieces) == 1 else len(path) - len(last) >= at and path.endswith(last)


class Robots:
    """A whole robots.txt, by product name."""

    def __init__(self, text: str = "") -> None:
        self.groups: dict[str, Rules] = {}
        self._read(text[:524_288])
        self.everyone = self.groups.get("*", Rules())

    def _read(self, text: str) -> None:
        names: list[str] = []
        in_rules = False
        for line in text.splitlines():
            field, colon, value = line.partition("#")[0].partition(":")
            if not colon:
                continue
            field, value = field.strip().lower(), value.strip()
            if field == "user-agent":
                if in_rules:
                    names, in_rules = [], False
                names.append(value.lower())
                self.groups.setdefault(value.lower(), Rules())
            elif field in ("allow", "disallow", "crawl-delay"):
                in_rules = True
                for name in names:
                    self._rule(self.groups[name], field, value)

    def _rule(self, rules: Rules, field: str, value: str) -> None:
        if field == "crawl-delay":
            try:
                rules.delay_s = min(max(float(value), 0.0), 3_600.0)
            except ValueError:
                return
        else:
            rules.add(field == "allow", value)

    def rules_for(self, agent: str) -> Rules:
        """The group that names the agent, by its longest product token; else the group for everyone."""
        text = agent.lower()
        named = [name for name in self.groups if name != "*" and name in text]
        return self.groups[max(named, key=len)] if named else self.everyone
