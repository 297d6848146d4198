"""The first picture that a new user sees."""

from __future__ import annotations
