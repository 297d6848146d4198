"""The behaviour of every method, one module a family; importing them fills `context.HANDLERS`.

All families together take a fifth of the time to start, so that a server imports them after it has said that it listens.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil

from komet_console.sandbox.context import HANDLERS, Handler


def _families() -> list[str]:
    return [f"{__name__}.{module.name}" for module in pkgutil.iter_modules(__path__) if not module.ispkg]


def load_all() -> None:
    """Import every family, so that each registers its methods."""
    for family in _families():
        importlib.import_module(family)


async def load_in_turns() -> None:
    """The same between calls, which may come in at any time."""
    for family in _families():
        importlib.import_module(family)
        await asyncio.sleep(0)


def handler_of(name: str) -> Handler:
    """The behaviour of a method; the first call of all may have to wait for the import."""
    if name not in HANDLERS:
        load_all()
    return HANDLERS[name]
