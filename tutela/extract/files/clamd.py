"""What a ClamAV daemon says of some bytes, over its INSTREAM command.

Protocol: clamd(8), "INSTREAM": `zINSTREAM\\0`, then chunks with a four-byte length, then a zero length. Past its own
size limit the daemon closes its end while we still send; its answer can then still be read, which is why a broken pipe
is not the end here. Only "OK" means that nothing was found: silence, nonsense, limits and time-outs are no verdict.
"""

from __future__ import annotations

import re
import socket
import time

from msgspec import Struct

_CHUNK = 1 << 17
_MOST_ANSWER = 4_096
# takes: stream: Win.Test.EICAR_HDB-1 FOUND   not: stream: OK
_FOUND = re.compile(r"^(?:stream|instream\(local\)|[^:]{1,200}): ([\w.\-/() :+]{1,200}) FOUND$")


class Answer(Struct, frozen=True, kw_only=True):
    """`found` names a signature; `problem` says why there is no verdict; both empty means that nothing was found."""

    found: str = ""
    problem: str = ""


def ask_daemon(address: str, data: bytes, timeout_s: float) -> Answer:
    """Sends the bytes and reads one answer. Never raises; `timeout_s` bounds the whole exchange."""
    ends = time.monotonic() + timeout_s
    try:
        connection = _connect(address, timeout_s)
    except ValueError as error:
        return Answer(problem=str(error))
    except OSError as error:
        return Answer(problem=f"it cannot be reached ({(error.strerror or 'refused').lower()})")
    with connection:
        try:
            _send(connection, data, ends)
        except TimeoutError:
            return Answer(problem="it took too long")
        except OSError:
            pass
        try:
            reply = _receive(connection, ends)
        except TimeoutError:
            return Answer(problem="it took too long")
        except OSError:
            return Answer(problem="it closed the connection")
    return understand(reply)


def understand(reply: bytes) -> Answer:
    """The daemon's one line. Anything but a finding or OK is a problem."""
    text = reply.rstrip(b"\0\r\n ").decode("utf-8", "replace")
    if text == "stream: OK":
        return Answer()
    match = _FOUND.match(text)
    if match:
        name = match.group(1)
        if name.startswith("Heuristics.Limits.Exceeded"):
            return Answer(problem="the file is beyond its limits")
        return Answer(found=name)
    if "size limit exceeded" in text:
        return Answer(problem="the file is larger than it accepts")
    if not text:
        return Answer(problem="it answered nothing")
    return Answer(problem="it answered what cannot be understood")


def _connect(address: str, timeout_s: float) -> socket.socket:
    scheme, _, rest = address.partition(":")
    if scheme == "unix" and rest:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(timeout_s)
        try:
            connection.connect(rest)
        except BaseException:
            connection.close()
            raise
        return connection
    host, _, port = rest.rpartition(":")
    if scheme == "tcp" and host and port.isdigit():
        return socket.create_connection((host.strip("[]"), int(port)), timeout=timeout_s)
    raise ValueError("its address is neither unix:PATH nor tcp:HOST:PORT")


def _send(connection: socket.socket, data: bytes, ends: float) -> None:
    connection.settimeout(_left(ends))
    connection.sendall(b"zINSTREAM\0")
    view = memoryview(data)
    for at in range(0, len(view), _CHUNK):
        chunk = view[at : at + _CHUNK]
        connection.settimeout(_left(ends))
        connection.sendall(len(chunk).to_bytes(4, "big"))
        connection.sendall(chunk)
    connection.sendall(b"\0\0\0\0")


def _receive(connection: socket.socket, ends: float) -> bytes:
    out = bytearray()
    while len(out) < _MOST_ANSWER:
        connection.settimeout(_left(ends))
        piece = connection.recv(_MOST_ANSWER)
        if not piece:
            break
        out += piece
        if b"\0" in piece:
            break
    return bytes(out)


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left
