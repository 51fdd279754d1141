"""The model says what a text is doing, where, how sure it is, and what speaks against it."""

import pytest

from tutela.intent import IntentInput, load_intent
from tutela.model import Message, Part

MODEL = load_intent()


def signals(text, **given):
    return MODEL.judge([IntentInput(part=Part(name="text", text=text), **given)])[0]


def strongest(text, **given):
    found = [s for s in signals(text, **given) if s.name.startswith("intent.")]
    return max(found, key=lambda s: s.confidence, default=None)


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("Selling my account with 40k followers, mail and password included, dm me", "ps.account_access"),
        ("I have your home address and I will post it tonight if you don't pay", "pi.threats"),
        (
            "Your profile will be closed in 24 hours. Confirm your password at account-check.example",
            "ps.deceptive_collection",
        ),
        ("Vendo cuenta con 30k seguidores, incluye correo y contraseña", "ps.account_access"),
        ("продам аккаунт 50к подписчиков, почта и пароль в комплекте", "ps.account_access"),
    ],
)
def test_plain_deed_is_said_under_its_clause(text, clause):
    from tutela.intent.labels import CLAUSES

    found = strongest(text)
    assert found is not None
    assert found.confidence >= 0.5
    number = MODEL.labels.intents.index(found.name.removeprefix("intent."))
    assert CLAUSES[MODEL.labels.clause_of[number]] == clause


@pytest.mark.parametrize(
    "text",
    [
        "what a lovely soup, thank you for the recipe",
        "Never send your verification code to anyone, not even to a friend.",
        "he scored twice and cried",
        "Die Bäckerei am Markt hat ab Montag wieder offen.",
        "",
        "👍",
    ],
)
def test_allowed_text_stays_below_one_half(text):
    found = strongest(text)
    assert found is None or found.confidence < 0.5


def test_signal_tells_where_and_why_without_repeating_the_text():
    text = "Good morning everyone, nice weather today. Selling my account with 40k followers, mail and password included. Bye"
    found = strongest(text)
    assert 0 <= found.start < found.end <= len(text)
    assert "account" in text[found.start : found.end]
    assert found.kind == "intent"
    assert found.where[0].start == found.start
    assert "40k" not in found.says
    assert any(mark.startswith("stance:") for mark in found.marks)
    assert any(mark.startswith("target:") for mark in found.marks)


def test_judging_is_repeatable_and_keeps_order():
    texts = [
        "selling my account with 20k followers, login included",
        "lovely cake",
        "send me the six digit code you just got",
    ]
    inputs = [IntentInput(part=Part(name="text", text=text)) for text in texts]
    first = MODEL.judge(inputs)
    assert MODEL.judge(inputs) == first
    assert MODEL.judge(inputs[::-1]) == first[::-1]


def test_thread_changes_what_a_message_means():
    account = (Message(text="are you selling your murmura account?", author="u2"),)
    sofa = (Message(text="are you selling your old sofa?", author="u2"),)
    answer = "yes, 300, want it?"
    sold = MODEL.look(answer, surface="dm", thread=[(False, m.text) for m in account])
    furniture = MODEL.look(answer, surface="dm", thread=[(False, m.text) for m in sofa])
    assert sold.violates > furniture.violates
    assert isinstance(signals(answer, surface="dm", thread=account, author="u1"), tuple)


def test_long_text_is_judged_in_bounded_time():
    deed = " Selling my account with 40k followers, mail and password included, dm me. "
    text = "We had a picnic by the lake and the children played all day. " * 3000 + deed
    assert isinstance(MODEL.look(text).violates, float)


@pytest.mark.parametrize("text", ["\x00" * 50, "\ud800", "\u202e" * 30, "a" * 100_000, "🙂" * 5000, "\n" * 1000])
def test_hostile_text_never_fails(text):
    assert isinstance(signals(text), tuple)


def test_gates_open_for_deeds_in_the_one_pass():
    from tutela.scan.onepass import OnePass

    once = OnePass(MODEL.rows("intent"))
    opened = once.scan(["selling my account", "вскрою любой аккаунт", "lovely weather today"])
    assert 0 in opened
    assert 1 in opened
    assert 2 not in opened
