"""The seeded world: a flower importer in Miami with three months of trade, deterministic per seed, dated around today."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from komet_console.sandbox.seed.world import seed_world

__all__ = ["seed_world"]


def __getattr__(name: str) -> Any:
    """A kept world is served without the code that makes one."""
    if name == "seed_world":
        from komet_console.sandbox.seed.world import seed_world

        return seed_world
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
