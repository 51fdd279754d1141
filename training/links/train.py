"""Trains the model of phishing addresses and writes its weights: `python training/links/train.py URLS.tsv.gz`.

The table has the columns url, label (1 phishing), source, first_seen. Only sources whose licence allows a shipped
model are learnt from (`CLEAN`); the others measure. Addresses of our own making, from `invented.py`, stand for pages
on hosting services, of which the clean sources hold few. Deterministic: the same table gives the same bytes.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import io
import os
import sys
import zipfile
from pathlib import Path

# Several threads add up in another order each time, and the weights' last bits would differ.
os.environ["OMP_NUM_THREADS"] = "1"

import numpy as np
from invented import invented
from scipy.sparse import csr_matrix
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from tutela.links import phishing
from tutela.links.address import Address, parse

# Hannousse and Yahiouche 2021 (CC BY 4.0), free-programming-books (CC BY 4.0), public-apis, jdm, twofactorauth (MIT).
CLEAN = ("hannousse2021", "fpb2026", "publicapis2026", "jdm2026", "twofa2026")
SEED = 20261122
# Share of phishing among links people post, for which the probability is stated; attacks are rare.
SHARE = 0.05


def rows(path: Path) -> list[tuple[Address, int, str]]:
    found = []
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            url, label, source, _ = line.rstrip("\n").split("\t")
            address = parse(url)
            if address is not None and address.site:
                found.append((address, int(label), source))
    return found


def gram_matrix(addresses: list[Address]) -> csr_matrix:
    columns, starts = [], [0]
    data = []
    for address in addresses:
        buckets = phishing.grams(address)
        columns.extend(buckets)
        data.extend([1.0 / np.sqrt(len(buckets) + 1)] * len(buckets))
        starts.append(len(columns))
    return csr_matrix((data, columns, starts), shape=(len(addresses), phishing.BUCKETS))


def linear() -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=300, solver="liblinear", random_state=SEED)


def fit(addresses: list[Address], labels: np.ndarray, weights: np.ndarray):
    groups = np.array(
        [
            int(hashlib.sha256(address.site.encode("utf-8", "surrogatepass")).hexdigest()[:8], 16)
            for address in addresses
        ]
    )
    matrix = gram_matrix(addresses)
    outside = np.zeros(len(addresses))
    for learn, held in GroupKFold(5).split(matrix, labels, groups):
        model = linear().fit(matrix[learn], labels[learn], weights[learn])
        outside[held] = matrix[held] @ model.coef_[0] + model.intercept_[0]
    whole = linear().fit(matrix, labels, weights)
    scale = float(np.abs(whole.coef_[0]).max() / 127)
    packed = np.round(whole.coef_[0] / scale).astype(np.int8)
    table = np.array([phishing.features(address) for address in addresses])
    table = np.column_stack([table, outside])
    forest = HistGradientBoostingClassifier(
        max_iter=64, learning_rate=0.14, max_leaf_nodes=14, min_samples_leaf=40, l2_regularization=5.0,
        max_features=0.4, random_state=SEED, early_stopping=False,
    ).fit(table, labels, sample_weight=weights)  # fmt: skip
    return {
        "grams": packed,
        "gram_scale": np.float64(scale),
        "gram_bias": np.float64(whole.intercept_[0]),
        **exported(forest),
    }


def exported(forest: HistGradientBoostingClassifier) -> dict[str, np.ndarray]:
    feature, limit, left, right, value, roots = [], [], [], [], [], []
    for (tree,) in forest._predictors:
        start = len(feature)
        roots.append(start)
        for node in tree.nodes:
            leaf = bool(node["is_leaf"])
            feature.append(-1 if leaf else int(node["feature_idx"]))
            limit.append(0.0 if leaf else float(node["num_threshold"]))
            left.append(0 if leaf else start + int(node["left"]))
            right.append(0 if leaf else start + int(node["right"]))
            value.append(float(node["value"]) if leaf else 0.0)
    return {
        "feature": np.array(feature, np.int8), "limit": np.array(limit, np.float32), "left": np.array(left, np.int16),
        "right": np.array(right, np.int16), "value": np.array(value, np.float32), "roots": np.array(roots, np.int16),
        "bias": np.float64(forest._baseline_prediction[0, 0]),
    }  # fmt: skip


def odds(stored: dict[str, np.ndarray], addresses: list[Address]) -> np.ndarray:
    model = phishing._Model({**stored, "calibration": np.array([1.0, 0.0])})
    scores = []
    for address in addresses:
        values = phishing.features(address)
        values.append(model.grams(phishing.grams(address)))
        scores.append(model.forest(values))
    return np.array(scores)


def packed(stored: dict[str, np.ndarray]) -> bytes:
    """An .npz whose bytes depend on nothing but the weights: numpy writes the time into it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(stored):
            entry = io.BytesIO()
            np.save(entry, np.asarray(stored[name]), allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", (1980, 1, 1, 0, 0, 0)), entry.getvalue())
    return out.getvalue()


def recall_at(labels: np.ndarray, scores: np.ndarray, rate: float) -> float:
    limit = np.quantile(scores[labels == 0], 1 - rate)
    return float((scores[labels == 1] > limit).mean())


def report(name: str, labels: np.ndarray, scores: np.ndarray) -> None:
    if len(set(labels.tolist())) == 2:
        figures = " ".join(f"R@{rate:.1%} {recall_at(labels, scores, rate):.3f}" for rate in (0.001, 0.01, 0.05))
        print(f"{name:28s} {len(labels):6d}  AUC {roc_auc_score(labels, scores):.3f}  {figures}")
    else:
        print(f"{name:28s} {len(labels):6d}  above 0 {float((scores > 0).mean()):.4f}  mean {scores.mean():.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path)
    parser.add_argument("--measure", action="store_true", help="only measure, write nothing")
    given = parser.parse_args()
    everything = rows(given.table)
    clean = [row for row in everything if row[2] in CLEAN]
    own = [
        (address, label, "invented")
        for url, label in invented(SEED)
        if (address := parse(url)) is not None and address.site
    ]
    # A fifth of the clean sites is held back: it calibrates, and tells how often real sign-in pages are flagged.
    held_sites = {
        row[0].site for row in clean if hashlib.sha256(row[0].site.encode("utf-8", "surrogatepass")).digest()[0] < 51
    }
    learn = [row for row in clean if row[0].site not in held_sites] + own
    held = [row for row in clean if row[0].site in held_sites]
    labels = np.array([row[1] for row in learn])
    weights = np.array([0.5 if row[2] == "invented" else 1.0 for row in learn])
    weights[labels == 1] *= weights[labels == 0].sum() / weights[labels == 1].sum()
    stored = fit([row[0] for row in learn], labels, weights)
    known = {row[0].site for row in learn}
    scores_held = odds(stored, [row[0] for row in held])
    labels_held = np.array([row[1] for row in held])
    half = np.where(labels_held == 1, (labels_held == 0).sum() / max((labels_held == 1).sum(), 1), 1.0)
    calibration = LogisticRegression(C=1e6).fit(scores_held[:, None], labels_held, sample_weight=half)
    stored["calibration"] = np.array([calibration.coef_[0, 0], calibration.intercept_[0] + np.log(SHARE / (1 - SHARE))])
    report("held back, clean sources", labels_held, scores_held)
    for source in CLEAN:
        chosen = np.array([row[2] == source for row in held])
        report(f"  {source}", labels_held[chosen], scores_held[chosen])
    others = [row for row in everything if row[2] not in CLEAN and row[0].site not in known]
    rng = np.random.default_rng(SEED)
    if len(others) > 16000:
        others = [others[index] for index in sorted(rng.choice(len(others), 16000, replace=False))]
    scores = odds(stored, [row[0] for row in others])
    labels = np.array([row[1] for row in others])
    sources = np.array([row[2] for row in others])
    report("other sources, other sites", labels, scores)
    benign = sources == "pdd2018"
    report("  pdd2018", labels[benign], scores[benign])
    mixed = (sources == "phishtank2020") | (labels == 0)
    report("  phishtank2020 + benign", labels[mixed], scores[mixed])
    hosted = np.array([bool(row[0].parts and row[0].parts.hosted) for row in others])
    report("  on hosting services", labels[hosted], scores[hosted])
    if not given.measure:
        data = packed(stored)
        phishing.WEIGHTS.parent.mkdir(exist_ok=True)
        phishing.WEIGHTS.write_bytes(data)
        phishing.DIGEST.write_text(hashlib.sha256(data).hexdigest() + "\n", encoding="ascii")
        print(f"wrote {phishing.WEIGHTS.name}, {len(data):,} bytes")


if __name__ == "__main__":
    main()
