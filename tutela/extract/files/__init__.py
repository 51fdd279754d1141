"""A file of any kind as parts to scan and signals: what it is, what it hides, what it would do, whose it is.

`read_file` is the entry. Reading happens in a separate process under limits; what could not be read is a trouble.
"""

from __future__ import annotations

from msgspec import Struct

from tutela.extract.files.limits import Limits
from tutela.extract.files.walk import Inner, Inspection
from tutela.model import Extract, Trouble, Where
from tutela.settings import Platform

__all__ = ["Aids", "Inner", "Inspection", "Limits", "inspect_file", "read_file"]

_LIMITS = Limits()


class Aids(Struct, frozen=True, kw_only=True):
    """What the operator adds: folders with `.yar` rules and `.sha256` lists, and a ClamAV daemon.

    `clamd` is `unix:/run/clamav/clamd.ctl` or `tcp:host:3310`; "" for none.
    """

    rule_folders: tuple[str, ...] = ()
    clamd: str = ""
    clamd_timeout_s: float = 20.0


_NO_AIDS = Aids()


def read_file(
    data: bytes,
    *,
    name: str | None,
    part: str,
    kind: str = "file",
    platform: Platform,
    text_hint: str = "",
    limits: Limits = _LIMITS,
    aids: Aids = _NO_AIDS,
) -> Extract:
    """What one file says. `kind` is the medium the item names it as; `text_hint` is the item's own text.

    A password that the text names opens a locked archive, in memory only. Never raises for what the file holds.
    """
    return inspect_file(
        data, name=name, part=part, kind=kind, platform=platform, text_hint=text_hint, limits=limits, aids=aids
    ).extract


def inspect_file(
    data: bytes,
    *,
    name: str | None,
    part: str,
    kind: str = "file",
    platform: Platform,
    text_hint: str = "",
    limits: Limits = _LIMITS,
    aids: Aids = _NO_AIDS,
) -> Inspection:
    """As `read_file`, with the kind of file and the pictures, sound and clips inside it for their own readers.

    An `inner` with an empty `member` is the file itself: its bytes are not repeated.
    """
    from tutela.extract.files.workshop import job_for, shared_workshop

    job = job_for(name, part, text_hint, limits, aids.rule_folders)
    found = shared_workshop().inspect(data, job, platform)
    if aids.clamd:
        found = _with_daemon(found, data, part, aids)
    return found


def _with_daemon(found: Inspection, data: bytes, part: str, aids: Aids) -> Inspection:
    from tutela.extract.files.clamd import ask_daemon
    from tutela.extract.files.walk import daemon_signal

    answer = ask_daemon(aids.clamd, data, aids.clamd_timeout_s)
    extract = found.extract
    if answer.found:
        signal = daemon_signal(part, answer.found)
        extract = Extract(parts=extract.parts, signals=(signal, *extract.signals), troubles=extract.troubles)
    elif answer.problem:
        trouble = Trouble(
            code="T209", what=f"the virus scanner gave no verdict: {answer.problem}", where=Where(part=part)
        )
        extract = Extract(parts=extract.parts, signals=extract.signals, troubles=(*extract.troubles, trouble))
    return Inspection(extract=extract, kind=found.kind, inner=found.inner)
