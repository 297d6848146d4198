"""The answer of a call: what happened in one sentence, what it means, and the answer itself, however big it is."""

from __future__ import annotations
