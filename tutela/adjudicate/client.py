"""How is the operator's model reached: with what limits, at what cost, and what happens when it fails?"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import json
import secrets
import socket
import ssl
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct

from tutela.adjudicate.asking import Opinion, question, read_answer, talks_to_models
from tutela.adjudicate.masking import masked
from tutela.errors import BadSettings
from tutela.model import Decision, Item, Signal
from tutela.policy.form import Clause, Policy

_ANSWER_BYTES = 64 << 10


class AdjudicatorSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`[adjudicator]` of `tutela.toml`. Without `url` nothing is ever asked.

    `url` ends before `/chat/completions` (`http://127.0.0.1:8000/v1`). `calls_per_hour` is the budget; cached
    answers are free. `timeout_s` bounds a whole call, `attempts` the calls for one question.
    """

    url: str = ""
    model: str = ""
    key: str = ""
    calls_per_hour: int = 500
    timeout_s: float = 20.0
    attempts: int = 2
    cached: int = 4096
    answer_tokens: int = 300

    def __repr__(self) -> str:
        return f"AdjudicatorSettings(url={self.url!r}, model={self.model!r})"


class Adjudicator:
    """Asks for second opinions. Safe for threads. `clock` counts seconds and never goes back."""

    def __init__(self, settings: AdjudicatorSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        """Raises BadSettings (T207) for an address that is no http or https one, or a missing model."""
        self.settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: list[float] = []
        self._known: OrderedDict[bytes, Opinion] = OrderedDict()
        self._secret = secrets.token_bytes(16)
        if settings.url:
            parts = urlsplit(settings.url)
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise BadSettings(
                    "adjudicator.url is no http or https address",
                    where="adjudicator.url",
                    next_step="for example http://127.0.0.1:8000/v1",
                )
            if not settings.model:
                raise BadSettings(
                    "adjudicator.model is missing",
                    where="adjudicator.model",
                    next_step="name the model that the server serves",
                )

    @property
    def on(self) -> bool:
        """Whether anything is asked at all."""
        return bool(self.settings.url)

    def advise(self, item: Item, decision: Decision, policy: Policy, signals: Sequence[Signal] = ()) -> Opinion | None:
        """An opinion on a decision that waits for a person; None for any other decision, without text, or when off.

        `signals` are those of `Engine.explain`; their values are masked before anything leaves the machine. Never
        raises: what goes wrong is the opinion's `trouble`.
        """
        if not self.on or decision.action != "review" or not item.text or not decision.clauses:
            return None
        clause = policy.by_id.get(decision.clauses[0].id)
        if clause is None:
            return None
        text = masked(item.text, signals)
        earlier = [masked(message.text, (), part="") for message in item.thread[-3:]]
        return self._ask(clause, text, earlier, policy.id)

    def _ask(self, clause: Clause, text: str, earlier: list[str], policy: str) -> Opinion:
        settings = self.settings
        key = hashlib.blake2b(
            "\x00".join((settings.model, policy, clause.id, *earlier, text)).encode("utf-8", "replace"), digest_size=16
        ).digest()
        with self._lock:
            known = self._known.get(key)
            if known is not None:
                self._known.move_to_end(key)
                return msgspec.structs.replace(known, cached=True)
        case = hashlib.blake2b(key, key=self._secret, digest_size=8).hexdigest()
        suspect = talks_to_models("\n".join((*earlier, text)))
        body = json.dumps(
            question(clause, text, earlier, case, model=settings.model, tokens=settings.answer_tokens)
        ).encode()
        trouble = ""
        for _ in range(max(1, settings.attempts)):
            if not self._spend():
                return Opinion(
                    clause=clause.id,
                    verdict="none",
                    trouble="the budget of this hour is spent",
                    suspect=suspect,
                    model=settings.model,
                )
            content, trouble = self._call(body)
            if content is not None:
                opinion = read_answer(content, clause.id, case, suspect=suspect, model=settings.model)
                if opinion.verdict != "none":
                    self._keep(key, opinion)
                    return opinion
                trouble = opinion.trouble
        return Opinion(clause=clause.id, verdict="none", trouble=trouble, suspect=suspect, model=settings.model)

    def _call(self, body: bytes) -> tuple[str | None, str]:
        """(the answer's content, "") or (None, what went wrong)."""
        settings = self.settings
        parts = urlsplit(settings.url)
        kind: Any = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        options = {"context": ssl.create_default_context()} if parts.scheme == "https" else {}
        connection = kind(parts.hostname, parts.port, timeout=settings.timeout_s, **options)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if settings.key:
            headers["Authorization"] = f"Bearer {settings.key}"
        late = threading.Event()

        def cut() -> None:
            late.set()
            if connection.sock is not None:
                with contextlib.suppress(OSError):
                    connection.sock.shutdown(socket.SHUT_RDWR)

        # A server that sends a byte now and then never meets a socket's own time-out.
        watch = threading.Timer(settings.timeout_s, cut)
        watch.daemon = True
        watch.start()
        try:
            connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
            answer = connection.getresponse()
            if answer.status != 200:
                return None, f"the server answers {answer.status}"
            data = answer.read(_ANSWER_BYTES + 1)
            if late.is_set():
                return None, "no answer in time"
            if len(data) > _ANSWER_BYTES:
                return None, "the answer is too long"
            content = json.loads(data)["choices"][0]["message"]["content"]
            return (content, "") if isinstance(content, str) else (None, "the answer has no content")
        except TimeoutError:
            return None, "no answer in time"
        except (OSError, http.client.HTTPException):
            return None, "no answer in time" if late.is_set() else "the server cannot be reached"
        except (ValueError, LookupError, TypeError, RecursionError):
            return None, "the answer has another form"
        finally:
            watch.cancel()
            connection.close()

    def _spend(self) -> bool:
        now = self._clock()
        with self._lock:
            self._calls = [at for at in self._calls if now - at < 3600]
            if len(self._calls) >= self.settings.calls_per_hour:
                return False
            self._calls.append(now)
            return True

    def _keep(self, key: bytes, opinion: Opinion) -> None:
        with self._lock:
            self._known[key] = opinion
            while len(self._known) > self.settings.cached:
                self._known.popitem(last=False)
