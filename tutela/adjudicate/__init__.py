"""An optional second opinion on verdicts that wait for a person, from a language model of the operator's own.

Off unless configured. It advises: an opinion orders the reviewers' queue and stands beside the case; it never changes
a decision.
"""

from tutela.adjudicate.asking import Opinion
from tutela.adjudicate.client import Adjudicator, AdjudicatorSettings

__all__ = ["Adjudicator", "AdjudicatorSettings", "Opinion"]
