"""How is the linear stage trained? Over hashed features of the folded text, written in eight bits a weight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.intent.corpus import INTENTS
from training.intent.examples import Example
from tutela.intent.features import BITS, around_features, slots, text_features
from tutela.intent.folding import fold
from tutela.intent.labels import load_labels
from tutela.intent.linear import Linear

# Features met once teach the model a sentence, not a way of speaking.
_LEAST = 2


def places(example: Example) -> NDArray[np.int64]:
    """The slots of an example, as the product computes them."""
    thread = [(own, fold(text)) for own, text in example.thread[-3:]]
    return slots(text_features(fold(example.text)), around_features(example.surface, thread))


def train(examples: Sequence[Example], *, strength: float = 10.0) -> Linear:
    """The linear stage: a logistic regression for the verdict, smoothed log odds for the intents.

    The verdict decides which texts go on; the intents only tell which words spoke for them. Telling a threat from a
    report of one is the encoder's work, so that lines that are allowed but sound alike weigh little here and ordinary
    posts weigh as much as violations: at the same recall half as many ordinary posts go on.
    """
    from sklearn.linear_model import LogisticRegression

    rows = [places(example) for example in examples]
    met = np.bincount(np.concatenate(rows), minlength=1 << BITS)
    matrix = _matrix(rows, met >= _LEAST)
    truth = np.array([example.violates for example in examples])
    weight = np.array([_weight(example) for example in examples])
    fit = LogisticRegression(C=strength, solver="liblinear", tol=1e-3).fit(matrix, truth, sample_weight=weight)
    table = np.zeros((1 << BITS, 1 + len(INTENTS)), np.float32)
    constant = np.zeros(1 + len(INTENTS), np.float32)
    table[:, 0], constant[0] = fit.coef_[0], fit.intercept_[0]
    for column, intent in enumerate(load_labels().intents, 1):
        with_it = [row for row, example in zip(rows, examples, strict=True) if intent in example.intents]
        if with_it:
            here = np.bincount(np.concatenate(with_it), minlength=1 << BITS)
            odds = np.log((here + 0.1) / (len(with_it) + 0.2)) - np.log((met + 0.5) / (len(rows) + 1))
            table[:, column] = np.where(here >= 1, np.clip(odds, 0, 6), 0)
    scale = np.maximum(np.abs(table).max(axis=0), 1e-6) / 127
    return Linear(np.round(table / scale).astype(np.int8), scale.astype(np.float32), constant)


def _weight(example: Example) -> float:
    if example.source.startswith("corpus"):
        return 1.0 if example.violates else 0.1
    return 0.4 if example.source == "messages" else 1.0


def _matrix(rows: Sequence[NDArray[np.int64]], kept: NDArray[np.bool_]) -> Any:
    from scipy.sparse import csr_matrix

    # Scaled by all features, met often or not, as the product does.
    values = [np.full(len(row), 1 / np.sqrt(max(1, len(row)))) * kept[row] for row in rows]
    starts = np.cumsum([0] + [len(row) for row in rows])
    return csr_matrix((np.concatenate(values), np.concatenate(rows), starts), shape=(len(rows), 1 << BITS))
