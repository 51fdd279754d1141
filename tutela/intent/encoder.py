"""What does the encoder make of a text? multilingual-e5-small fine-tuned on the corpus, run by ONNX Runtime on one thread."""

from __future__ import annotations

import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TOKENS = 96
_STRIDE = 72
# Of a long text this many windows are read, spread evenly: its time stays bounded.
_WINDOWS = 4


class Encoder:
    """Immutable; ONNX Runtime's session may be used from several threads. Loaded at first use."""

    def __init__(self, model: bytes, pieces: bytes) -> None:
        self._model = model
        self._pieces = pieces
        self._lock = threading.Lock()
        self._ready: tuple[Any, Any] | None = None

    def scores(self, text: str, earlier: str = "") -> NDArray[np.float32]:
        """Logits, one a label. `text` is folded; `earlier` is the thread, folded, or empty. The strictest window counts."""
        session, tokenizer = self._load()
        ids: list[int] = tokenizer.encode(_whole(text)).ids
        tail: list[int] = []
        if earlier:
            # <s> text </s> </s> earlier </s>
            tail = [ids[-1], *tokenizer.encode(_whole(earlier)).ids[1:][-64:]]
        room = _TOKENS - len(tail)
        if len(ids) <= room:
            windows = [ids]
        else:
            inner, step = ids[1:-1], min(_STRIDE, room - 2)
            starts = list(range(0, max(1, len(inner) - (room - 2) + step), step))
            if len(starts) > _WINDOWS:
                starts = [starts[round(n * (len(starts) - 1) / (_WINDOWS - 1))] for n in range(_WINDOWS)]
            windows = [[ids[0], *inner[at : at + room - 2], ids[-1]] for at in starts]
        best: NDArray[np.float32] | None = None
        for window in windows:
            row = np.array([window + tail], np.int64)
            found = session.run(None, {"ids": row, "mask": np.ones_like(row)})[0][0]
            if best is None or found[0] > best[0]:
                best = found
        assert best is not None
        return best

    def _load(self) -> tuple[Any, Any]:
        if self._ready is None:
            with self._lock:
                if self._ready is None:
                    import onnxruntime
                    from tokenizers import Tokenizer

                    options = onnxruntime.SessionOptions()
                    options.intra_op_num_threads = 1
                    options.inter_op_num_threads = 1
                    options.log_severity_level = 3
                    session = onnxruntime.InferenceSession(self._model, options, providers=["CPUExecutionProvider"])
                    self._ready = (session, Tokenizer.from_buffer(self._pieces))
        return self._ready


def _whole(text: str) -> str:
    """The text without lone surrogates, which the tokenizer refuses."""
    return text.encode("utf-8", "replace").decode()
