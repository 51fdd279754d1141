"""How does an order get to an endpoint? One POST, signed, with a limit on time and no redirects."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from tutela.enforce.signing import sign
from tutela.errors import MissingPart

TIMEOUT_S = 15.0


class Answer(Struct, frozen=True, kw_only=True):
    """What came back: the HTTP status, or None with the kind of failure in `problem`."""

    status: int | None
    problem: str = ""

    @property
    def taken(self) -> bool:
        """True when the receiver said it has the order."""
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """True when the receiver says it wants no more: 410 after Standard Webhooks."""
        return self.status == 410


class Sender(Protocol):
    """Sends a signed body to an address; never raises for what the other side does."""

    def __call__(self, url: str, body: bytes, headers: dict[str, str]) -> Answer: ...


def send(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Sends over HTTP. A redirect is a failure: an order goes where an administrator said, nowhere else."""
    try:
        import httpx
    except ModuleNotFoundError:
        raise MissingPart("httpx is not installed", next_step="pip install 'tutela[desk]'") from None
    try:
        with httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False) as client:
            reply = client.post(url, content=body, headers={"content-type": "application/json", **headers})
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The kind alone: a message may repeat the address with what is in it.
        return Answer(status=None, problem=type(error).__name__)
    return Answer(status=reply.status_code, problem="" if reply.is_success else f"HTTP {reply.status_code}")


def signed(secret: str, message_id: str, timestamp_s: int, body: bytes) -> dict[str, str]:
    """The headers of a message, with who sends it."""
    return {**sign(secret, message_id, timestamp_s, body), "user-agent": "tutela/1"}
