"""Where are the cascade's thresholds, and how do scores become chances? Found on the tuning part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.intent.examples import Example
from training.intent.linear import places
from tutela.intent.encoder import Encoder
from tutela.intent.folding import fold, folded_text
from tutela.intent.labels import CLAUSES, load_labels
from tutela.intent.linear import Linear
from tutela.intent.weights import Settings

# Of the violations of the tuning part at most this share may pass the linear stage unseen.
LOST = 0.009
LOST_WITH_THREAD = 0.004
ORDINARY_WEIGHT = 1.7


def settle(linear: Linear, encoder: Encoder, examples: Sequence[Example], ordinary: Sequence[Example]) -> Settings:
    """Thresholds and calibration. `examples` and `ordinary` are the tuning part's."""
    scores = np.array([linear.score(places(e)) for e in examples])
    truth = np.array([e.violates for e in examples])
    threads = np.array([bool(e.thread) for e in examples])
    pass_below = float(np.quantile(scores[truth & ~threads], LOST))
    within = scores[truth & threads]
    pass_below_thread = min(pass_below, float(np.quantile(within, LOST_WITH_THREAD)) if len(within) else pass_below)
    alike = [e for e in ordinary if linear.score(places(e)) >= pass_below]
    met = [
        e for e, s, t in zip(examples, scores, threads, strict=True) if s >= (pass_below_thread if t else pass_below)
    ] + alike
    found = np.stack([encode(encoder, e) for e in met])
    by_linear = np.array([linear.score(places(e)) for e in met])
    in_thread = np.array([float(bool(e.thread)) for e in met])
    violates = np.array([e.violates for e in met])
    # Everyday posts are far more than a thousand to one among what is judged, and here fewer than one to ten.
    weight = np.where([e.source == "ordinary" for e in met], ORDINARY_WEIGHT, 1.0)
    fit = _logistic(np.column_stack([found[:, 0], by_linear, in_thread]), violates, weight)
    told = np.array([e.source == "corpus" for e in met])
    clauses = np.array([[c in e.clauses for c in CLAUSES] for e in met])[told & violates]
    clause = _logistic(found[told & violates, 1 : 1 + len(CLAUSES)].reshape(-1, 1), clauses.reshape(-1))
    labels = load_labels()
    at = 1 + len(CLAUSES) + len(labels.intents)
    counters = np.array([[c in e.counters for c in labels.counters] for e in met])[told]
    counter = _logistic(found[told, at : at + len(labels.counters)].reshape(-1, 1), counters.reshape(-1))
    passed = _logistic(scores.reshape(-1, 1), truth)
    w = [round(float(v), 4) for v in (*fit.coef_[0], fit.intercept_[0])]
    return Settings(
        pass_below=round(pass_below, 4),
        pass_below_thread=round(pass_below_thread, 4),
        verdict=(w[0], w[1], w[2], w[3]),
        passed=_pair(passed),
        clause=_pair(clause),
        counter=_pair(counter),
    )


def encode(encoder: Encoder, example: Example) -> NDArray[np.float32]:
    """The encoder's scores for an example, as the product computes them."""
    from training.intent.encoder import context

    return encoder.scores(folded_text(example.text, fold(example.text)), context(example.thread))


def _logistic(columns: NDArray[Any], truth: NDArray[np.bool_], weight: NDArray[np.float64] | None = None) -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1.0).fit(columns, truth, sample_weight=weight)


def _pair(fit: Any) -> tuple[float, float]:
    return round(float(fit.coef_[0][0]), 4), round(float(fit.intercept_[0]), 4)
