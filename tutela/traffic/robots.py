"""May a client fetch a path, by the site's robots.txt?  Follows RFC 9309; Crawl-delay is the common extension."""

from __future__ import annotations

import re

MOST_RULES = 2_000


class Rules:
    """The rules of one group: allow and disallow by the longest match, allow wins a tie (RFC 9309, 2.2.2)."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self._rules: list[tuple[int, bool, str, re.Pattern[str] | None]] = []

    def add(self, allow: bool, pattern: str) -> None:
        if not pattern or len(self._rules) >= MOST_RULES:
            return
        special = "*" in pattern or pattern.endswith("$")
        self._rules.append((len(pattern), allow, pattern, _compile(pattern) if special else None))
        self._rules.sort(key=lambda rule: (-rule[0], not rule[1]))

    def allows(self, path: str) -> bool:
        for _, allow, prefix, pattern in self._rules:
            if pattern.match(path) if pattern is not None else path.startswith(prefix):
                return allow
        return True

    def __bool__(self) -> bool:
        return bool(self._rules) or self.delay_s > 0


def _compile(pattern: str) -> re.Pattern[str]:
    end = pattern.endswith("$")
    body = pattern[:-1] if end else pattern
    # Runs of stars are one star, and lazy gaps keep a hostile robots.txt from costing more than the square of the path.
    pieces = [re.escape(piece) for piece in re.sub(r"\*+", "*", body).split("*")][:12]
    return re.compile(".*?".join(pieces) + ("$" if end else ""))


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
