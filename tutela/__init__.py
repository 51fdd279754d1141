"""Tutela: keeps a platform's people and the platform itself safe under a privacy and security policy.

from tutela import Engine, Item

engine = Engine.load()
decision = engine.check(Item(surface="comment", text="…"))
decision.violates, decision.action, decision.reason
"""

from tutela.engine import Engine
from tutela.errors import TutelaError
from tutela.model import Decision, Item
from tutela.policy.form import Policy
from tutela.settings import Platform

__all__ = ["Decision", "Engine", "Item", "Platform", "Policy", "TutelaError"]
__version__ = "0.1.0"
