"""What is sealed of an item, and how is it opened again?"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from tutela.desk.memory import Memory
from tutela.errors import BadKeys, Erased
from tutela.ledger import Tx
from tutela.ledger.fold import Case
from tutela.model import Decision, Evidence, Item


class Original(Struct, frozen=True, kw_only=True):
    """An item and what was decided about it, as they came. Only ever sealed."""

    item: Item
    decision: Decision | None = None


class AccountName(Struct, frozen=True, kw_only=True):
    """The platform's identifier of an account, kept as long as orders about the account may follow."""

    id: str


def light(item: Item, most_bytes: int) -> Item:
    """The item without media that are too large to keep: their kind and name stay."""
    if not item.media:
        return item
    left, kept = most_bytes, []
    for media in item.media:
        size = len(media.data or b"")
        kept.append(media if size <= left else replace(media, data=None))
        left -= size if size <= left else 0
    return replace(item, media=tuple(kept))


def thin(evidence: tuple[Evidence, ...], *, most: int = 50) -> tuple[Evidence, ...]:
    """Evidence for the ledger: without the names of archive members, which people choose, and not without end."""
    return tuple(
        entry if entry.where.member is None else replace(entry, where=replace(entry.where, member=None))
        for entry in evidence[:most]
    )


def original_of(memory: Memory, tx: Tx, case: Case) -> Original | None:
    """The case's original; None when there is none or it was deleted."""
    if case.original is None:
        return None
    try:
        return memory.vault.open(tx, case.original, Original)
    except Erased:
        return None


def author_of(memory: Memory, tx: Tx, case: Case) -> str | None:
    """The platform's identifier of the author; None when it is not known any more."""
    original = original_of(memory, tx, case)
    if original is not None and original.item.author is not None:
        return original.item.author.id
    return author_of_account(memory, tx, case.account)


def author_of_account(memory: Memory, tx: Tx, account: str | None) -> str | None:
    """The platform's identifier behind an account's fingerprint; None when it is not known any more."""
    if account is None:
        return None
    name = tx.value("SELECT id FROM vault WHERE account = ? AND kind = 'account' LIMIT 1", account)
    if name is None:
        return None
    try:
        return memory.vault.open(tx, name, AccountName).id
    except (Erased, BadKeys):
        return None


def keep_account(memory: Memory, tx: Tx, account: str, author_id: str) -> None:
    """Seals the platform's identifier of an account, once."""
    if tx.value("SELECT COUNT(*) FROM vault WHERE account = ? AND kind = 'account'", account):
        return
    memory.vault.seal(tx, "account", AccountName(id=author_id), at=memory.now(), account=account)
