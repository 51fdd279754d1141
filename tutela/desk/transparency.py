"""What can be said in public? Counts by clause, surface, language, source and automation; times, appeals, accuracy.

Counts are kept by day as things happen; no person and no item stands behind any of them.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from datetime import date, timedelta
from typing import Any

from msgspec.structs import replace

from tutela.desk.forms import FigureRow, Overview, Transparency, Who
from tutela.desk.memory import DAY, Memory, day_of, maybe
from tutela.desk.people import People
from tutela.desk.review import Review
from tutela.errors import BadRequest, Forbidden
from tutela.ledger import Tx
from tutela.ledger.chain import moment

_MOST_DAYS = 3_660
COLUMNS = ("day", "measure", "clause", "surface", "lang", "source", "automation", "action", "n", "total")


class Figures:
    """Figures for a period, and the state of things now."""

    def __init__(self, memory: Memory, people: People, review: Review) -> None:
        self._memory = memory
        self._people = people
        self._review = review

    def figures(self, since: str, until: str, *, rows: bool = False) -> Transparency:
        """Figures for the days `since` to `until` (`2026-05-17`), both within. With `rows` each day's counts as well."""
        first, last = _days(since, until)
        agreement = self._review.agreement()

        def job(tx: Tx) -> Transparency:
            table = tx.rows(
                f"SELECT {', '.join(COLUMNS)} FROM figures WHERE day >= ? AND day <= ? ORDER BY {', '.join(COLUMNS[:8])}",
                first,
                last,
            )
            return replace(self._sum(tx, first, last, table, rows=rows), agreement=agreement)

        return self._memory.read(job)

    def _sum(self, tx: Tx, first: str, last: str, table: list[tuple[Any, ...]], *, rows: bool) -> Transparency:
        by: dict[str, Counter[str]] = {name: Counter() for name in COLUMNS}
        measures: Counter[str] = Counter()
        by_day: dict[str, list[int]] = {}
        reversed_appeals, acted = 0, 0
        for day, measure, clause, surface, lang, source, automation, action, n, _ in table:
            measures[measure] += n
            if measure in ("decision", "violation"):
                counts = by_day.setdefault(day, [0, 0])
                counts[0] += n
                by["source"][source] += n
                by["action"][action] += n
                if measure == "violation":
                    counts[1] += n
                    by["clause"][clause or "none"] += n
                    by["surface"][surface] += n
                    by["lang"][lang or "unknown"] += n
                    by["automation"][automation or "fully"] += n
            elif measure == "appeal.judged" and action == "reversed":
                reversed_appeals += n
            elif measure == "report.closed" and action == "action_taken":
                acted += n
        start, end = _stamp(first), _stamp(last) + DAY
        agreed, disagreed = measures["agreed"], measures["disagreed"]
        return Transparency(
            since=first,
            until=last,
            decisions=measures["decision"] + measures["violation"],
            violations=measures["violation"],
            actions=dict(by["action"].most_common()),
            clauses=dict(by["clause"].most_common()),
            surfaces=dict(by["surface"].most_common()),
            languages=dict(by["lang"].most_common()),
            sources=dict(by["source"].most_common()),
            automation=dict(by["automation"].most_common()),
            reports=measures["report"],
            reports_acted=acted,
            appeals=measures["appeal"],
            appeals_reversed=reversed_appeals,
            reaction_s=_median(
                tx,
                "SELECT (r.at - c.opened) / 1000000 FROM rulings r JOIN cases c ON c.id = r.case_id"
                " WHERE r.at >= ? AND r.at < ? AND r.role IN ('reviewer', 'second') ORDER BY 1",
                start,
                end,
            ),
            appeal_s=_median(
                tx,
                "SELECT (judged - made) / 1000000 FROM appeals WHERE judged >= ? AND judged < ? ORDER BY 1",
                start,
                end,
            ),
            precision=None if not agreed + disagreed else agreed / (agreed + disagreed),
            precision_n=agreed + disagreed,
            agreement=(),
            days=tuple((day, counts[0], counts[1]) for day, counts in sorted(by_day.items())),
            rows=tuple(FigureRow(**dict(zip(COLUMNS, row, strict=True))) for row in table) if rows else (),
        )

    def csv(self, since: str, until: str) -> str:
        """The counts of a period as CSV (RFC 4180), one row for each day and combination."""
        first, last = _days(since, until)
        table = self._memory.read(
            lambda tx: tx.rows(
                f"SELECT {', '.join(COLUMNS)} FROM figures WHERE day >= ? AND day <= ? ORDER BY {', '.join(COLUMNS[:8])}",
                first,
                last,
            )
        )
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow(COLUMNS)
        writer.writerows(table)
        return out.getvalue()

    def overview(self, who: Who) -> Overview:
        """The state of things now."""
        rights = self._people.rights(who)
        if not rights & {"case.see", "figures.see"}:
            raise Forbidden("the overview is not among your rights", where="figures.see")
        memory = self._memory
        queues = self._review.queues(who) if "case.see" in rights else ()

        def job(tx: Tx) -> Overview:
            now = memory.now()
            today = day_of(now)
            start = _stamp(today)
            weeks = (date.fromisoformat(today) - timedelta(days=29)).isoformat()
            days: dict[str, list[int]] = {
                (date.fromisoformat(weeks) + timedelta(days=offset)).isoformat(): [0, 0] for offset in range(30)
            }
            clauses: Counter[str] = Counter()
            for day, measure, clause, n in tx.rows(
                "SELECT day, measure, clause, SUM(n) FROM figures WHERE day >= ? AND measure IN ('decision', 'violation')"
                " GROUP BY day, measure, clause",
                weeks,
            ):
                if day in days:
                    days[day][0] += int(n)
                    if measure == "violation":
                        days[day][1] += int(n)
                        clauses[clause or "none"] += int(n)
            open_row = tx.one(
                "SELECT COUNT(*), COALESCE(SUM(fast), 0), COALESCE(SUM(CASE WHEN due < ? THEN 1 ELSE 0 END), 0),"
                " MIN(opened) FROM cases WHERE state = 'open'",
                now,
            ) or (0, 0, 0, None)
            week_ago = now - 7 * DAY
            return Overview(
                now=moment(now),
                decisions_today=days[today][0],
                violations_today=days[today][1],
                open_cases=int(open_row[0]),
                fast_open=int(open_row[1]),
                overdue=int(open_row[2]),
                waiting=int(tx.value("SELECT COUNT(*) FROM cases WHERE state = 'waiting'")),
                appeals_open=int(tx.value("SELECT COUNT(*) FROM appeals WHERE state = 'filed'")),
                reports_today=int(tx.value("SELECT COUNT(*) FROM reports WHERE made >= ?", start)),
                oldest_open=maybe(open_row[3]),
                due_deliveries=int(tx.value("SELECT COUNT(*) FROM deliveries WHERE state = 'due'")),
                dead_deliveries=int(tx.value("SELECT COUNT(*) FROM deliveries WHERE state = 'dead'")),
                queues=queues,
                top_clauses=tuple(clauses.most_common(8)),
                days=tuple((day, counts[0], counts[1]) for day, counts in days.items()),
                median_reaction_s=_median(
                    tx,
                    "SELECT (r.at - c.opened) / 1000000 FROM rulings r JOIN cases c ON c.id = r.case_id"
                    " WHERE r.at >= ? AND r.at <= ? AND r.role IN ('reviewer', 'second') ORDER BY 1",
                    week_ago,
                    now,
                ),
                ledger_events=int(tx.value("SELECT COALESCE(MAX(seq), 0) FROM events")),
            )

        return memory.read(job)


def _median(tx: Tx, query: str, since: int, until: int) -> float | None:
    """The median of a sorted column, read to its middle only."""
    inner = query.removesuffix(" ORDER BY 1")
    count = int(tx.value(f"SELECT COUNT(*) FROM ({inner}) AS t", since, until))
    if not count:
        return None
    middle = tx.rows(f"{query} LIMIT {2 - count % 2} OFFSET {(count - 1) // 2}", since, until)
    return float(sum(row[0] for row in middle)) / len(middle)


def _days(since: str, until: str) -> tuple[str, str]:
    try:
        first, last = date.fromisoformat(since), date.fromisoformat(until)
    except ValueError:
        raise BadRequest("days such as 2026-05-17 are expected", where="period") from None
    if last < first or (last - first).days > _MOST_DAYS:
        raise BadRequest("a period of up to ten years is expected, the first day first", where="period")
    return first.isoformat(), last.isoformat()


def _stamp(day: str) -> int:
    return (date.fromisoformat(day).toordinal() - date(1970, 1, 1).toordinal()) * DAY


__all__ = ["COLUMNS", "Figures"]
