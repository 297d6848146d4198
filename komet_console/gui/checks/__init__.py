"""The checks and captures of a request, and what came of them."""

from __future__ import annotations
