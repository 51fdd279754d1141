"""What do use cases take and give? The desk's own types; times are aware UTC, identifiers are the desk's.

Over 400 lines: it is the whole seam between the desk and its faces, read as one list.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from msgspec import Struct

from tutela.ledger.fold import Case
from tutela.model import Action, Decision, Evidence, Item

Topic = Literal[
    "phone", "address", "financial", "credentials", "identity", "threat", "location", "image", "other_private",
    "phishing", "malware", "fake_app", "stolen_account", "account_trade", "scraping", "other_security",
]  # fmt: skip
Affected = Literal["self", "child", "represented", "other"]
Urgency = Literal["ordinary", "soon", "danger"]
Lane = Literal["fast", "ordinary"]
ReportState = Literal["received", "in_review", "action_taken", "no_violation", "withdrawn"]
Role = Literal["admin", "lead", "reviewer", "analyst", "auditor"]
Right = Literal[
    "case.see", "case.decide", "case.reveal", "case.escalate", "case.undo", "case.approve", "case.bulk", "case.hold",
    "appeal.judge", "report.see", "figures.see", "order.see", "order.replay", "endpoint.manage", "ledger.see",
    "erase", "people.manage", "keys.manage", "policy.shadow", "account.see",
]  # fmt: skip
Scope = Literal["check", "report", "appeal", "read", "transparency", "admin"]
Reader = Literal["author", "reporter"]


# Who


class Grant(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A role, limited to queues and clauses; empty means all of them."""

    role: Role
    queues: tuple[str, ...] = ()
    clauses: tuple[str, ...] = ()


class Preferences(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a person sees originals. `reveals_a_day` is their own exposure limit; None takes the desk's."""

    blur: bool = True
    grey: bool = True
    mute: bool = True
    lang: str = "en"
    theme: Literal["auto", "light", "dark"] = "auto"
    reveals_a_day: int | None = None


class Who(Struct, frozen=True, kw_only=True):
    """Someone who is signed in. `alias` is what others see and the ledger's readers know, never the sign-in name."""

    id: str
    name: str
    alias: str
    grants: tuple[Grant, ...]
    preferences: Preferences = Preferences()
    has_totp: bool = False


class SignedIn(Struct, frozen=True, kw_only=True):
    """A session. `token` is given out once, for the cookie; `whole` is False until the second factor is given."""

    token: str
    csrf: str
    who: Who
    whole: bool
    expires: datetime


class Invitation(Struct, frozen=True, kw_only=True):
    """A one-time link's secret, with which a new person sets a password."""

    user_id: str
    token: str
    expires: datetime


class UserRow(Struct, frozen=True, kw_only=True):
    """A person as administrators see them."""

    id: str
    name: str
    alias: str
    grants: tuple[Grant, ...]
    active: bool
    has_password: bool
    has_totp: bool
    made: datetime


class ApiKey(Struct, frozen=True, kw_only=True):
    """A machine that may ask. Its secret is not in here."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    per_minute: int
    active: bool
    made: datetime
    expires: datetime | None = None


class NewApiKey(Struct, frozen=True, kw_only=True):
    """A new key with its secret, which is shown once."""

    key: ApiKey
    secret: str


# What comes in


class Recorded(Struct, frozen=True, kw_only=True):
    """A decision that is stored. `case_id` is None where nothing needs to be remembered but the figure."""

    seq: int
    case_id: str | None


class ReportForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A report as filed. Any text is limited to 4,000 characters; `contact` is an e-mail address or empty.

    `where` is a link or the platform's identifier of the item; `from_s`, `to_s` are seconds in a clip, `region` is x,
    y, width, height in shares of the picture (0.0 to 1.0). `reporter_id` is the platform's account, if signed in.
    """

    topic: Topic
    where: str
    affected: Affected = "self"
    urgency: Urgency = "ordinary"
    what: str = ""
    quote: str = ""
    from_s: float | None = None
    to_s: float | None = None
    region: tuple[float, float, float, float] | None = None
    contact: str = ""
    reporter_id: str = ""
    country: str = ""
    lang: str = "en"
    good_faith: bool = False


class ReportReceipt(Struct, frozen=True, kw_only=True):
    """What the reporter gets. `reference` opens the follow-up page; it is shown once and stored only as a hash."""

    id: str
    reference: str
    lane: Lane
    needs_confirmation: bool


class ReportStep(Struct, frozen=True, kw_only=True):
    """A step in a report's life, as the reporter may know it."""

    at: datetime
    name: str


class ReportStatus(Struct, frozen=True, kw_only=True):
    """How a report stands, for its reporter."""

    id: str
    state: ReportState
    topic: Topic
    made: datetime
    confirmed: bool | None
    closed: datetime | None
    steps: tuple[ReportStep, ...]
    appeal_until: datetime | None = None
    notice_token: str | None = None


class ReportView(Struct, frozen=True, kw_only=True):
    """A report as reviewers see it. `form` is None until it is revealed, or when it was erased."""

    id: str
    case_id: str | None
    topic: Topic
    lane: Lane
    state: ReportState
    made: datetime
    confirmed: bool | None
    country: str
    lang: str
    reporter_reports: int
    reporter_right: int
    form: ReportForm | None = None


# Review


class QueueFilter(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What to list. Empty fields do not limit. `before` pages on: the last row's case id."""

    state: Literal["open", "waiting", "closed", "appealed", "blind", ""] = "open"
    queue: str = ""
    clause: str = ""
    surface: str = ""
    lang: str = ""
    source: str = ""
    action: str = ""
    overdue: bool = False
    mine: bool = False
    account: str = ""
    limit: int = 50
    offset: int = 0


class QueueRow(Struct, frozen=True, kw_only=True):
    """A case in a list. `holder` is the alias of who has it under lease."""

    case: Case
    opened: datetime
    due: datetime | None
    overdue: bool
    holder: str | None = None
    held_until: datetime | None = None


class QueueSum(Struct, frozen=True, kw_only=True):
    """A queue at a glance."""

    queue: str
    open: int
    fast: int
    overdue: int
    waiting: int
    oldest: datetime | None


class Lease(Struct, frozen=True, kw_only=True):
    """A case is yours until then; the heartbeat renews it."""

    case_id: str
    version: int
    until: datetime


class Ruling(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a person decides. `clauses` is empty exactly when `action` is `allow`. `note` is sealed."""

    action: Literal["allow", "warn", "redact", "restrict", "remove"]
    clauses: tuple[str, ...] = ()
    note: str = ""


class Ruled(Struct, frozen=True, kw_only=True):
    """What came of a ruling: applied, or waiting for a second person."""

    case: Case
    waits_for_second: bool
    order_ids: tuple[str, ...] = ()


class ClauseText(Struct, frozen=True, kw_only=True):
    """A clause as in force for the case, in one language."""

    id: str
    title: str
    reason: str
    advice: str
    policy: str
    second_approval: bool
    fast_lane: bool
    strikes: int


class TimelineRow(Struct, frozen=True, kw_only=True):
    """Something that happened to a case. `actor` is an alias, `engine`, `public`, `platform` or `clock`."""

    seq: int
    at: datetime
    kind: str
    actor: str
    facts: dict[str, Any]


class AuthorHistory(Struct, frozen=True, kw_only=True):
    """What is known of the author, without who it is. `strikes` counts points in force now."""

    account: str | None
    cases: int
    violations: int
    reversed: int
    strikes: int
    step: str
    recent: tuple[Case, ...] = ()


class Exposure(Struct, frozen=True, kw_only=True):
    """How many originals a reviewer has seen today, and how many they may."""

    seen: int
    limit: int


class CaseView(Struct, frozen=True, kw_only=True):
    """A case with all that is needed to decide, masked. `text` is the item's text with exposed spans masked.

    `thread` likewise. `media` names what there is; the bytes come from `reveal`. `erased` says the original is gone.
    """

    case: Case
    opened: datetime
    due: datetime | None
    text: str | None
    thread: tuple[str, ...]
    links: tuple[str, ...]
    media: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    reason: str
    redacted: str | None
    erased: bool
    held: bool
    clauses: tuple[ClauseText, ...]
    author: AuthorHistory
    reports: tuple[ReportView, ...]
    timeline: tuple[TimelineRow, ...]
    orders: tuple[OrderView, ...]
    appeals: tuple[AppealTask, ...]
    exposure: Exposure
    holder: str | None
    held_until: datetime | None
    rights: tuple[Right, ...]


class Revealed(Struct, frozen=True, kw_only=True):
    """An original in the clear. It may be shown, never stored or logged."""

    item: Item
    decision: Decision | None
    notes: tuple[str, ...]
    reports: tuple[ReportForm, ...]
    exposure: Exposure


class BulkPlan(Struct, frozen=True, kw_only=True):
    """What a bulk action would do: how many, a sample to look at, and the token that carries exactly these out."""

    count: int
    sample: tuple[QueueRow, ...]
    token: str
    skipped: int


class BulkDone(Struct, frozen=True, kw_only=True):
    """What a bulk action did; `id` undoes it."""

    id: str
    done: int
    waiting: int
    skipped: int


class Agreement(Struct, frozen=True, kw_only=True):
    """How often two people saw the same. `kappa` is Cohen's, None where it cannot be computed."""

    clause: str
    pairs: int
    same_verdict: int
    same_action: int
    kappa: float | None


# What goes out


class Delivery(Struct, frozen=True, kw_only=True):
    """One order on its way to one endpoint. `status` is the last HTTP status, None where nobody answered."""

    id: str
    endpoint: str
    state: Literal["due", "delivered", "dead"]
    attempts: int
    due: datetime
    status: int | None
    problem: str
    delivered: datetime | None


class OrderView(Struct, frozen=True, kw_only=True):
    """An order to the platform. `undone` is the id of the order that took it back."""

    id: str
    case_id: str | None
    kind: str
    action: str
    made: datetime
    undoes: str | None
    undone: str | None
    deliveries: tuple[Delivery, ...] = ()


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where orders go. `kinds` limits which; empty takes all. The secret is shown once, when it is made."""

    id: str
    name: str
    url: str
    kinds: tuple[str, ...]
    active: bool
    made: datetime
    secret: str | None = None


# Notices and appeals


class NoticeFinding(Struct, frozen=True, kw_only=True):
    """One thing that was found, as its author may read it: what, where, and its mask."""

    clause: str
    title: str
    what: str
    where: str
    shown_as: str


class Notice(Struct, frozen=True, kw_only=True):
    """What a person is told, in their language, masked. `rtl` says right to left."""

    id: str
    reader: Reader
    kind: Literal["decision", "reversal", "outcome", "appeal"]
    lang: str
    rtl: bool
    made: datetime
    title: str
    greeting: str
    paragraphs: tuple[str, ...]
    findings: tuple[NoticeFinding, ...]
    policy: str
    case_id: str
    action: Action
    may_appeal: bool
    appeal_until: datetime | None
    appeal: AppealStatus | None = None


class AppealStatus(Struct, frozen=True, kw_only=True):
    """An appeal, for who filed it."""

    id: str
    state: Literal["filed", "upheld", "reversed"]
    made: datetime
    judged: datetime | None
    reply: str | None


class AppealTask(Struct, frozen=True, kw_only=True):
    """An appeal, for who judges. `text` is None in lists and after its erasure."""

    id: str
    case_id: str
    reader: Reader
    state: Literal["filed", "upheld", "reversed"]
    made: datetime
    due: datetime
    judge: str | None
    judged: datetime | None
    text: str | None = None
    reply: str | None = None


# Accounts and figures


class Strike(Struct, frozen=True, kw_only=True):
    """One strike. `taken` is when it was taken back."""

    id: str
    case_id: str
    clause: str
    points: int
    given: datetime
    expires: datetime
    taken: datetime | None
    counts: bool


class Standing(Struct, frozen=True, kw_only=True):
    """An account's sum of strike points in force and the ladder's step that follows: empty, or an action."""

    account: str
    points: int
    step: str
    strikes: tuple[Strike, ...]


class FigureRow(Struct, frozen=True, kw_only=True):
    """A count for one day. `total` adds up what `measure` is about (seconds for times, else the same count)."""

    day: str
    measure: str
    clause: str
    surface: str
    lang: str
    source: str
    automation: str
    action: str
    n: int
    total: int


class Transparency(Struct, frozen=True, kw_only=True):
    """Figures for a period of days, both ends within. Shares are 0.0 to 1.0, None where nothing was counted.

    `precision` counts blind second reviews and rulings on what the engine proposed: how often a person agreed that it
    violates. Times are medians in seconds, from opening to ruling and from filing to judging.
    """

    since: str
    until: str
    decisions: int
    violations: int
    actions: dict[str, int]
    clauses: dict[str, int]
    surfaces: dict[str, int]
    languages: dict[str, int]
    sources: dict[str, int]
    automation: dict[str, int]
    reports: int
    reports_acted: int
    appeals: int
    appeals_reversed: int
    reaction_s: float | None
    appeal_s: float | None
    precision: float | None
    precision_n: int
    agreement: tuple[Agreement, ...]
    days: tuple[tuple[str, int, int], ...]
    rows: tuple[FigureRow, ...] = ()


class Overview(Struct, frozen=True, kw_only=True):
    """The state of the platform now. `hours` are (hour's start, decisions, violations), oldest first, 48 of them."""

    now: datetime
    decisions_today: int
    violations_today: int
    open_cases: int
    fast_open: int
    overdue: int
    waiting: int
    appeals_open: int
    reports_today: int
    oldest_open: datetime | None
    due_deliveries: int
    dead_deliveries: int
    queues: tuple[QueueSum, ...]
    top_clauses: tuple[tuple[str, int], ...]
    days: tuple[tuple[str, int, int], ...]
    median_reaction_s: float | None
    ledger_events: int


class Flip(Struct, frozen=True, kw_only=True):
    """A past decision that another policy version would change."""

    case_id: str
    clause: str
    lang: str
    before: Action
    after: Action
    clauses_after: tuple[str, ...]


class ShadowResult(Struct, frozen=True, kw_only=True):
    """What a policy version would change. `unread` cases had no original any more.

    `by` counts changes as (before, after, n).
    """

    policy: str
    against: str
    judged: int
    unread: int
    changed: int
    by: tuple[tuple[Action, Action, int], ...]
    flips: tuple[Flip, ...]


class Advice(Struct, frozen=True, kw_only=True):
    """What a pasted link or message looks like. `verdict` `trick` and `careful` come with reasons and what to do."""

    verdict: Literal["trick", "careful", "exposes", "nothing_found"]
    title: str
    reasons: tuple[str, ...]
    steps: tuple[str, ...]
    evidence: tuple[Evidence, ...]
    lang: str
    rtl: bool


class ErasureReceipt(Struct, frozen=True, kw_only=True):
    """Proof of an erasure: what went, the event that says so, and that nothing is left to open.

    `remaining` counts vault entries of the subject that a legal hold keeps. `proof` is the event's hash: it lies on the
    ledger's chain.
    """

    subject: str
    entries: int
    cases: int
    remaining: int
    event: int
    proof: str
    at: datetime


class Verified(Struct, frozen=True, kw_only=True):
    """What checking the memory found. `problems` is empty when all is well."""

    events: int
    cases: int
    head_seq: int
    head_hash: str
    problems: tuple[str, ...]
