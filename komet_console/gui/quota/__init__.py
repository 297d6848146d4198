"""The calls of a day, as the window shows them."""

from __future__ import annotations
