"""The window: the only room that knows Qt. Views show, presenters decide, everything else lives in the rooms below."""

from __future__ import annotations
