"""What leaves the desk in words and figures: notices in six languages, statements of reasons, figures, advice, shadow runs."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from tutela.desk import Desk
from tutela.desk.advice import advise
from tutela.desk.forms import QueueFilter, ReportForm, Ruling
from tutela.desk.notices import place_words
from tutela.desk.reports import CLAUSE_OF
from tutela.desk.statements import TERRITORY, defects, exposures
from tutela.desk.wording import LANGUAGES, words
from tutela.engine import Engine
from tutela.errors import BadRequest, Conflict, NotFound, TooMany
from tutela.model import Where
from tutela.policy.book import CLAUSES

from .making import PHONE, Clock, Receiver, clean, finding, item, opened_case, person


def test_every_table_of_words_says_the_same_in_every_language() -> None:
    for table in ("notices", "advice"):
        names = words(table)["en"].keys()
        for lang in LANGUAGES:
            assert words(table)[lang].keys() == names, (table, lang)
            for name, sentence in words(table)[lang].items():
                if isinstance(sentence, str):
                    english = words(table)["en"][name]
                    fields = {part.split("}")[0] for part in english.split("{")[1:]}
                    assert {part.split("}")[0] for part in sentence.split("{")[1:]} == fields, (table, lang, name)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_notice_says_what_where_which_clause_how_and_what_follows(desk: Desk, receiver: Receiver, lang: str) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    opened_case(desk, action="remove")
    desk.orders.deliver_due()
    url = json.loads(receiver.got[0][1])["data"]["notice_url"]
    notice = desk.notices.read(url.rsplit("/", 1)[1], lang=lang)
    everything = " ".join(notice.paragraphs)
    assert notice.title == words("notices")[lang]["title_remove"]
    assert "pi.contact" in everything
    assert "2024-05-17" in everything
    assert words("notices")[lang]["found_fully"] in everything
    assert str(notice.appeal_until)[:10] in everything
    assert "2026-05-31" in everything  # the strike's end, 90 days on
    assert notice.findings[0].shown_as == "(•••) •••-••87"
    assert "{" not in everything
    assert PHONE not in str(notice)


def test_a_notice_says_what_was_true_when_it_was_made(desk: Desk, receiver: Receiver) -> None:
    desk.orders.add_endpoint("platform", "http://127.0.0.1:9/hook", actor="cli")
    case_id = opened_case(desk, action="remove")
    desk.orders.deliver_due()
    token = json.loads(receiver.got[0][1])["data"]["notice_url"].rsplit("/", 1)[1]
    before = desk.notices.read(token)
    lead = person(desk, "Lea", "lead")
    desk.review.undo(case_id, lead)
    lease = desk.review.lease(case_id, lead)
    desk.review.decide(case_id, lead, Ruling(action="warn", clauses=("pi.other",)), version=lease.version)
    after = desk.notices.read(token)
    assert (after.title, after.paragraphs[:3]) == (before.title, before.paragraphs[:3])
    assert len(desk.notices.of_case(case_id)) == 3
    with pytest.raises(NotFound):
        desk.notices.read("x" * 32)


def test_places_are_said_as_people_count() -> None:
    assert place_words(Where(part="text", start=0, end=5), "en") == "in the text, characters 1 to 5"
    assert place_words(Where(part="media/1", from_s=1.25, to_s=3.0), "de") == "in Clip 2, von 1.2 s bis 3.0 s"
    assert place_words(Where(part="media/0", box=(1, 2, 3, 4)), "en") == "in picture 1"
    assert place_words(Where(part="links/2"), "xx") == "in link 3"


# Reports


def test_every_topic_points_to_a_clause() -> None:
    assert set(CLAUSE_OF.values()) <= set(CLAUSES)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("where", " "), ("what", "x" * 4_001), ("contact", "not a mail"), ("from_s", -1.0),
        ("region", (0.0, 0.0, 2.0, 1.0)), ("good_faith", False),
    ],
)  # fmt: skip
def test_a_report_that_cannot_be_right_names_its_field(desk: Desk, field: str, value: object) -> None:
    good = ReportForm(topic="phone", where="post-1", good_faith=True)
    with pytest.raises(BadRequest) as caught:
        desk.reports.file(replace(good, **{field: value}))
    assert caught.value.where == field


def test_a_flood_of_reports_from_one_place_is_stopped(desk: Desk, clock: Clock) -> None:
    form = ReportForm(topic="phone", where="post-1", good_faith=True)
    for _ in range(10):
        desk.reports.file(form, address="203.0.113.5")
    with pytest.raises(TooMany):
        desk.reports.file(form, address="203.0.113.5")
    desk.reports.file(form, address="203.0.113.6")
    clock.pass_by(hours=1)
    desk.reports.file(form, address="203.0.113.5")


def test_reports_of_one_item_make_one_case_and_raise_its_lane(desk: Desk) -> None:
    of = item("post-9")
    desk.intake.record([of], [finding(of, "review", "ps.other")])
    desk.reports.file(ReportForm(topic="threat", where="post-9", urgency="danger", good_faith=True))
    lead = person(desk, "Lea", "lead")
    (row,) = desk.review.queue(lead, QueueFilter())
    assert (row.case.reports, row.case.fast, row.case.source) == (1, True, "engine")


def test_a_reporter_who_was_right_before_is_known(desk: Desk) -> None:
    reviewer = person(desk, "Rita", "reviewer")
    for number, action in enumerate(("remove", "allow")):
        where = f"post-{number}"
        desk.reports.file(ReportForm(topic="phone", where=where, reporter_id="u-7", good_faith=True))
        lease = desk.review.next(reviewer)
        assert lease is not None
        ruling = Ruling(action="remove", clauses=("pi.contact",)) if action == "remove" else Ruling(action="allow")
        desk.review.decide(lease.case_id, reviewer, ruling, version=lease.version)
    desk.reports.file(ReportForm(topic="phone", where="post-3", reporter_id="u-7", good_faith=True))
    (row,) = desk.review.queue(reviewer, QueueFilter())
    (report,) = desk.review.case(row.case.id, reviewer).reports
    assert (report.reporter_reports, report.reporter_right) == (3, 1)


# Statements of reasons


def test_a_statement_of_reasons_is_whole_and_names_nobody(desk: Desk) -> None:
    case_id = opened_case(desk, action="remove")
    statement = desk.statements.of_case(case_id)
    assert defects(statement) == []
    assert statement["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert (statement["automated_detection"], statement["automated_decision"]) == ("Yes", "AUTOMATED_DECISION_FULLY")
    assert statement["source_type"] == "SOURCE_VOLUNTARY"
    assert statement["territorial_scope"] == list(TERRITORY)
    assert "author-of" not in json.dumps(statement)
    assert desk.statements.of_case(case_id)["puid"] == statement["puid"]


def test_each_branch_of_a_statement_comes_from_the_record(desk: Desk, clock: Clock) -> None:
    reviewer = person(desk, "Rita", "reviewer")
    case_id = opened_case(desk, "by-person")
    lease = desk.review.lease(case_id, reviewer)
    ruling = Ruling(action="redact", clauses=("pi.contact",))
    desk.review.decide(case_id, reviewer, ruling, version=lease.version)
    statement = desk.statements.of_case(case_id)
    assert statement["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    assert statement["decision_visibility_other"]
    desk.reports.file(ReportForm(topic="malware", where="post-m", good_faith=True))
    lease = desk.review.next(reviewer)
    assert lease is not None
    desk.review.decide(
        lease.case_id, reviewer, Ruling(action="restrict", clauses=("ps.malware",)), version=lease.version
    )
    reported = desk.statements.of_case(lease.case_id)
    assert (reported["automated_detection"], reported["automated_decision"]) == (
        "No",
        "AUTOMATED_DECISION_NOT_AUTOMATED",
    )
    assert reported["source_type"] == "SOURCE_TYPE_OTHER_NOTIFICATION"
    both = desk.statements.batch(datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC))
    assert len(both["statements"]) == 2
    with pytest.raises(Conflict):
        desk.statements.of_case(opened_case(desk, "open"))


@pytest.mark.parametrize("clause", CLAUSES)
def test_a_statement_for_every_clause_is_whole(desk: Desk, clause: str) -> None:
    case_id = opened_case(desk, action="remove", clause=clause)
    assert defects(desk.statements.of_case(case_id)) == []


def test_a_statement_that_the_database_would_refuse_is_named(desk: Desk) -> None:
    good = desk.statements.of_case(opened_case(desk, action="remove"))
    for field, value in (
        ("category", "STATEMENT_CATEGORY_PORNOGRAPHY_OR_SEXUALIZED_CONTENT"),
        ("puid", "has spaces"),
        ("content_date", "1999-12-31"),
        ("automated_detection", "no"),
        ("territorial_scope", ["EL"]),
        ("decision_facts", "x" * 5_001),
        ("decision_visibility", []),
    ):
        assert any(line.startswith(field) for line in defects({**good, field: value})), field


def test_a_statement_with_a_value_in_its_words_is_refused(desk: Desk) -> None:
    good = desk.statements.of_case(opened_case(desk, action="remove"))
    leaky = {**good, "decision_facts": "text me on my new number +49 1523 4488215 tonight, it is my mobile"}
    (line,) = exposures(desk.memory.engine, leaky)
    assert line.startswith("decision_facts")
    assert "4488215" not in line


# Figures


def test_figures_count_what_happened_and_the_table_holds_no_one(desk: Desk, clock: Clock) -> None:
    good = [item(f"g{number}", "good morning") for number in range(7)]
    desk.intake.record(good, [clean(of) for of in good])
    opened_case(desk, "one", action="remove")
    case_id = opened_case(desk, "two")
    reviewer = person(desk, "Rita", "lead")
    clock.pass_by(hours=2)
    lease = desk.review.lease(case_id, reviewer)
    desk.review.decide(case_id, reviewer, Ruling(action="allow"), version=lease.version)
    found = desk.transparency.figures("2026-03-02", "2026-03-02", rows=True)
    assert (found.decisions, found.violations) == (9, 2)
    assert found.actions == {"allow": 7, "remove": 1, "review": 1}
    assert found.clauses == {"pi.contact": 2}
    assert found.reaction_s == pytest.approx(7_200, abs=5)
    assert (found.precision, found.precision_n) == (0.0, 1)
    assert found.days == (("2026-03-02", 9, 2),)
    rows = list(csv.DictReader(io.StringIO(desk.transparency.csv("2026-03-02", "2026-03-02"))))
    assert sum(int(row["n"]) for row in rows if row["measure"] in ("decision", "violation")) == 9
    now = desk.transparency.overview(reviewer)
    assert (now.decisions_today, now.violations_today, len(now.days)) == (9, 2, 30)
    for wrong in (("2026-03-02", "2026-03-01"), ("soon", "later"), ("0001-01-01", "2026-01-01")):
        with pytest.raises(BadRequest):
            desk.transparency.figures(*wrong)


# Shadow and advice


def test_another_version_is_run_over_past_cases_without_acting(desk: Desk) -> None:
    engine = Engine.load(intent="off")
    of = item("kept", f"text me tonight, my new number is {PHONE}")
    decision = engine.check(of)
    desk.intake.record([of], [replace(finding(of, "remove"), action="remove")])
    gone = item("gone", "another", author="leaver")
    desk.intake.record([gone], [finding(gone, "remove")])
    desk.upkeep.erase("leaver", actor="cli")
    orders = len(desk.orders.list())
    policy = engine.book.version("2024-05-17")
    stricter = Engine.load(policy=policy.id, intent="off")
    result = desk.shadow.past(stricter)
    assert (result.policy, result.judged, result.unread) == ("2024-05-17", 1, 1)
    assert result.changed == int(decision.action != "remove")
    assert len(desk.orders.list()) == orders
    desk.shadow.beside(stricter, [of], [clean(of)])
    rows = desk.transparency.figures("2026-03-02", "2026-03-02", rows=True).rows
    assert {row.measure for row in rows} >= {"shadow"}


def test_advice_names_a_trick_says_what_to_do_and_stores_nothing(desk: Desk) -> None:
    before = desk.upkeep.head().seq
    advice = desk.advise(f"text me tonight, my new number is {PHONE}", lang="de")
    assert advice.verdict == "exposes"
    assert advice.steps == tuple(words("advice")["de"]["steps_exposes"])
    assert PHONE not in str(advice)
    assert advise(desk.memory.engine, "see you tomorrow at noon").verdict == "nothing_found"
    assert desk.upkeep.head().seq == before
    for wrong in ("", "x" * 20_001):
        with pytest.raises(BadRequest):
            desk.advise(wrong)
