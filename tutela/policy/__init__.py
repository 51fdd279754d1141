"""Policies as data: load, judge, decide, compare."""

from tutela.policy.book import Book, load_book
from tutela.policy.judging import Finding, Ruling, judge

__all__ = ["Book", "Finding", "Ruling", "judge", "load_book"]
