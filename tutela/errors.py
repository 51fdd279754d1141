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
