"""From a sound to what is said in it, and when. The models are loaded when the first sound comes."""

from tutela.extract.audio.read import read_audio, transcribe

__all__ = ["read_audio", "transcribe"]
