"""The rooms put together for one running program: the local sandbox, sending, explaining. No Qt."""

from __future__ import annotations
