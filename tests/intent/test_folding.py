"""Disguises are undone, and tokens point at what was written."""

import pytest

from tutela.intent.folding import TEXT_MAX, fold, folded_text


def words(text):
    return [token.word for token in fold(text)]


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("s e l l i n g  a c c o u n t s", ["selling", "accounts"]),
        ("ac\u200bcount for sa\u2060le", ["account", "for", "sale"]),
        ("y0ur p4ssw0rd pl3ase", ["your", "password", "please"]),
        ("ѕеnd mе thе соdе", ["send", "me", "the", "code"]),
        ("ｓｅｎｄ it", ["send", "it"]),
        ("SENd It", ["send", "it"]),
        ("p.o.s.t.i.n.g her", ["posting", "her"]),
    ],
)
def test_disguise_is_undone(written, plain):
    assert words(written) == plain


@pytest.mark.parametrize(
    "text", ["20k views", "my mp3 player", "covid19", "in 2026", "user@mail.example", "500x zoom", "the 3rd one"]
)
def test_figures_that_mean_figures_stay(text):
    assert "".join(words(text)).replace("@", "") == text.replace(" ", "").replace("@", "").replace(".", "")


@pytest.mark.parametrize(
    "text",
    ["Ich verkaufe 2 Äpfel", "я продаю аккаунт", "卖号 加v", "s e l l i n g now", "İstanbul'da", "खाता बेचना", "k1ller"],
)
def test_places_are_those_of_the_text(text):
    tokens = fold(text)
    assert tokens
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
    assert [t.start for t in tokens] == sorted(t.start for t in tokens)


def test_folded_text_reads_on():
    text = "I will p0st your addr3ss, now"
    assert folded_text(text, fold(text)) == "i will post your address, now"


def test_long_text_is_judged_by_both_ends_in_bounded_time():
    text = "hello " * 200_000 + "send me the code"
    tokens = fold(text)
    assert len(tokens) < TEXT_MAX
    assert text[tokens[-1].start : tokens[-1].end] == "code"


@pytest.mark.parametrize("unit", ["a ", "a.", "1a", "@", "\u200b", "a\u0301", "0", "!a", "ก"])
def test_hostile_repetition_is_read_in_linear_time(unit):
    assert len(fold(unit * 20_000)) <= TEXT_MAX
