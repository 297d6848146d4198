"""Tokens in the window: checking them, keeping them, choosing one."""

from __future__ import annotations
