"""The memory: events that can only be added, the store under them, and the vault for what must be kept secret."""

from __future__ import annotations

from pathlib import Path

from tutela.errors import BadRequest
from tutela.ledger.keys import KeyRing
from tutela.ledger.store import Store, Tx


def open_store(address: str, *, power_safe: bool = True) -> Store:
    """The store at `sqlite:///path/to/file.db`, a plain path, or `postgresql://…`. Raises BadRequest (T422)."""
    if address.startswith(("postgresql://", "postgres://")):
        from tutela.ledger.postgres import PostgresStore

        return PostgresStore(address)
    if "://" in address and not address.startswith("sqlite:///"):
        raise BadRequest("no such kind of database", where="database", next_step="sqlite:///FILE or postgresql://…")
    from tutela.ledger.sqlite import SqliteStore

    path = Path(address.removeprefix("sqlite:///"))
    path.parent.mkdir(parents=True, exist_ok=True)
    return SqliteStore(path, power_safe=power_safe)


__all__ = ["KeyRing", "Store", "Tx", "open_store"]
