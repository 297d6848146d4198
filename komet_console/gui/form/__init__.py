"""A request as a form, made from the method's documented fields."""

from __future__ import annotations
