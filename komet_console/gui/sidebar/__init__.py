"""What stands left of the requests: the methods and the guides, to browse or to find."""

from __future__ import annotations
