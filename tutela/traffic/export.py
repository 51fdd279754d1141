"""How do findings become rules of nginx, fail2ban or CrowdSec? Text, to be read by an operator before it is loaded."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime

import msgspec

from tutela.traffic.finding import Finding

# An agent goes into a configuration only as a literal: what a client sends must not become syntax.
_UNSAFE = re.compile(r"[^\x20-\x7e]|[\"\\]")


def rules_for(target: str, findings: Iterable[Finding]) -> str:
    """Rules for `nginx`, `fail2ban` or `crowdsec`, for findings that violate and name addresses.

    Only `remove` and `restrict` act by themselves; `warn` is told to nginx alone, as a challenge; `review` never acts.
    A finding on one account (sharing, guessing) names no address to stop: the account's owner is behind them.
    """
    acting = [
        f
        for f in findings
        if f.violates
        and f.action in ("remove", "restrict", "warn")
        and f.addresses
        and f.until
        and not _about_account(f)
    ]
    return {"nginx": _nginx, "fail2ban": _fail2ban, "crowdsec": _crowdsec}[target](acting)


def _about_account(finding: Finding) -> bool:
    return finding.accounts == (finding.actor,)


def _addresses(findings: list[Finding], actions: tuple[str, ...]) -> list[tuple[str, Finding]]:
    """Each address once, with the finding that holds longest; nothing but addresses gets through."""
    best: dict[str, Finding] = {}
    for finding in findings:
        if finding.action not in actions:
            continue
        for address in finding.addresses:
            try:
                plain = str(ipaddress.ip_address(address))
            except ValueError:
                continue
            known = best.get(plain)
            if known is None or (_until(finding) > _until(known)):
                best[plain] = finding
    return sorted(
        best.items(), key=lambda pair: (ipaddress.ip_address(pair[0]).version, int(ipaddress.ip_address(pair[0])))
    )


def _until(finding: Finding) -> datetime:
    assert finding.until is not None  # `rules_for` keeps only those that end
    return finding.until


def _nginx(findings: list[Finding]) -> str:
    """Three tables for the http block: verdict by address, by agent among those addresses, and what to do."""
    lines = [
        "# For the http block. In a server: if ($tutela_verdict = block) { return 403; }  if ($tutela_verdict = challenge) { … }",
        "# and limit_req zone=tutela burst=5; which counts only clients that are to be slowed.",
        "# Rules end at the time beside them; write the file anew at least as often.",
    ]
    pairs: dict[str, str] = {}
    word = {"remove": "block", "restrict": "slow", "warn": "challenge"}
    for action in ("warn", "restrict", "remove"):
        for address, finding in _addresses(findings, (action,)):
            for agent in finding.agents or ("",):
                pairs[_key(address, agent)] = (
                    f"{word[action]};  # {finding.kind}, until {_until(finding):%Y-%m-%dT%H:%M:%SZ}"
                )
    lines += [
        "map_hash_bucket_size 1024;  # leave these two out where they are set already",
        "map_hash_max_size 65536;",
    ]
    lines += ['map "$remote_addr|$http_user_agent" $tutela_verdict {', '    default "";']
    lines += [f"    {key} {verdict}" for key, verdict in sorted(pairs.items())]
    lines += ["}", "map $tutela_verdict $tutela_slow {", '    default "";', "    slow $binary_remote_addr;", "}"]
    return "\n".join([*lines, "limit_req_zone $tutela_slow zone=tutela:10m rate=6r/m;", ""])


def _key(address: str, agent: str) -> str:
    shown = "" if agent == "-" else agent
    if not shown or _UNSAFE.search(shown):
        # An agent that nginx cannot hold as a literal is left out: any agent of the address is meant then.
        return f'"~^{re.escape(address)}\\|"'
    return f'"{address}|{shown}"'


def _fail2ban(findings: list[Finding]) -> str:
    """Commands for a jail named `tutela`; each ban ends by itself."""
    lines = [
        "#!/bin/sh",
        "# fail2ban-client wants a jail named tutela (enabled = true, filter of your own, backend = polling).",
        "# Bans end at the time beside them; the seconds are counted when this runs.",
    ]
    for address, finding in _addresses(findings, ("remove", "restrict")):
        end = int(_until(finding).timestamp())
        lines.append(
            f"s=$(({end} - $(date +%s))); [ $s -gt 0 ] && fail2ban-client set tutela bantime $s && fail2ban-client set tutela banip {address}"
            f"  # {finding.kind}, until {_until(finding):%Y-%m-%dT%H:%M:%SZ}"
        )
    return "\n".join(lines) + "\n"


def _crowdsec(findings: list[Finding]) -> str:
    """Decisions for `cscli decisions import -i FILE`: a JSON list with duration from the last request seen."""
    kinds = {"remove": "ban", "restrict": "throttle", "warn": "captcha"}
    decisions = [
        {
            "duration": f"{max(int((_until(finding) - finding.to_at).total_seconds()), 60)}s",
            "reason": f"tutela/{finding.kind}",
            "scope": "ip",
            "type": kinds[finding.action],
            "value": address,
        }
        for address, finding in _addresses(findings, tuple(kinds))
    ]
    return msgspec.json.format(msgspec.json.encode(decisions), indent=1).decode() + "\n"
