"""The public pages say the same things in every language."""

from __future__ import annotations

import pytest

from tutela.console.public import LANGUAGES, words


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_sentence_is_missing_or_empty(lang: str) -> None:
    assert set(words(lang)) == set(words("en"))
    assert all(text.strip() for text in words(lang).values())


@pytest.mark.parametrize("lang", [lang for lang in LANGUAGES if lang != "en"])
def test_sentences_are_translated(lang: str) -> None:
    same = [name for name, text in words(lang).items() if text == words("en")[name] and len(text) > 12]
    assert same == []
