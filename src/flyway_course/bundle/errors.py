"""What can go wrong while a bundle is made, as one sentence for people."""

from __future__ import annotations


class BundleError(RuntimeError):
    """The bundle was not made, and what was there before is as it was; the message says why."""
