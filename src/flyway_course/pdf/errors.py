"""What can go wrong while a PDF is made, as one sentence for people."""

from __future__ import annotations


class PdfError(RuntimeError):
    """The PDF was not made, and the last one is as it was; the message says why and the mend."""
