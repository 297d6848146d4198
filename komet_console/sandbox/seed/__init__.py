"""The seeded world: a flower importer in Miami with three months of trade, deterministic per seed, dated around today."""

from __future__ import annotations

from komet_console.sandbox.seed.world import seed_world

__all__ = ["seed_world"]
