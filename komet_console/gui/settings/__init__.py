"""The settings, to look at and to change."""

from __future__ import annotations
