"""A page on which a person sees a day: requests by class over time, actors as timelines, each finding with its evidence.

One file, nothing fetched: drawings are inline SVG, colours follow the reader's light or dark setting.
"""

from __future__ import annotations

from html import escape

from tutela.masking import mask_email
from tutela.settings import Platform
from tutela.traffic.actor import SLOTS
from tutela.traffic.analysis import Told
from tutela.traffic.finding import Finding, moment
from tutela.traffic.requests import Day

MOST_SHOWN = 300
_WIDTH, _HEIGHT, _LEFT, _BOTTOM = 960, 220, 56, 26
_CLASSES = (("people", "People and apps"), ("excused", "Allowed programs"), ("violating", "Violating clients"))
_ACTIONS = {"remove": "Block", "restrict": "Slow down", "warn": "Challenge", "review": "Look at it", "allow": "Allowed"}

_STYLE = """
:root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d1b18;--soft:#5c5750;--line:#ddd8d0;
--people:#6d8fb5;--excused:#8aa886;--violating:#c2410c;--remove:#b42318;--restrict:#9a5b00;--warn:#0b6b78;--review:#7a3e9d;--allow:#2f6b3a}
@media (prefers-color-scheme:dark){:root{--bg:#161513;--card:#1f1e1b;--ink:#eeebe6;--soft:#b0aaa1;--line:#3a3732;
--people:#7fa3cc;--excused:#8db388;--violating:#f0743e;--remove:#ff8a7a;--restrict:#e9b25c;--warn:#63c7d4;--review:#cd9be8;--allow:#86cf93}}
*{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{max-width:1060px;margin:0 auto;padding:2rem 1.25rem 4rem}h1{font-size:1.7rem;margin:0}h2{font-size:1.2rem;margin:2.2rem 0 .6rem}
.soft{color:var(--soft)}.figures{display:flex;flex-wrap:wrap;gap:.8rem;margin:1.2rem 0;padding:0;list-style:none}
.figures li{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:.6rem 1rem;min-width:8.5rem}
.figures b{display:block;font-size:1.45rem;font-variant-numeric:tabular-nums}figure:focus-visible{outline:3px solid var(--people)}figure{margin:0;background:var(--card);border:1px solid var(--line);
border-radius:8px;padding:1rem;overflow-x:auto}figcaption{color:var(--soft);font-size:.9rem;margin-top:.4rem}svg{display:block;width:100%;height:auto;min-width:640px}
svg text{fill:var(--soft);font:12px system-ui,sans-serif}.grid{stroke:var(--line)}.people{fill:var(--people)}.excused{fill:var(--excused)}.violating{fill:var(--violating)}
.key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .35em 0 1em;vertical-align:baseline}.key:first-child{margin-left:0}
details{background:var(--card);border:1px solid var(--line);border-radius:8px;margin:.6rem 0}summary{cursor:pointer;padding:.7rem 1rem;display:grid;
grid-template-columns:6.5rem 1fr auto;gap:.8rem;align-items:baseline}summary::-webkit-details-marker{display:none}summary:focus-visible{outline:3px solid var(--people)}
.badge{font-weight:600}.remove{color:var(--remove)}.restrict{color:var(--restrict)}.warn{color:var(--warn)}.review{color:var(--review)}.allow{color:var(--allow)}
.who{overflow-wrap:anywhere}.inside{padding:0 1rem 1rem}table{border-collapse:collapse;width:100%;font-size:.93rem}th,td{text-align:left;padding:.35rem .6rem .35rem 0;
border-top:1px solid var(--line);vertical-align:top;overflow-wrap:anywhere}th{font-weight:600}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
code{font-size:.88em}.mini{min-width:0}
"""


def render(told: Told, platform: Platform) -> str:
    """The whole page as HTML. Everything from the log is escaped; accounts and addresses stand in it as they must."""
    violating = [finding for finding in told.findings if finding.violates]
    excused = [finding for finding in told.findings if not finding.violates]
    name = f" at {platform.name}" if platform.name else ""
    title = f"{'Logins' if told.logins else 'Traffic'}{name}: {_period(told)}"
    body = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="soft">{_sentence(told, violating)}</p>',
        _figures(told, violating, excused),
    ]
    if told.day is not None and told.day.requests:
        body += ["<h2>Requests by class over the day</h2>", _chart(told.day)]
        timelines = [finding for finding in (*violating, *excused) if any(finding.by_quarter_hour)][:24]
        if timelines:
            body += ["<h2>Actors over the day</h2>", _timelines(timelines)]
    else:
        body += ["<h2>When it happened</h2>", _spans(violating[:40])] if violating else []
    body += ["<h2>Findings</h2>", *(_finding(finding, i < 3) for i, finding in enumerate(violating[:MOST_SHOWN]))]
    if not violating:
        body.append("<p>Nobody here behaves against the rules.</p>")
    if len(violating) > MOST_SHOWN:
        body.append(f'<p class="soft">{len(violating) - MOST_SHOWN:,} more are in the JSON lines.</p>')
    if excused:
        body += ["<h2>Programs that are allowed</h2>", _excused(excused[:MOST_SHOWN])]
    body.append(_reading(told))
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body><main>{''.join(body)}</main></body></html>\n"
    )


def _period(told: Told) -> str:
    first, last = _ends(told)
    if not last:
        return "nothing read"
    a, b = moment(first), moment(last)
    return f"{a:%Y-%m-%d}" if a.date() == b.date() else f"{a:%Y-%m-%d} to {b:%Y-%m-%d}"


def _ends(told: Told) -> tuple[float, float]:
    if told.day is not None:
        return told.day.first, told.day.last
    if not told.findings:
        return 0.0, 0.0
    return min(f.from_at for f in told.findings).timestamp(), max(f.to_at for f in told.findings).timestamp()


def _sentence(told: Told, violating: list[Finding]) -> str:
    if not violating:
        return "Nobody was found who behaves against the rules."
    requests = sum(finding.requests for finding in violating)
    what = "events" if told.logins else "requests"
    who = "One finding stands" if len(violating) == 1 else f"{len(violating):,} findings stand"
    return f"{who} behind {requests:,} {what}. Times are UTC; every action ends by itself at the time given."


def _figures(told: Told, violating: list[Finding], excused: list[Finding]) -> str:
    items = [
        (told.lines, "lines read"), (told.actors, "accounts" if told.logins else "actors"), (len(violating), "violating"),
        (len(excused), "allowed programs"), (told.broken, "unreadable lines"),
    ]  # fmt: skip
    if told.logins:
        del items[3]
    return '<ul class="figures">' + "".join(f"<li><b>{count:,}</b>{label}</li>" for count, label in items) + "</ul>"


def _chart(day: Day) -> str:
    columns = [day.people, day.excused, day.violating]
    most = max(max(sum(column[i] for column in columns) for i in range(SLOTS)), 1)
    step = (_WIDTH - _LEFT) / SLOTS
    top, bars = 8, []
    for i in range(SLOTS):
        y = float(_HEIGHT - _BOTTOM)
        at = f"{i // 4:02d}:{i % 4 * 15:02d}"
        for (css, label), column in zip(_CLASSES, columns, strict=True):
            height = (_HEIGHT - _BOTTOM - top) * column[i] / most
            if not column[i]:
                continue
            y -= height
            bars.append(
                f'<rect class="{css}" x="{_LEFT + i * step:.1f}" y="{y:.1f}" width="{step - 1:.1f}" height="{height:.1f}">'
                f"<title>{at} {label}: {column[i]:,}</title></rect>"
            )
    lines = []
    for part in (0.0, 0.5, 1.0):
        y = _HEIGHT - _BOTTOM - (_HEIGHT - _BOTTOM - top) * part
        lines.append(
            f'<line class="grid" x1="{_LEFT}" x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}"/><text x="{_LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{most * part:,.0f}</text>'
        )
    sums = ", ".join(f"{label.lower()} {sum(column):,}" for (_, label), column in zip(_CLASSES, columns, strict=True))
    keys = "".join(f'<span class="key" style="background:var(--{css})"></span>{label}' for css, label in _CLASSES)
    folded = " Several days are laid over one another by time of day." if day.last - day.first > 86_400 else ""
    return (
        f'<figure tabindex="0"><svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Requests by quarter of an hour: {escape(sums)}">'
        f"{''.join(lines)}{''.join(bars)}{_hours(_HEIGHT - 8)}</svg><figcaption>{keys}<br>Requests in each quarter of an hour, UTC.{folded}</figcaption></figure>"
    )


def _hours(y: float) -> str:
    return "".join(
        f'<text x="{_LEFT + hour * (_WIDTH - _LEFT) / 24:.0f}" y="{y:.0f}" text-anchor="middle">{hour:02d}:00</text>'
        for hour in range(0, 24, 3)
    )


def _timelines(findings: list[Finding]) -> str:
    row, left = 20, 250
    height = row * len(findings) + 24
    step = (_WIDTH - left) / SLOTS
    parts = []
    for i, finding in enumerate(findings):
        y = i * row
        most = max(finding.by_quarter_hour)
        label = finding.actor if len(finding.actor) <= 34 else finding.actor[:33] + "…"
        parts.append(
            f'<text x="{left - 8}" y="{y + 14}" text-anchor="end">{escape(label)}<title>{escape(finding.actor)}</title></text>'
        )
        css = "violating" if finding.violates else "excused"
        for slot, count in enumerate(finding.by_quarter_hour):
            if count:
                parts.append(
                    f'<rect class="{css}" x="{left + slot * step:.1f}" y="{y + 3}" width="{step - 0.6:.1f}" height="{row - 6}" '
                    f'opacity="{0.3 + 0.7 * count / most:.2f}"><title>{slot // 4:02d}:{slot % 4 * 15:02d} {count:,} requests</title></rect>'
                )
    for hour in range(0, 24, 3):
        parts.append(
            f'<text x="{left + hour * 4 * step:.0f}" y="{height - 6}" text-anchor="middle">{hour:02d}:00</text>'
        )
    return (
        f'<figure tabindex="0"><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="When each of {len(findings)} actors was active">'
        f"{''.join(parts)}</svg><figcaption>Darker means more requests in that quarter of an hour, for each actor by itself.</figcaption></figure>"
    )


def _spans(findings: list[Finding]) -> str:
    first, last = min(f.from_at for f in findings).timestamp(), max(f.to_at for f in findings).timestamp()
    span, row, left = max(last - first, 60.0), 20, 250
    height = row * len(findings) + 24
    parts = []
    for i, finding in enumerate(findings):
        a = left + (finding.from_at.timestamp() - first) / span * (_WIDTH - left - 8)
        b = left + (finding.to_at.timestamp() - first) / span * (_WIDTH - left - 8)
        label = finding.actor if len(finding.actor) <= 34 else finding.actor[:33] + "…"
        parts.append(
            f'<text x="{left - 8}" y="{i * row + 14}" text-anchor="end">{escape(label)}<title>{escape(finding.actor)}</title></text>'
        )
        text = f"{finding.from_at:%Y-%m-%d %H:%M} to {finding.to_at:%Y-%m-%d %H:%M}, {finding.requests:,} events"
        parts.append(
            f'<rect class="violating" x="{a:.1f}" y="{i * row + 3}" width="{max(b - a, 4):.1f}" height="{row - 6}"><title>{text}</title></rect>'
        )
    ends = f'<text x="{left}" y="{height - 6}">{moment(first):%m-%d %H:%M}</text><text x="{_WIDTH - 8}" y="{height - 6}" text-anchor="end">{moment(last):%m-%d %H:%M}</text>'
    return f'<figure tabindex="0"><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-label="When each finding began and ended">{"".join(parts)}{ends}</svg><figcaption>From the first event of each finding to its last, UTC.</figcaption></figure>'


def _finding(finding: Finding, opened: bool) -> str:
    until = f" until {finding.until:%Y-%m-%d %H:%M}" if finding.until else ""
    clauses = ", ".join(f"{clause.id} ({clause.confidence:.0%})" for clause in finding.clauses)
    rows = "".join(
        f'<tr><td>{escape(e.kind)}</td><td>{escape(e.shown_as)}</td><td class="n">{e.confidence:.0%}</td></tr>'
        for e in finding.evidence
    )
    return (
        f'<details{" open" if opened else ""}><summary><span class="badge {finding.action}">{_ACTIONS[finding.action]}</span>'
        f'<span class="who">{escape(finding.actor)}</span><span class="soft">{finding.requests:,}</span></summary><div class="inside">'
        f"<p>{escape(finding.reason)}</p>"
        f'<p class="soft">{escape(clauses)}. {_ACTIONS[finding.action]}{until}. Seen from {finding.from_at:%Y-%m-%d %H:%M} to {finding.to_at:%Y-%m-%d %H:%M}.</p>'
        f'<table><thead><tr><th scope="col">What</th><th scope="col">How</th><th scope="col" class="n">Sure</th></tr></thead><tbody>{rows}</tbody></table>'
        f"{_members(finding)}</div></details>"
    )


def _members(finding: Finding) -> str:
    parts = []
    for label, values, count in (
        ("Addresses", finding.addresses, finding.address_count), ("Accounts", finding.accounts, finding.account_count),
        ("Attacked accounts", finding.targets, finding.target_count),
    ):  # fmt: skip
        if count > 1 or (values and label != "Addresses"):
            shown = ", ".join(
                f"<code>{escape(mask_email(value) if '@' in value else value)}</code>" for value in values[:20]
            )
            more = f" and {count - 20:,} more" if count > 20 else ""
            parts.append(f'<p><span class="soft">{label} ({count:,}):</span> {shown}{more}</p>')
    return "".join(parts)


def _excused(findings: list[Finding]) -> str:
    rows = "".join(
        f'<tr><td>{escape(f.actor[:120])}</td><td>{escape(f.excused)}</td><td class="n">{f.requests:,}</td></tr>'
        for f in findings
    )
    return (
        '<figure><table><thead><tr><th scope="col">Who</th><th scope="col">Why it is allowed</th><th scope="col" class="n">Requests</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></figure>"
    )


def _reading(told: Told) -> str:
    notes = [f"{name}: {count:,} lines" for name, count in sorted(told.formats.items())]
    if told.broken:
        notes.append(
            f"{told.broken:,} lines could not be read, the first at {told.first_broken or 'a line longer than 64 KiB'}"
        )
    notes += list(told.troubles)
    if told.day is not None and told.day.jumps:
        notes.append(
            f"{told.day.jumps:,} lines are more than an hour older than one before them: a clock jumped, or files overlap"
        )
    if told.day is not None and told.day.forgotten:
        notes.append(f"{told.day.forgotten:,} silent actors were judged and let go to keep memory bounded")
    return "<h2>How the log was read</h2><ul>" + "".join(f"<li>{escape(note)}</li>" for note in notes) + "</ul>"
