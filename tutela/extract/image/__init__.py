"""From a picture to what it says and shows. Everything heavy is loaded when the first picture comes."""

from tutela.extract.image.known import KnownPicture, fingerprints
from tutela.extract.image.limits import LIMITS, MediaLimits
from tutela.extract.image.pages import read_scanned_pdf
from tutela.extract.image.read import read_image

__all__ = ["LIMITS", "KnownPicture", "MediaLimits", "fingerprints", "read_image", "read_scanned_pdf"]
