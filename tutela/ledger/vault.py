"""Where are originals kept, and how do they go for good? Sealed one by one, each with a key of its own.

AES-256-GCM (NIST SP 800-38D). Each entry's key is made for it alone and stored wrapped by a key of the ring; the entry's id and
kind are bound to both. Deleting the row deletes the only key to it. A rotation wraps the keys anew and touches no
sealed byte.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from typing import TypeVar

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from tutela.errors import BadKeys, Erased
from tutela.ledger.keys import KeyRing
from tutela.ledger.store import Tx

T = TypeVar("T")
_NONCE = 12


class Entry(Struct, frozen=True, kw_only=True):
    """What the vault says of an entry without opening it. Times are stamps; `expires` None keeps until it is erased."""

    id: str
    kind: str
    case_id: str | None
    account: str | None
    key_id: str
    made: int
    expires: int | None
    held: bool
    size_bytes: int


class Vault:
    """Seals, opens and erases, inside the caller's transaction."""

    def __init__(self, keys: KeyRing) -> None:
        self.keys = keys

    def seal(
        self,
        tx: Tx,
        kind: str,
        content: object,
        *,
        at: int,
        case_id: str | None = None,
        account: str | None = None,
        expires: int | None = None,
    ) -> str:
        """Seals a struct or any JSON value; the new entry's id."""
        (name,) = self.seal_many(tx, [(kind, msgspec.json.encode(content), case_id, account, expires)], at=at)
        return name

    def seal_many(
        self, tx: Tx, contents: Iterable[tuple[str, bytes, str | None, str | None, int | None]], *, at: int
    ) -> list[str]:
        """Seals several (kind, JSON, case, account, expiry); their ids in the same order."""
        rows = []
        for kind, data, case_id, account, expires in contents:
            name = "v_" + secrets.token_hex(12)
            wrapped, sealed = self._close(name, kind, data)
            rows.append((name, kind, case_id, account, self.keys.current, wrapped, sealed, at, expires, 0))
        tx.insert(
            "vault",
            "INSERT INTO vault (id, kind, case_id, account, key_id, wrapped, sealed, made, expires, held)"
            " VALUES (?,?,?,?,?,?,?,?,?,?)",
            rows,
        )
        return [row[0] for row in rows]

    def open(self, tx: Tx, name: str | None, type: type[T]) -> T:
        """What was sealed. Raises Erased (T505) when it is gone, BadKeys (T504) when the ring does not fit."""
        found = tx.one("SELECT kind, key_id, wrapped, sealed FROM vault WHERE id = ?", name or "")
        if found is None:
            raise Erased("the original was deleted", next_step="what remains of the case is in the ledger, masked")
        kind, key_id, wrapped, sealed = found
        if key_id not in self.keys.keys:
            self.keys.follow()
        bound = f"{name}|{kind}".encode()
        try:
            key = AESGCM(self.keys.key(key_id)).decrypt(bytes(wrapped[:_NONCE]), bytes(wrapped[_NONCE:]), bound)
            data = AESGCM(key).decrypt(bytes(sealed[:_NONCE]), bytes(sealed[_NONCE:]), bound)
        except InvalidTag:
            raise BadKeys(
                "a sealed entry does not open with this key ring",
                where=f"vault entry {name}",
                next_step="use the ring that the database was written with",
            ) from None
        return msgspec.json.decode(data, type=type)

    def erase(self, tx: Tx, names: Iterable[str]) -> int:
        """Deletes entries with their keys; how many there were."""
        return sum(tx.run("DELETE FROM vault WHERE id = ?", name) for name in names)

    def hold(self, tx: Tx, case_id: str, *, held: bool) -> int:
        """Sets or lifts the legal hold on a case's entries: how many. Held entries outlive their retention."""
        return tx.run("UPDATE vault SET held = ? WHERE case_id = ?", int(held), case_id)

    def entries(self, tx: Tx, where: str, *values: object) -> list[Entry]:
        """Entries by a condition on the vault's columns."""
        rows = tx.rows(
            "SELECT id, kind, case_id, account, key_id, made, expires, held, LENGTH(sealed) FROM vault WHERE " + where,
            *values,
        )
        return [
            Entry(
                id=row[0],
                kind=row[1],
                case_id=row[2],
                account=row[3],
                key_id=row[4],
                made=row[5],
                expires=row[6],
                held=bool(row[7]),
                size_bytes=row[8],
            )
            for row in rows
        ]

    def rewrap(self, tx: Tx, *, limit: int) -> int:
        """Wraps up to `limit` entries' keys with the current key; how many. Call until it gives 0."""
        rows = tx.rows(
            f"SELECT id, kind, key_id, wrapped FROM vault WHERE key_id <> ? ORDER BY id LIMIT {int(limit)}",
            self.keys.current,
        )
        current = AESGCM(self.keys.key(self.keys.current))
        for name, kind, key_id, wrapped in rows:
            bound = f"{name}|{kind}".encode()
            try:
                key = AESGCM(self.keys.key(key_id)).decrypt(bytes(wrapped[:_NONCE]), bytes(wrapped[_NONCE:]), bound)
            except InvalidTag:
                raise BadKeys("a sealed entry does not open with this key ring", where=f"vault entry {name}") from None
            nonce = os.urandom(_NONCE)
            tx.run(
                "UPDATE vault SET key_id = ?, wrapped = ? WHERE id = ?",
                self.keys.current,
                nonce + current.encrypt(nonce, key, bound),
                name,
            )
        return len(rows)

    def _close(self, name: str, kind: str, data: bytes) -> tuple[bytes, bytes]:
        # Another process may have rotated: what is sealed with a key that was dropped can never be opened.
        self.keys.follow()
        bound = f"{name}|{kind}".encode()
        key, outer, inner = os.urandom(32), os.urandom(_NONCE), os.urandom(_NONCE)
        wrapped = outer + AESGCM(self.keys.key(self.keys.current)).encrypt(outer, key, bound)
        return wrapped, inner + AESGCM(key).encrypt(inner, data, bound)
