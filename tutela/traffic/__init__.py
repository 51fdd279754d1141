"""Access logs and login events: who behaves like an automated client, and which accounts are attacked, shared or sold."""

from tutela.traffic.analysis import Analysis, Told, in_time_order
from tutela.traffic.finding import Finding

__all__ = ["Analysis", "Finding", "Told", "in_time_order"]
