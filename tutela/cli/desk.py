"""`tutela desk …`: keep the desk's memory from the shell. Each command opens the database, does one thing, and closes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import msgspec
import typer

from tutela.errors import BadRequest

if TYPE_CHECKING:
    from tutela.desk import Desk
    from tutela.desk.forms import Grant

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="Keep the desk's memory: verify, back up, restore, erase, keys, users.",
)
ledger = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Check the event ledger.")
keys = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="The key ring.")
users = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="People who sign in.")
machines = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Keys for machines.")
hooks = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None, help="Where orders go.")
for name, part in (("ledger", ledger), ("keys", keys), ("users", users), ("api-keys", machines), ("webhooks", hooks)):
    app.add_typer(part, name=name)

Database = Annotated[
    str, typer.Option("--database", envvar="TUTELA_DATABASE", help="sqlite:///FILE or postgresql://…", metavar="URL")
]
Keys = Annotated[Path, typer.Option("--keys", envvar="TUTELA_KEYS", help="The key ring's file.", metavar="FILE")]
# Where `tutela serve` keeps them when nothing else is said.
_DATABASE, _KEYS = "sqlite:///var/tutela.db", Path("var/tutela.keys")


@contextmanager
def _desk(database: str, key_file: Path, *, fresh: bool = False) -> Iterator[Desk]:
    from tutela.desk import Desk, KeyRing
    from tutela.engine import Engine

    ring = KeyRing.open(key_file) if fresh else KeyRing.load(key_file)
    desk = Desk.open(database, engine=partial(Engine.load, intent="off"), keys=ring)
    try:
        yield desk
    finally:
        desk.close()


def _print(value: Any) -> None:
    print(json.dumps(msgspec.to_builtins(value), ensure_ascii=False, indent=2))


@ledger.command("verify")
def verify(
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    head: Annotated[Path | None, typer.Option(help="A head exported earlier; it must lie on the chain.")] = None,
) -> int:
    """Follow the whole chain, fold every case anew, and compare. Exit status 0 when all holds, 1 when not."""
    from tutela.ledger.chain import Head

    known = None
    if head is not None:
        try:
            known = msgspec.json.decode(head.read_bytes(), type=Head)
        except (OSError, msgspec.MsgspecError):
            raise BadRequest("this is no exported head", where=str(head)) from None
    with _desk(database, key_file) as desk:
        found = desk.upkeep.verify(known=known)
    _print(found)
    return 1 if found.problems else 0


@ledger.command("head")
def head(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """Print the chain's end. Keep it where whoever writes to the database cannot reach it."""
    with _desk(database, key_file) as desk:
        _print(desk.upkeep.head())
    return 0


@ledger.command("export")
def export(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """Print every event as a JSON line, oldest first. It holds no text that anybody sent."""
    from tutela.ledger.chain import events_after

    with _desk(database, key_file) as desk:
        last = 0
        while page := desk.memory.read(lambda tx: events_after(tx, last)):  # noqa: B023 - read before it changes
            for event in page:
                facts = {**msgspec.structs.asdict(event), "hash": event.hash.hex()}
                print(json.dumps(facts, ensure_ascii=False))
            last = page[-1].seq
    return 0


@app.command()
def migrate(database: Database = _DATABASE) -> int:
    """Bring the database to this release's schema. Every other command does it by itself."""
    from tutela.ledger import open_store
    from tutela.ledger.schema import migrate as steps

    store = open_store(database)
    try:
        before, after = steps(store)
    finally:
        store.close()
    print(f"schema step {before} → {after}" if before != after else f"schema step {after}: nothing to do")
    return 0


@app.command()
def backup(
    path: Annotated[Path, typer.Argument(help="The copy's file; it must not exist.")],
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
) -> int:
    """Copy the database as of one moment. The key ring is not in it: keep a copy of that elsewhere."""
    with _desk(database, key_file) as desk:
        desk.upkeep.backup(path)
    print(f"{path}: {path.stat().st_size:,} bytes; the key ring {key_file} is not in it")
    return 0


@app.command()
def restore(
    path: Annotated[Path, typer.Argument(help="A backup's file.")],
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
) -> int:
    """Put a backup in the database's place. What was erased after it was made is erased again."""
    from tutela.desk.upkeep import restore as put_back
    from tutela.ledger import KeyRing

    again = put_back(path, database, KeyRing.load(key_file))
    print("restored; the ledger holds" + (f"; {again} entries erased again" if again else ""))
    return 0


@app.command()
def erase(
    subject: Annotated[str, typer.Option(help="An account's identifier on the platform, or an e-mail address.")],
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    reason: Annotated[str, typer.Option(help="One word for the ledger: request, court, test …")] = "request",
) -> int:
    """Erase everything held of somebody and print the proof."""
    if not reason.isalpha() or len(reason) > 20:
        raise BadRequest("one word of up to 20 letters is expected", where="--reason")
    with _desk(database, key_file) as desk:
        receipt = desk.upkeep.erase(subject, actor="cli", reason=reason)
    _print(receipt)
    return 0


@app.command()
def retention(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """Delete what the policy's retention says by now. The service does it by itself."""
    total = 0
    with _desk(database, key_file) as desk:
        while gone := desk.upkeep.retention_due():
            total += gone
    print(f"{total} entries deleted")
    return 0


@app.command()
def deliver(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """Send the orders that are due, once. The service does it by itself."""
    total = 0
    with _desk(database, key_file) as desk:
        while tried := desk.orders.deliver_due():
            total += tried
    print(f"{total} deliveries tried")
    return 0


@app.command()
def shadow(
    policy: Annotated[str, typer.Argument(help="A version's identifier, or a policy file.")],
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    limit: Annotated[int, typer.Option(help="So many of the newest cases.")] = 2_000,
) -> int:
    """Judge past cases by another policy version, without acting, and list what it would change."""
    from tutela.engine import Engine

    other = Engine.load(policy=policy)
    with _desk(database, key_file) as desk:
        _print(desk.shadow.past(other, limit=limit))
    return 0


@app.command()
def statement(
    case: Annotated[str, typer.Argument(help="A case.")], database: Database = _DATABASE, key_file: Keys = _KEYS
) -> int:
    """Print the EU statement of reasons for a case, checked."""
    with _desk(database, key_file) as desk:
        _print(desk.statements.of_case(case))
    return 0


@app.command()
def figures(
    since: Annotated[str, typer.Argument(help="First day, such as 2026-05-01.")],
    until: Annotated[str, typer.Argument(help="Last day.")],
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    csv: Annotated[bool, typer.Option("--csv", help="Each day's counts as CSV.")] = False,
) -> int:
    """Print the transparency figures of a period."""
    with _desk(database, key_file) as desk:
        if csv:
            print(desk.transparency.csv(since, until), end="")
        else:
            _print(desk.transparency.figures(since, until))
    return 0


@keys.command("rotate")
def rotate(
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    drop_old: Annotated[
        bool, typer.Option("--drop-old", help="Forget the old keys: older backups become unreadable.")
    ] = False,
) -> int:
    """Make a new wrapping key and wrap every entry's key with it."""
    with _desk(database, key_file) as desk:
        name = desk.upkeep.rotate(actor="cli", drop_old=drop_old)
    print(f"current key: {name}")
    return 0


@users.command("add")
def add_user(
    name: Annotated[str, typer.Argument(help="The name to sign in with.")],
    role: Annotated[list[str], typer.Option(help="admin, lead, reviewer, analyst or auditor; may be given again.")],
    queue: Annotated[list[str] | None, typer.Option(help="Only these queues.")] = None,
    clause: Annotated[list[str] | None, typer.Option(help="Only these clauses.")] = None,
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
) -> int:
    """Add somebody and print the one-time path to set a password at."""
    grants = tuple(_grant(entry, tuple(queue or ()), tuple(clause or ())) for entry in role)
    with _desk(database, key_file, fresh=True) as desk:
        invitation = desk.people.invite(name, grants, actor="cli")
    print(f"/join/{invitation.token}   until {invitation.expires:%Y-%m-%d %H:%M} UTC")
    return 0


@users.command("list")
def list_users(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """Everybody: id, in or out, roles, alias, password, second factor, name; separated by tabs."""
    with _desk(database, key_file) as desk:
        people = desk.people.users()
    for one in people:
        roles = ",".join(grant.role for grant in one.grants)
        state = "in" if one.active else "out"
        password = "password" if one.has_password else "no password yet"
        print(one.id, state, roles, one.alias, password, "second factor" if one.has_totp else "-", one.name, sep="\t")
    return 0


@users.command("reset")
def reset_user(
    user: Annotated[str, typer.Argument(help="Their id.")], database: Database = _DATABASE, key_file: Keys = _KEYS
) -> int:
    """Void somebody's password and second factor and print a new one-time path."""
    with _desk(database, key_file) as desk:
        invitation = desk.people.invite_again(user, actor="cli")
    print(f"/join/{invitation.token}   until {invitation.expires:%Y-%m-%d %H:%M} UTC")
    return 0


@machines.command("add")
def add_key(
    name: Annotated[str, typer.Argument(help="What it is for.")],
    scope: Annotated[list[str], typer.Option(help="check, report, appeal, read, transparency or admin.")],
    per_minute: Annotated[int, typer.Option(help="Items a minute.")] = 60_000,
    days_valid: Annotated[int | None, typer.Option(help="Days until it runs out.")] = None,
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
) -> int:
    """Add a key for a machine and print its secret, this once."""
    with _desk(database, key_file, fresh=True) as desk:
        made = desk.people.add_key(
            name,
            tuple(scope),  # type: ignore[arg-type]
            per_minute=per_minute,
            days_valid=days_valid,
            actor="cli",
        )
    print(f"{made.key.id}  {made.secret}")
    return 0


@machines.command("list")
def list_keys(database: Database = _DATABASE, key_file: Keys = _KEYS) -> int:
    """All keys for machines, without their secrets."""
    with _desk(database, key_file) as desk:
        _print(desk.people.keys())
    return 0


@machines.command("off")
def switch_off_key(
    key: Annotated[str, typer.Argument(help="Its id.")], database: Database = _DATABASE, key_file: Keys = _KEYS
) -> int:
    """Switch a key off."""
    with _desk(database, key_file) as desk:
        desk.people.switch_key(key, active=False, actor="cli")
    return 0


@hooks.command("add")
def add_hook(
    name: Annotated[str, typer.Argument(help="What it is.")],
    url: Annotated[str, typer.Argument(help="Where orders are posted.")],
    kind: Annotated[list[str] | None, typer.Option(help="Only these kinds of order.")] = None,
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
) -> int:
    """Add a place for orders and print the secret to verify them by, this once."""
    with _desk(database, key_file, fresh=True) as desk:
        made = desk.orders.add_endpoint(name, url, kinds=tuple(kind or ()), actor="cli")
    print(f"{made.id}  {made.secret}")
    return 0


@hooks.command("list")
def list_hooks(
    database: Database = _DATABASE,
    key_file: Keys = _KEYS,
    state: Annotated[str, typer.Option(help="due, delivered or dead.")] = "",
) -> int:
    """Endpoints, and the newest orders with their deliveries."""
    with _desk(database, key_file) as desk:
        _print({"endpoints": desk.orders.endpoints(), "orders": desk.orders.list(state=state, limit=50)})
    return 0


@hooks.command("replay")
def replay(
    order: Annotated[str, typer.Argument(help="An order's id.")], database: Database = _DATABASE, key_file: Keys = _KEYS
) -> int:
    """Send an order again."""
    with _desk(database, key_file) as desk:
        count = desk.orders.replay(order, actor="cli")
    print(f"{count} deliveries due")
    return 0


def _grant(role: str, queues: tuple[str, ...], clauses: tuple[str, ...]) -> Grant:
    from tutela.desk.forms import Grant as Form

    try:
        return msgspec.convert({"role": role, "queues": queues, "clauses": clauses}, Form)
    except msgspec.ValidationError:
        raise BadRequest("admin, lead, reviewer, analyst or auditor is expected", where="--role") from None
