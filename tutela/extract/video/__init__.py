"""From a clip to what it shows and says, and when."""

from tutela.extract.video.read import read_video

__all__ = ["read_video"]
