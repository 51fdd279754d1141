"""Media without what they exposed, and a preview of what was found. Heavy parts are loaded when they are called."""

from tutela.redaction.documents import redact_pdf
from tutela.redaction.media import redact_media, redact_until_clean
from tutela.redaction.pictures import redact_image
from tutela.redaction.preview import draw_preview
from tutela.redaction.sounds import redact_clip, redact_sound

__all__ = [
    "draw_preview",
    "redact_clip",
    "redact_image",
    "redact_media",
    "redact_pdf",
    "redact_sound",
    "redact_until_clean",
]
