"""Weights that are missing or damaged are named, with the command that restores them."""

import os

import pytest

from tutela.errors import MissingWeights
from tutela.intent import load_intent
from tutela.intent.weights import SHIPPED


@pytest.fixture
def copy(tmp_path):
    for name in ("manifest.json", "linear.bin", "encoder.onnx", "pieces.json"):
        os.symlink(SHIPPED / name, tmp_path / name)
    return tmp_path


@pytest.mark.parametrize("name", ["manifest.json", "linear.bin", "encoder.onnx", "pieces.json"])
def test_missing_file_is_named(copy, name):
    (copy / name).unlink()
    with pytest.raises(MissingWeights) as caught:
        load_intent(copy)
    assert caught.value.code == "T208"
    assert name in caught.value.where
    assert "pip install" in caught.value.next_step
    assert 'intent = "off"' in caught.value.next_step


@pytest.mark.parametrize("name", ["manifest.json", "linear.bin", "encoder.onnx", "pieces.json"])
def test_damaged_file_is_named(copy, name):
    data = bytearray((SHIPPED / name).read_bytes())
    data[len(data) // 2] ^= 0xFF
    (copy / name).unlink()
    (copy / name).write_bytes(bytes(data))
    with pytest.raises(MissingWeights) as caught:
        load_intent(copy)
    assert str(copy) in caught.value.where


def test_all_weights_together_stay_within_45_mb():
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) <= 45_000_000
