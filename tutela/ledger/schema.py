"""What do the tables look like? Steps forward, numbered, for both databases; each runs once, in one transaction.

`events` is the memory and can only be appended to. Every other table is either folded from it (`cases`, `figures`),
sealed (`vault`), or about people and machines that sign in. No column holds text that somebody sent: such text is
sealed in `vault`, identifiers of accounts and items are keyed fingerprints.
"""

from __future__ import annotations

from tutela.errors import StoreGone
from tutela.ledger.store import Store, Tx

_STEP_1 = (
    """CREATE TABLE events (
        seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, kind TEXT NOT NULL, case_id TEXT, item TEXT, account TEXT,
        actor TEXT NOT NULL, body TEXT NOT NULL, hash BLOB NOT NULL)""",
    "CREATE INDEX events_case ON events (case_id, seq) WHERE case_id IS NOT NULL",
    "CREATE INDEX events_told ON events (kind, seq) WHERE kind <> 'decided'",
    """CREATE TABLE vault (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, case_id TEXT, account TEXT, key_id TEXT NOT NULL,
        wrapped BLOB NOT NULL, sealed BLOB NOT NULL, made BIGINT NOT NULL, expires BIGINT, held BIGINT NOT NULL)""",
    "CREATE INDEX vault_case ON vault (case_id)",
    "CREATE INDEX vault_account ON vault (account) WHERE account IS NOT NULL",
    "CREATE INDEX vault_expires ON vault (expires) WHERE expires IS NOT NULL AND held = 0",
    "CREATE INDEX vault_key ON vault (key_id)",
    """CREATE TABLE cases (
        id TEXT PRIMARY KEY, opened BIGINT NOT NULL, state TEXT NOT NULL, source TEXT NOT NULL, queue TEXT NOT NULL,
        clause TEXT NOT NULL, gravity BIGINT NOT NULL, fast BIGINT NOT NULL, due BIGINT, surface TEXT NOT NULL,
        audience TEXT NOT NULL, lang TEXT NOT NULL, item TEXT NOT NULL, account TEXT, policy TEXT NOT NULL,
        action TEXT NOT NULL, violates BIGINT NOT NULL, version BIGINT NOT NULL, closed BIGINT, reports BIGINT NOT NULL,
        original TEXT, item_at BIGINT, holder TEXT, held_until BIGINT, blind BIGINT NOT NULL, body TEXT NOT NULL)""",
    "CREATE INDEX cases_queue ON cases (state, fast DESC, due, gravity DESC, opened)",
    "CREATE INDEX cases_closed ON cases (state, closed, id)",
    "CREATE INDEX cases_sum ON cases (state, queue, fast, due, opened)",
    "CREATE INDEX cases_item ON cases (item)",
    "CREATE INDEX cases_account ON cases (account, opened) WHERE account IS NOT NULL",
    "CREATE INDEX cases_opened ON cases (opened)",
    """CREATE TABLE rulings (
        case_id TEXT NOT NULL, number BIGINT NOT NULL, reviewer TEXT NOT NULL, role TEXT NOT NULL, action TEXT NOT NULL,
        clause TEXT NOT NULL, violates BIGINT NOT NULL, at BIGINT NOT NULL, took_s BIGINT NOT NULL,
        PRIMARY KEY (case_id, number))""",
    """CREATE TABLE reports (
        id TEXT PRIMARY KEY, case_id TEXT, token BLOB NOT NULL, state TEXT NOT NULL, topic TEXT NOT NULL,
        lane TEXT NOT NULL, lang TEXT NOT NULL, reporter TEXT, made BIGINT NOT NULL, confirmed BIGINT, closed BIGINT,
        confirm_token BLOB, outcome TEXT NOT NULL, detail TEXT, contact TEXT, country TEXT NOT NULL)""",
    "CREATE INDEX reports_case ON reports (case_id)",
    "CREATE INDEX reports_reporter ON reports (reporter) WHERE reporter IS NOT NULL",
    "CREATE UNIQUE INDEX reports_token ON reports (token)",
    """CREATE TABLE endpoints (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, sealed TEXT NOT NULL, kinds TEXT NOT NULL, active BIGINT NOT NULL,
        made BIGINT NOT NULL)""",
    """CREATE TABLE orders (
        id TEXT PRIMARY KEY, seq BIGINT NOT NULL, case_id TEXT, account TEXT, kind TEXT NOT NULL, action TEXT NOT NULL,
        undoes TEXT, undone TEXT, made BIGINT NOT NULL, sealed TEXT NOT NULL)""",
    "CREATE INDEX orders_case ON orders (case_id)",
    "CREATE INDEX orders_made ON orders (made)",
    """CREATE TABLE deliveries (
        id TEXT PRIMARY KEY, order_id TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
        attempts BIGINT NOT NULL, due BIGINT NOT NULL, claimed BIGINT, status BIGINT, problem TEXT NOT NULL,
        delivered BIGINT)""",
    "CREATE INDEX deliveries_due ON deliveries (state, due)",
    "CREATE INDEX deliveries_order ON deliveries (order_id)",
    """CREATE TABLE notices (
        id TEXT PRIMARY KEY, token BLOB NOT NULL, case_id TEXT NOT NULL, report_id TEXT, account TEXT, reader TEXT NOT NULL,
        kind TEXT NOT NULL, lang TEXT NOT NULL, made BIGINT NOT NULL, first_read BIGINT, action TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX notices_token ON notices (token)",
    "CREATE INDEX notices_case ON notices (case_id)",
    """CREATE TABLE appeals (
        id TEXT PRIMARY KEY, case_id TEXT NOT NULL, notice_id TEXT NOT NULL, reader TEXT NOT NULL, state TEXT NOT NULL,
        made BIGINT NOT NULL, due BIGINT NOT NULL, text TEXT, reply TEXT, judge TEXT, judged BIGINT,
        holder TEXT, held_until BIGINT)""",
    "CREATE UNIQUE INDEX appeals_notice ON appeals (notice_id)",
    "CREATE INDEX appeals_state ON appeals (state, due)",
    "CREATE INDEX appeals_case ON appeals (case_id)",
    """CREATE TABLE strikes (
        id TEXT PRIMARY KEY, account TEXT NOT NULL, case_id TEXT NOT NULL, clause TEXT NOT NULL, points BIGINT NOT NULL,
        given BIGINT NOT NULL, expires BIGINT NOT NULL, taken BIGINT)""",
    "CREATE INDEX strikes_account ON strikes (account, expires)",
    "CREATE INDEX strikes_case ON strikes (case_id)",
    """CREATE TABLE standings (
        account TEXT PRIMARY KEY, step TEXT NOT NULL, order_id TEXT, since BIGINT NOT NULL)""",
    """CREATE TABLE users (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, alias TEXT NOT NULL, password TEXT NOT NULL, totp TEXT,
        totp_last BIGINT NOT NULL, grants TEXT NOT NULL, active BIGINT NOT NULL, made BIGINT NOT NULL, oidc TEXT,
        settings TEXT NOT NULL)""",
    "CREATE UNIQUE INDEX users_name ON users (name)",
    "CREATE UNIQUE INDEX users_oidc ON users (oidc) WHERE oidc IS NOT NULL",
    """CREATE TABLE invitations (
        token BLOB PRIMARY KEY, user_id TEXT NOT NULL, made BIGINT NOT NULL, expires BIGINT NOT NULL, used BIGINT)""",
    """CREATE TABLE sessions (
        token BLOB PRIMARY KEY, user_id TEXT NOT NULL, csrf TEXT NOT NULL, made BIGINT NOT NULL, seen BIGINT NOT NULL,
        expires BIGINT NOT NULL, whole BIGINT NOT NULL)""",
    "CREATE INDEX sessions_user ON sessions (user_id)",
    """CREATE TABLE api_keys (
        id TEXT PRIMARY KEY, hash BLOB NOT NULL, name TEXT NOT NULL, scopes TEXT NOT NULL, per_minute BIGINT NOT NULL,
        active BIGINT NOT NULL, made BIGINT NOT NULL, expires BIGINT)""",
    "CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash)",
    """CREATE TABLE counts (
        name TEXT NOT NULL, since BIGINT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (name, since))""",
    "CREATE INDEX counts_since ON counts (since)",
    """CREATE TABLE answers (
        scope TEXT NOT NULL, name BLOB NOT NULL, request BLOB NOT NULL, at BIGINT NOT NULL, sealed TEXT NOT NULL,
        PRIMARY KEY (scope, name))""",
    "CREATE INDEX answers_at ON answers (at)",
    """CREATE TABLE figures (
        day TEXT NOT NULL, measure TEXT NOT NULL, clause TEXT NOT NULL, surface TEXT NOT NULL, lang TEXT NOT NULL,
        source TEXT NOT NULL, automation TEXT NOT NULL, action TEXT NOT NULL, n BIGINT NOT NULL, total BIGINT NOT NULL,
        PRIMARY KEY (day, measure, clause, surface, lang, source, automation, action))""",
)
STEPS: tuple[tuple[str, ...], ...] = (_STEP_1,)

_GUARDS = {
    "sqlite": (
        "CREATE TRIGGER events_no_update BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
        "CREATE TRIGGER events_no_delete BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION tutela_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN RAISE EXCEPTION 'events are append-only'; END$$",
        "CREATE TRIGGER events_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON events"
        " FOR EACH STATEMENT EXECUTE FUNCTION tutela_append_only()",
    ),
}
NEWEST = len(STEPS)
TABLES = (
    "events", "vault", "cases", "rulings", "reports", "endpoints", "orders", "deliveries", "notices", "appeals",
    "strikes", "standings", "users", "invitations", "sessions", "api_keys", "counts", "answers", "figures",
)  # fmt: skip


def step_of(tx: Tx, kind: str) -> int:
    """The step that the database stands at; 0 for an empty one."""
    if kind == "sqlite":
        there = tx.value("SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_step'")
    else:
        there = tx.value(
            "SELECT COUNT(*) FROM information_schema.tables"
            " WHERE table_name = 'schema_step' AND table_schema = current_schema()"
        )
    return int(tx.value("SELECT MAX(step) FROM schema_step") or 0) if there else 0


def _stands_at_newest(store: Store) -> bool:
    """True when there is nothing to do: seen by reading alone, so that reading works beside a process that writes."""
    try:
        return store.read(lambda tx: step_of(tx, store.kind)) == NEWEST
    except StoreGone:
        return False


def migrate(store: Store) -> tuple[int, int]:
    """Brings the database to the newest step: (step before, step after). Safe to call at every start.

    Raises StoreGone (T501) when the database was written by a newer release, which this one would misread.
    """
    if _stands_at_newest(store):
        return NEWEST, NEWEST
    session = store.connect()
    tx = session.tx
    try:
        # Another process may be doing the same: the second waits here and then finds the work done.
        if store.kind == "sqlite":
            tx.run("BEGIN IMMEDIATE")
        else:
            tx.run("BEGIN")
            tx.rows("SELECT pg_advisory_xact_lock(20212005122)")
        before = step_of(tx, store.kind)
        if before > NEWEST:
            raise StoreGone(
                f"the database is at step {before}, this release knows {NEWEST} steps",
                next_step="use the release that wrote it, or a newer one",
            )
        if before == 0:
            tx.run("CREATE TABLE schema_step (step BIGINT PRIMARY KEY)")
        for number, step in enumerate(STEPS[before:], before + 1):
            for statement in step:
                tx.run(statement if store.kind == "sqlite" else statement.replace(" BLOB", " BYTEA"))
            if number == 1:
                for statement in _GUARDS[store.kind]:
                    tx.run(statement)
            tx.run("INSERT INTO schema_step (step) VALUES (?)", number)
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.close()
    return before, NEWEST
