"""What is asked before a call that writes."""

from __future__ import annotations
