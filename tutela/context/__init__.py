"""What the surroundings mean for a signal: circumstances, each yes, no or unknown; unknown never excuses."""

from tutela.context.circumstances import NAMES, circumstances
from tutela.context.scene import Scene

__all__ = ["NAMES", "Scene", "circumstances"]
