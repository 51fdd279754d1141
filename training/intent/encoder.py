"""How is the encoder fine-tuned and written down? multilingual-e5-small with a 30,000 piece vocabulary, to ONNX int8."""

from __future__ import annotations

import copy
import itertools
import math
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.intent.base import read_source, tokenizer_of, trunk, vocabulary
from training.intent.corpus import CLAUSES, COUNTERS, INTENTS
from training.intent.examples import DISGUISES, Example, disguised
from tutela.intent.folding import fold, folded_text
from tutela.intent.labels import STANCES, TARGETS, load_labels

LABELS = load_labels().columns
PIECES = 30000
LAYERS = tuple(range(12))
FROZEN = 7
TOPIC = 2
TOKENS_MAX = 96
_BATCH = 32


def plain(text: str) -> str:
    """The text as the encoder reads it."""
    return folded_text(text, fold(text))


def context(thread: Sequence[tuple[bool, str]]) -> str:
    """Earlier messages as the encoder reads them: the last three, the author's own marked."""
    return " ".join(("me: " if own else "you: ") + plain(text)[:160] for own, text in thread[-3:])


def targets(example: Example) -> NDArray[np.float32]:
    """One number a label, in the order of LABELS; -1 where the example's source does not tell."""
    true = {
        *example.clauses,
        *example.intents,
        *example.counters,
        f"target:{example.target}",
        f"stance:{example.stance}",
    }
    if example.violates:
        true.add("violates")
    told = np.array([label in true for label in LABELS], np.float32)
    if not example.target:
        told[[":" in label for label in LABELS]] = -1
    return told


class Learner:
    """The encoder with its head while it is being trained."""

    def __init__(self, texts: Sequence[str], *, seed: int = 0, threads: int = 1, start: Path | None = None) -> None:
        """A fresh learner whose vocabulary comes from `texts`, or one that goes on from the checkpoint `start`."""
        import torch

        torch.manual_seed(seed)
        torch.set_num_threads(threads)
        source = read_source()
        state = torch.load(start) if start is not None else None
        self.keep = vocabulary(source, texts, PIECES) if state is None else state.pop("keep").tolist()
        self.tokenizer = tokenizer_of(source, self.keep)
        self.tokenizer.enable_truncation(TOKENS_MAX, strategy="only_first")
        self.pad = self.keep.index(source.pad)
        body = trunk(source, self.keep, LAYERS)
        self.net = _net(body, len(LABELS))
        if state is not None:
            self.net.load_state_dict(state, strict=False)
        for name, weights in self.net.named_parameters():
            number = int(name.split(".")[3]) if ".layer." in name else -1
            if "embeddings" in name or 0 <= number < FROZEN:
                weights.requires_grad_(False)
        self.seed = seed

    def encode(self, example: Example) -> list[int]:
        """Piece numbers: the text, then its thread where it has one."""
        text = plain(example.text)
        earlier = context(example.thread)
        ids: list[int] = (self.tokenizer.encode(text, earlier) if earlier else self.tokenizer.encode(text)).ids
        return ids

    def fit(
        self,
        examples: Sequence[Example],
        *,
        epochs: int,
        rate: float = 2e-4,
        keep: Path | None = None,
        watch: Sequence[Example] = (),
    ) -> None:
        """Trains the upper layers on `examples`; every other corpus line is met in a disguise too.

        What the frozen lower layers make of each example is computed once: two thirds of the time of an epoch. `keep`
        gets a checkpoint after each epoch.
        """
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits as loss_of

        rng = random.Random(self.seed)
        marks = len(LABELS) - 1 - len(CLAUSES) - len(INTENTS) - len(COUNTERS)
        # The verdict counts as much as all intents together; rare labels would otherwise never be learned.
        scale = torch.tensor(
            [12.0] + [3.0] * len(CLAUSES) + [1.5] * len(INTENTS) + [1.0] * len(COUNTERS) + [0.5] * marks
        )
        learned = [weights for weights in self.net.parameters() if weights.requires_grad]
        corpus = [e for e in examples if e.source == "corpus"]
        met = [*examples, *(disguised(e, rng.choice(DISGUISES), 0) for e in rng.sample(corpus, len(corpus) // 2))]
        rows = list(zip(self._lower(met), (targets(e) for e in met), (e.weight for e in met), strict=True))
        print(f"{len(rows)} examples", flush=True)
        optimizer = torch.optim.AdamW(
            [
                {"params": [w for n, w in self.net.named_parameters() if w.requires_grad and not n.startswith("head")]},
                {"params": list(self.net.head.parameters())},
            ],
            lr=rate,
            weight_decay=0.01,
        )
        steps = epochs * (math.ceil(len(rows) / _BATCH) + 8)
        plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, [rate, rate * 8], total_steps=steps, pct_start=0.1)
        for epoch in range(epochs):
            rng.shuffle(rows)
            # Batches of like length: a third of the time goes into padding otherwise. Order within is still random.
            chunks = [
                sorted(rows[n : n + 32 * _BATCH], key=lambda r: len(r[0])) for n in range(0, len(rows), 32 * _BATCH)
            ]
            batches = [c[n : n + _BATCH] for c in chunks for n in range(0, len(c), _BATCH)]
            rng.shuffle(batches)
            self.net.train()
            started, total = time.monotonic(), 0.0
            for number, batch in enumerate(batches):
                hidden, mask = _padded_hidden([r[0] for r in batch])
                wanted = torch.from_numpy(np.stack([r[1] for r in batch]))
                weight = torch.tensor([r[2] for r in batch])
                said = self.net.upper(hidden, mask, FROZEN)
                each = (loss_of(said, wanted.clamp(min=0), reduction="none") * scale * (wanted >= 0)).mean(1)
                loss = (each * weight).sum() / weight.sum()
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(learned, 1.0)
                optimizer.step()
                plan.step()
                total += float(loss.detach())
                if number % 50 == 49:
                    print(
                        f"epoch {epoch} {number + 1}/{len(batches)} loss {total / (number + 1):.4f} {time.monotonic() - started:.0f} s",
                        flush=True,
                    )
            if keep is not None:
                torch.save({**self.net.state_dict(), "keep": torch.tensor(self.keep)}, keep)
            if watch:
                scores = self.scores(watch)[:, 0]
                truth = np.array([e.violates for e in watch])
                print(
                    f"epoch {epoch}: F1 {f1(truth, scores > 0):.4f} accuracy {float(((scores > 0) == truth).mean()):.4f}",
                    flush=True,
                )

    def fit_topics(
        self,
        examples: Sequence[Example],
        *,
        epochs: int,
        rate: float = 3e-4,
        keep: Path | None = None,
        watch: Sequence[Example] = (),
    ) -> None:
        """Trains the branch that tells clause, intents, counter-labels, target and stance.

        It stands on the frozen layers, beside the verdict's: trained in one trunk, the verdict wiped the topics out.
        """
        import torch
        from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

        rng = random.Random(self.seed)
        rows = list(zip(self._lower(examples), (targets(e) for e in examples), strict=True))
        branch = [*self.net.topic.parameters(), *self.net.topic_head.parameters()]
        for weights in branch:
            weights.requires_grad_(True)
        optimizer = torch.optim.AdamW(
            [{"params": list(self.net.topic.parameters())}, {"params": list(self.net.topic_head.parameters())}],
            lr=rate,
            weight_decay=0.01,
        )
        steps = epochs * (math.ceil(len(rows) / _BATCH) + 8)
        plan = torch.optim.lr_scheduler.OneCycleLR(optimizer, [rate, rate * 8], total_steps=steps, pct_start=0.1)
        ends = np.cumsum([1, len(CLAUSES), len(INTENTS), len(COUNTERS), len(TARGETS), len(STANCES)])
        for epoch in range(epochs):
            rng.shuffle(rows)
            chunks = [
                sorted(rows[n : n + 32 * _BATCH], key=lambda r: len(r[0])) for n in range(0, len(rows), 32 * _BATCH)
            ]
            batches = [c[n : n + _BATCH] for c in chunks for n in range(0, len(c), _BATCH)]
            rng.shuffle(batches)
            self.net.train()
            started, total = time.monotonic(), 0.0
            for batch in batches:
                hidden, mask = _padded_hidden([r[0] for r in batch])
                wanted = torch.from_numpy(np.stack([r[1] for r in batch]))
                said = self.net.topics(hidden, mask)
                loss = torch.zeros(())
                # One of several exclusive answers each: clause and intent of what violates, counter-label of what does not.
                for group, (low, high) in enumerate(itertools.pairwise(ends)):
                    part = wanted[:, low:high]
                    told = part.clamp(min=0).sum(1) > 0
                    if told.any():
                        answer = part[told] / part[told].sum(1, keepdim=True)
                        loss = loss + (1.0, 1.0, 0.5, 0.15, 0.25)[group] * cross_entropy(said[told, low:high], answer)
                told = wanted[:, -1] >= 0
                loss = loss + 4 * binary_cross_entropy_with_logits(said[told, 1 : ends[3]], wanted[told, 1 : ends[3]])
                optimizer.zero_grad()
                loss.backward()
                torch.nn.utils.clip_grad_norm_(branch, 1.0)
                optimizer.step()
                plan.step()
                total += float(loss.detach())
            if keep is not None:
                torch.save({**self.net.state_dict(), "keep": torch.tensor(self.keep)}, keep)
            line = f"topics {epoch}: loss {total / len(batches):.3f} {time.monotonic() - started:.0f} s"
            if watch:
                first = self.scores(watch)[:, 1 : 1 + len(CLAUSES)].argmax(1)
                line += f" clause {np.mean([CLAUSES[c] in e.clauses for c, e in zip(first, watch, strict=True)]):.4f}"
            print(line, flush=True)

    def _lower(self, examples: Sequence[Example]) -> list[NDArray[np.float16]]:
        """What the frozen layers make of each example, one row a piece."""
        import torch

        self.net.eval()
        rows = [self.encode(e) for e in examples]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        found: list[NDArray[np.float16]] = [np.zeros((0, 0), np.float16)] * len(rows)
        with torch.inference_mode():
            for at in range(0, len(order), 64):
                chosen = order[at : at + 64]
                ids, mask = self._padded([rows[n] for n in chosen])
                hidden = self.net.lower(ids, mask, FROZEN).numpy().astype(np.float16)
                for place, number in enumerate(chosen):
                    found[number] = hidden[place, : len(rows[number])].copy()
        return found

    def scores(self, examples: Sequence[Example]) -> NDArray[np.float32]:
        """Logits, one row an example, columns as LABELS."""
        import torch

        self.net.eval()
        rows = [self.encode(e) for e in examples]
        order = sorted(range(len(rows)), key=lambda n: len(rows[n]))
        out = np.zeros((len(rows), len(LABELS)), np.float32)
        with torch.inference_mode():
            for at in range(0, len(order), 64):
                chosen = order[at : at + 64]
                ids, mask = self._padded([rows[n] for n in chosen])
                out[chosen] = self.net(ids, mask).numpy()
        return out

    def export(self, folder: Path) -> None:
        """Writes `encoder.onnx` (int8) and `pieces.json` into `folder`."""
        import torch
        from onnxruntime.quantization import QuantType, quantize_dynamic

        self.net.eval()
        ids = torch.ones(2, 10, dtype=torch.long)
        whole = folder / "encoder.fp32.onnx"
        torch.onnx.export(
            self.net, (ids, ids), str(whole), input_names=["ids", "mask"], output_names=["scores"], opset_version=17, dynamo=False,
            dynamic_axes={"ids": {0: "n", 1: "l"}, "mask": {0: "n", 1: "l"}, "scores": {0: "n"}},
        )  # fmt: skip
        # Reduced range: processors without VNNI saturate otherwise, and accuracy falls.
        quantize_dynamic(
            str(whole), str(folder / "encoder.onnx"), weight_type=QuantType.QInt8, per_channel=True, reduce_range=True,
            extra_options={"MatMulConstBOnly": True},
        )  # fmt: skip
        os.remove(whole)
        self.tokenizer.no_truncation()
        self.tokenizer.save(str(folder / "pieces.json"), pretty=False)

    def _padded(self, rows: Sequence[list[int]]) -> tuple[Any, Any]:
        import torch

        longest = max(map(len, rows))
        ids = torch.full((len(rows), longest), self.pad, dtype=torch.long)
        mask = torch.zeros((len(rows), longest), dtype=torch.long)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = torch.tensor(row)
            mask[number, : len(row)] = 1
        return ids, mask


def _padded_hidden(rows: Sequence[NDArray[np.float16]]) -> tuple[Any, Any]:
    import torch

    longest = max(map(len, rows))
    hidden = torch.zeros(len(rows), longest, rows[0].shape[1])
    mask = torch.zeros(len(rows), longest, dtype=torch.long)
    for number, row in enumerate(rows):
        hidden[number, : len(row)] = torch.from_numpy(row.astype(np.float32))
        mask[number, : len(row)] = 1
    return hidden, mask


def f1(truth: NDArray[np.bool_], said: NDArray[np.bool_]) -> float:
    """F1 of the positive class."""
    hit = int((truth & said).sum())
    return 2 * hit / max(1, int(truth.sum()) + int(said.sum()))


def _net(body: Any, labels: int) -> Any:
    import torch

    class Net(torch.nn.Module):
        """Two branches on the frozen layers, the verdict's and the topics'; of each the mean over the pieces, then one linear layer."""

        def __init__(self) -> None:
            super().__init__()
            self.body = body
            self.drop = torch.nn.Dropout(0.1)
            self.head = torch.nn.Linear(body.config.hidden_size, labels)
            self.topic = torch.nn.ModuleList(
                copy.deepcopy(body.encoder.layer[n]) for n in range(FROZEN, FROZEN + TOPIC)
            )
            self.topic_head = torch.nn.Linear(body.config.hidden_size, labels)

        def forward(self, ids: Any, mask: Any) -> Any:
            hidden = self.lower(ids, mask, FROZEN)
            return torch.cat([self.upper(hidden, mask, FROZEN)[:, :1], self.topics(hidden, mask)[:, 1:]], 1)

        def topics(self, hidden: Any, mask: Any) -> Any:
            far = (1.0 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
            for layer in self.topic:
                hidden = layer(hidden, far)
            share = mask.unsqueeze(-1).to(hidden.dtype)
            return self.topic_head(self.drop((hidden * share).sum(1) / share.sum(1)))

        def lower(self, ids: Any, mask: Any, layers: int) -> Any:
            hidden = self.body.embeddings(input_ids=ids)
            far = (1.0 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
            for layer in self.body.encoder.layer[:layers]:
                hidden = layer(hidden, far)
            return hidden

        def upper(self, hidden: Any, mask: Any, layers: int) -> Any:
            far = (1.0 - mask[:, None, None, :].to(hidden.dtype)) * -1e4
            for layer in self.body.encoder.layer[layers:]:
                hidden = layer(hidden, far)
            share = mask.unsqueeze(-1).to(hidden.dtype)
            return self.head(self.drop((hidden * share).sum(1) / share.sum(1)))

    return Net()
