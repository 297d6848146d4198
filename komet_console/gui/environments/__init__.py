"""Environments in the window: their colours, and the dialog that manages them."""

from __future__ import annotations
