"""Other tools' files into collections and back; the workspace as one file and back."""

from __future__ import annotations
