"""Are the shipped weights there, and are they the ones the product was shipped with?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
from msgspec import Struct

from tutela.errors import MissingWeights

SHIPPED = Path(__file__).parent / "weights"
RESTORE = 'restore it with `pip install --force-reinstall --no-deps tutela`, or rebuild it with `python -m training.intent`; `intent = "off"` judges without it'


class Settings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Numbers found on the tuning part; `docs/intent.md` shows how.

    Scores are logits. The linear stage lets a text pass below `pass_below`, one with a thread below
    `pass_below_thread`. `verdict` gives the verdict's logit: factors of the encoder's and the linear score, a term for
    texts with a thread, a constant. `passed`, `clause` and `counter` are (slope, constant) for the linear score of a
    text that passed and for the encoder's scores of clauses and counter-labels.
    """

    pass_below: float
    pass_below_thread: float
    verdict: tuple[float, float, float, float]
    passed: tuple[float, float]
    clause: tuple[float, float]
    counter: tuple[float, float]


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What belongs together. `files` maps a name to its SHA-256; `settings` are numbers of `training.intent`."""

    version: str
    files: dict[str, str]
    settings: Settings


def read_manifest(folder: Path) -> Manifest:
    """The manifest in `folder`. Raises MissingWeights (T208)."""
    try:
        return msgspec.json.decode((folder / "manifest.json").read_bytes(), type=Manifest)
    except OSError:
        raise MissingWeights("the file is missing", where=str(folder / "manifest.json"), next_step=RESTORE) from None
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise MissingWeights("the file is damaged", where=str(folder / "manifest.json"), next_step=RESTORE) from None


def read_checked(folder: Path, name: str, manifest: Manifest) -> bytes:
    """A weight file's bytes. Raises MissingWeights (T208) when it is missing or is not the one of the manifest."""
    path = folder / name
    try:
        data = path.read_bytes()
    except OSError:
        raise MissingWeights("the file is missing", where=str(path), next_step=RESTORE) from None
    if hashlib.sha256(data).hexdigest() != manifest.files.get(name):
        raise MissingWeights("the file is not the one that was shipped", where=str(path), next_step=RESTORE)
    return data
