"""The main window: its bars, its tabs, and what opens what."""

from __future__ import annotations
