"""Saved requests: the panel with their tree, saving, what happens when a file was changed by somebody else."""

from __future__ import annotations
