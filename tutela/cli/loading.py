"""The engine as the command line loads it: with threat lists, rules and a virus scanner where there are any."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from tutela.engine import Engine
from tutela.errors import MissingFile
from tutela.extract.items import Reach


def load_engine(
    *,
    platform: Path | None,
    policy: str | None,
    intent: str = "on",
    detectors: Sequence[Path] = (),
    rules: Sequence[Path] = (),
    clamd: str = "",
) -> Engine:
    """An engine with the feeds that `tutela feeds update` stored. `intent` is `on` or `off`.

    Raises what `Engine.load` raises, and MissingFile (T104) for a folder of rules that is not there.
    """
    return Engine.load(
        platform=platform,
        policy=policy,
        intent="on" if intent == "on" else "off",
        detectors=detectors,
        reach=reach_of(rules=rules, clamd=clamd),
    )


def reach_of(*, rules: Sequence[Path] = (), clamd: str = "") -> Reach:
    """How far the engine looks beyond text on this machine."""
    from tutela.cli.feeds import default_folder
    from tutela.links import load_feeds

    folder = default_folder()
    aids = None
    if rules or clamd:
        from tutela.extract.files import Aids
        from tutela.extract.files.rules import check_folder

        for path in rules:
            if not path.is_dir():
                raise MissingFile(
                    "no such folder of rules", where=str(path), next_step="--rules names a folder of .yar files"
                )
            check_folder(path)
        aids = Aids(rule_folders=tuple(str(path.resolve()) for path in rules), clamd=clamd)
    return Reach(feeds=load_feeds(folder) if folder.is_dir() else None, aids=aids)
