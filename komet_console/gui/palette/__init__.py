"""Popups over the window: the palette that finds everything, and the list of shortcuts."""

from __future__ import annotations
