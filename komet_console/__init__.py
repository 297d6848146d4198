"""Komet Console: a testing console for the Komet Sales API."""

from __future__ import annotations

__version__ = "0.1.0"
