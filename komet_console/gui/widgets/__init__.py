"""Small controls that several views share; each knows the theme and nothing of the API."""

from __future__ import annotations
