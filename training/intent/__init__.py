"""Rebuilds the intent model from the corpus: `python -m training.intent`."""
