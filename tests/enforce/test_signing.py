"""Signed webhooks: what a receiver takes and what it refuses; when an order is tried again."""

from __future__ import annotations

import base64
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutela.enforce import new_secret, sign, verify
from tutela.enforce.retrying import STEPS_S, next_try_s
from tutela.enforce.sending import send
from tutela.errors import Expired, NotSignedIn

BODY = b'{"type":"action.apply"}'


def test_the_signature_is_the_one_of_the_specification() -> None:
    # The example of the Standard Webhooks specification: secret, id, timestamp, body and signature.
    headers = sign(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_an_own_message_is_taken_and_a_changed_one_is_not() -> None:
    secret = new_secret()
    headers = sign(secret, "o_1", 1_000, BODY)
    assert verify(headers, BODY, (secret,), now_s=1_100) == "o_1"
    with pytest.raises(NotSignedIn):
        verify(headers, BODY + b" ", (secret,), now_s=1_100)
    with pytest.raises(NotSignedIn):
        verify({**headers, "webhook-id": "o_2"}, BODY, (secret,), now_s=1_100)
    with pytest.raises(NotSignedIn):
        verify({**headers, "webhook-timestamp": "1001"}, BODY, (secret,), now_s=1_100)
    with pytest.raises(NotSignedIn):
        verify(headers, BODY, (new_secret(),), now_s=1_100)


@pytest.mark.parametrize("now_s", [1_301, 699])
def test_a_replayed_message_and_one_from_the_future_are_refused(now_s: int) -> None:
    secret = new_secret()
    with pytest.raises(Expired):
        verify(sign(secret, "o_1", 1_000, BODY), BODY, (secret,), now_s=now_s)


def test_while_a_secret_changes_either_signature_counts() -> None:
    old, fresh = new_secret(), new_secret()
    both = sign(fresh, "o_1", 5, BODY)
    both["webhook-signature"] += " " + sign(old, "o_1", 5, BODY)["webhook-signature"]
    assert verify(both, BODY, (old,), now_s=5) == "o_1"
    assert verify(both, BODY, (fresh,), now_s=5) == "o_1"


@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=80)))
def test_whatever_the_headers_hold_only_a_signature_opens(headers: dict[str, str]) -> None:
    secret = "whsec_" + base64.b64encode(b"k" * 24).decode()
    with pytest.raises((NotSignedIn, Expired)):
        verify(headers, BODY, (secret,), now_s=1_000)


def test_retries_grow_over_three_days_and_then_end() -> None:
    chance = random.Random(7)
    waits = [next_try_s(number, chance) for number in range(1, len(STEPS_S) + 2)]
    assert waits[-1] is None
    seconds = [wait for wait in waits if wait is not None]
    assert seconds == sorted(seconds)
    assert 3 * 86_400 < sum(seconds) < 4 * 86_400


def test_a_receiver_that_is_not_there_is_an_answer_and_no_error() -> None:
    answer = send("http://127.0.0.1:9/hook", BODY, {})
    assert (answer.status, answer.taken, answer.problem) == (None, False, "ConnectError")
    assert send("http://[broken", BODY, {}).status is None
