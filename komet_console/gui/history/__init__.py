"""What was sent: the panel, one entry, comparing two."""

from __future__ import annotations
