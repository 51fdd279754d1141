"""The command, the page and the exports."""

import json
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.traffic import bots, people
from bench.traffic.logins_play import Hand, stuffing
from bench.traffic.people import Site
from bench.traffic.play import in_order, line, platform_of
from tutela.settings import Platform
from tutela.traffic import Analysis
from tutela.traffic.export import rules_for
from tutela.traffic.finding import moment
from tutela.traffic.report import render


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = random.Random(7)
    site = Site.drawn(rng)
    played = [
        *(people.person(rng, site) for _ in range(20)),
        bots.profile_sweep(rng, site),
        bots.scanner(rng, site),
        people.feed_reader(rng, site),
    ]
    path = tmp_path_factory.mktemp("logs") / "access.log"
    path.write_text("\n".join(map(line, in_order(played))) + "\n", "utf-8")
    return path


def run(*arguments: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "tutela.cli.traffic", *arguments],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_piped_output_is_one_json_finding_a_line(log: Path) -> None:
    done = run(str(log))
    assert done.returncode == 1
    found = [json.loads(text) for text in done.stdout.splitlines()]
    assert len(found) == 2
    for finding in found:
        assert {"actor", "violates", "clauses", "evidence", "action", "reason"} <= set(finding)
        assert finding["violates"] is True
        assert {"from", "to", "requests"} <= set(finding["evidence"][0]["where"])


def test_standard_input_gives_the_same_and_all_names_the_allowed(log: Path) -> None:
    from_file, from_pipe = run(str(log)), run("-", given=log.read_text("utf-8"))
    assert from_pipe.stdout == from_file.stdout
    everything = [json.loads(text) for text in run(str(log), "--all").stdout.splitlines()]
    assert any(finding["excused"] for finding in everything)


def test_live_input_tells_each_finding_once_and_early(log: Path) -> None:
    done = run("-", "--every", "600", given=log.read_text("utf-8"))
    actors = [(f["actor"], f["action"]) for f in map(json.loads, done.stdout.splitlines())]
    assert len(actors) == len(set(actors)) >= 2


def test_exit_status_says_what_happened(tmp_path: Path) -> None:
    quiet = tmp_path / "quiet.log"
    quiet.write_text('198.51.100.7 - - [17/Sep/2024:00:00:05 +0000] "GET / HTTP/1.1" 200 12 "-" "x"\n')
    assert run(str(quiet)).returncode == 0
    rubbish = tmp_path / "rubbish.log"
    rubbish.write_text("this is\nno log\n")
    done = run(str(rubbish))
    assert done.returncode == 2
    assert "rubbish.log:1" in done.stderr
    assert run(str(tmp_path / "missing.log")).returncode == 64
    assert run("--no-such-option").returncode == 64


def test_logins_are_recognised_without_being_named(tmp_path: Path) -> None:
    path = tmp_path / "logins.jsonl"
    rows = [
        {"at": moment(e.at).isoformat(), "account": e.account, "ip": e.address, "outcome": "ok" if e.ok else "fail", "event": e.event, "device": e.device, "user_agent": e.agent}
        for e in stuffing(Hand(random.Random(1))).events
    ]  # fmt: skip
    path.write_text("\n".join(map(json.dumps, rows)) + "\n")
    for options in ((), ("--format", "logins")):
        (finding,) = map(json.loads, run(str(path), *options).stdout.splitlines())
        assert finding["kind"] == "credential-stuffing"


def told(log: Path) -> Analysis:
    analysis = Analysis(Platform.none())
    for _ in analysis.feed_file(log):
        pass
    return analysis


def test_the_page_stands_alone_and_escapes_what_clients_send(tmp_path: Path) -> None:
    site = Site.drawn(random.Random(7))
    evil = bots.profile_sweep(random.Random(8), site)
    evil.rows = [(*row[:2], "<script>alert(1)</script> x/1", *row[3:]) for row in evil.rows]
    path = tmp_path / "evil.log"
    path.write_text("\n".join(map(line, in_order([evil]))) + "\n", "utf-8")
    page = render(told(path).told(), platform_of(site))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?:src|href)\s*=|url\(|@import", page)
    assert 'lang="en"' in page
    assert "prefers-color-scheme:dark" in page
    assert page.count('role="img"') == page.count("<svg")


@pytest.mark.parametrize("target", ["nginx", "fail2ban", "crowdsec"])
def test_exports_name_each_address_with_its_end(log: Path, target: str) -> None:
    findings = told(log).told().findings
    text = rules_for(target, findings)
    for finding in findings:
        for address in finding.addresses:
            assert (address.replace(".", r"\.") in text or address in text) == finding.violates


def test_an_agent_cannot_become_configuration(tmp_path: Path) -> None:
    evil = bots.profile_sweep(random.Random(8), Site.drawn(random.Random(7)))
    evil.rows = [(*row[:2], 'x\\" block; } include /etc/passwd; # ', *row[3:]) for row in evil.rows]
    path = tmp_path / "evil.log"
    path.write_text("\n".join(map(line, in_order([evil]))) + "\n", "utf-8")
    for target in ("nginx", "fail2ban", "crowdsec"):
        assert "include /etc" not in rules_for(target, told(path).told().findings)
