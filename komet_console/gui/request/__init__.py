"""One request tab: its state, the views that edit it, and the presenter that sends it."""

from __future__ import annotations
