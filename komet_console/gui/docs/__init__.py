"""What is known, to be read: one method's whole documentation, and the pages of general knowledge."""

from __future__ import annotations
