"""Sourced facts and plain arithmetic, written once."""
