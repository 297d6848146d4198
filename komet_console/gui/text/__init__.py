"""Text as code: colours, and the editor for bodies."""

from __future__ import annotations
