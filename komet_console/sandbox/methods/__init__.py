"""The behaviour of every method, one module a family; importing them fills `context.HANDLERS`."""

from __future__ import annotations

import importlib
import pkgutil


def load_all() -> None:
    """Import every family, so that each registers its methods."""
    for module in pkgutil.iter_modules(__path__):
        if not module.ispkg:
            importlib.import_module(f"{__name__}.{module.name}")
