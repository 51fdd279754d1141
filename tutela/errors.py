"""What can go wrong, one class per code: what, where, and the next step for the one who has to act."""

from __future__ import annotations


class TutelaError(Exception):
    """Base of every error the product raises on purpose.

    `code` is stable and documented (`docs/errors.md`); `where` names a file, line, field or part;
    `next_step` says what to do. None of the three ever holds a value that was judged.
    """

    code = "T000"

    def __init__(self, what: str, *, where: str = "", next_step: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.next_step = next_step

    def __str__(self) -> str:
        head = f"{self.code} {self.where}: {self.what}" if self.where else f"{self.code} {self.what}"
        return f"{head}\n     {self.next_step}" if self.next_step else head


class BadItem(TutelaError):
    """An item that is not what the contract says: wrong JSON, unknown field, wrong type."""

    code = "T101"


class NotText(TutelaError):
    """Bytes that are not UTF-8 where text is expected."""

    code = "T102"


class TooLarge(TutelaError):
    """Input beyond a documented limit."""

    code = "T103"


class MissingFile(TutelaError):
    """A file that is named but cannot be read."""

    code = "T104"


class UnknownPolicy(TutelaError):
    """A policy version that is not in the book, or none in force at the item's time."""

    code = "T201"


class BadPolicy(TutelaError):
    """A policy file with defects; all of them are listed."""

    code = "T204"


class BadDetector(TutelaError):
    """A detector folder with defects; all of them are listed."""

    code = "T205"


class BadPlatform(TutelaError):
    """A platform profile with defects; all of them are listed."""

    code = "T206"


class BadSettings(TutelaError):
    """Settings (`tutela.toml`) with defects."""

    code = "T207"


class MissingWeights(TutelaError):
    """A model's weights are missing or are not the ones the product was shipped with."""

    code = "T208"


class MissingPart(TutelaError):
    """An optional part (package, daemon, program) that this job needs is not installed."""

    code = "T209"


class NotComparable(TutelaError):
    """Two places that cannot be compared: a text range against a picture box."""

    code = "T311"


class Unreadable(TutelaError):
    """Media that no reader could open, or that went beyond a reader's limits."""

    code = "T312"


class NotSignedIn(TutelaError):
    """No valid session, key or password: who is asking is not known."""

    code = "T401"


class Forbidden(TutelaError):
    """Who is asking is known and may not do this."""

    code = "T403"


class NotFound(TutelaError):
    """No such case, report, notice, person or order, or none that the one who asks may know of."""

    code = "T404"


class Conflict(TutelaError):
    """Somebody else was faster, or the state of things does not allow this step any more."""

    code = "T409"


class Expired(TutelaError):
    """A link, token, lease or period that has run out."""

    code = "T410"


class BadRequest(TutelaError):
    """A request whose fields are not what the use case takes; `where` names the field."""

    code = "T422"


class TooMany(TutelaError):
    """A limit on how often something may be done; `retry_after_s` says when to come back, in seconds."""

    code = "T429"

    def __init__(self, what: str, *, retry_after_s: int, where: str = "", next_step: str = "") -> None:
        super().__init__(what, where=where, next_step=next_step or f"try again in {retry_after_s} s")
        self.retry_after_s = retry_after_s


class StoreGone(TutelaError):
    """The database cannot be reached or refused to write: nothing of this request is known to be stored."""

    code = "T501"


class StoreFull(TutelaError):
    """The disk under the database is full: nothing of this request was stored."""

    code = "T502"


class LedgerBroken(TutelaError):
    """The ledger's chain does not hold: an event was changed, removed or put in from outside."""

    code = "T503"


class BadKeys(TutelaError):
    """The key ring is missing, is no key ring, or lacks the key that something was sealed with."""

    code = "T504"


class Erased(TutelaError):
    """An original that was deleted: its retention ran out or somebody's right to erasure was served."""

    code = "T505"
