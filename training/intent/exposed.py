"""Texts that show a value and intend nothing: the labelled texts of the detector folders, with and without the value.

The corpus holds no numbers, keys or passwords, so a model of the corpus alone takes their odd words for intent.
"""

from __future__ import annotations

import hashlib
import re

from training.intent.corpus import Part
from training.intent.examples import Example
from tutela.detectors.loading import load_detectors

# Folders whose texts are about what someone does: an intent may well be there.
_ABOUT_DEEDS = frozenset(("plate", "ip", "email"))
_HOSTILE = re.compile(
    r"\b(find|post|spam|flood|pay him|pay her|visit|ddos|report (him|her|them|everyone)|who drives|whose)\b", re.I
)


def exposures() -> list[Example]:
    """Each text twice: as written, and blanked where its value stands, as the engine hands it to the model."""
    examples = []
    for detector in load_detectors():
        if detector.name in _ABOUT_DEEDS:
            continue
        for case in (*detector.cases.match, *detector.cases.passes):
            if _HOSTILE.search(case.text):
                continue
            part = _part(case.text)
            texts = {case.text}
            if case.found:
                texts.add(case.text.replace(case.found, " " * len(case.found)))
            examples.extend(
                Example(
                    text=text,
                    lang=case.lang or "en",
                    surface=case.surface,
                    violates=False,
                    part=part,
                    source="exposure",
                )
                for text in sorted(texts)
            )
    return examples


def _part(text: str) -> Part:
    """Two of three for training, the rest for tuning: figures are never taken from these texts."""
    return "train" if hashlib.blake2b(text.encode(), digest_size=1).digest()[0] % 3 else "tune"
