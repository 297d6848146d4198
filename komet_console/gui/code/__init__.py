"""The request of a tab as code in other languages."""

from __future__ import annotations
