"""The addresses of the control interface; `resources/sandbox/control.openapi.yaml` describes the same."""

from __future__ import annotations

from starlette.routing import Route

from komet_console.sandbox.control.access import control_route
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.control.tokens import Tokens
from komet_console.sandbox.control.traffic import Traffic
from komet_console.sandbox.control.webhooks import Hooks
from komet_console.sandbox.control.world import World

ROUTES: tuple[tuple[str, str, str], ...] = (
    ("GET", "/", "world.status"),
    ("POST", "/reset", "world.reset"),
    ("POST", "/world/today", "world.to_today"),
    ("PUT", "/clock", "world.set_clock"),
    ("PATCH", "/companies/{company:int}", "world.set_company"),
    ("GET", "/snapshots", "world.list_snapshots"),
    ("POST", "/snapshots", "world.save_snapshot"),
    ("POST", "/snapshots/{name}/load", "world.load_snapshot"),
    ("DELETE", "/snapshots/{name}", "world.delete_snapshot"),
    ("GET", "/tokens", "tokens.listed"),
    ("POST", "/tokens", "tokens.generate"),
    ("PATCH", "/tokens/{token}", "tokens.edit"),
    ("DELETE", "/tokens/{token}", "tokens.revoke"),
    ("GET", "/quota", "traffic.quota"),
    ("PUT", "/quota", "traffic.set_quota"),
    ("GET", "/ip-restrictions", "traffic.networks"),
    ("PUT", "/ip-restrictions", "traffic.set_networks"),
    ("GET", "/faults", "traffic.faults"),
    ("POST", "/faults", "traffic.set_fault"),
    ("DELETE", "/faults", "traffic.clear_faults"),
    ("PATCH", "/behaviour", "traffic.set_behaviour"),
    ("GET", "/journal", "traffic.journal"),
    ("DELETE", "/journal", "traffic.clear_journal"),
    ("GET", "/outbox", "traffic.outbox"),
    ("DELETE", "/outbox", "traffic.clear_outbox"),
    ("GET", "/webhooks", "hooks.listed"),
    ("POST", "/webhooks", "hooks.add"),
    ("GET", "/webhooks/deliveries", "hooks.deliveries"),
    ("DELETE", "/webhooks/{webhook:int}", "hooks.remove"),
    ("POST", "/payments/{payment:int}/cancel", "hooks.cancel_payment"),
)
"""Verb, path below `/sandbox`, and `room.endpoint` that answers."""


def control_routes(desk: Desk, key: str) -> list[Route]:
    """All routes below `/sandbox`."""
    rooms = {"world": World(desk), "tokens": Tokens(desk), "traffic": Traffic(desk), "hooks": Hooks(desk)}
    routes = []
    for verb, path, endpoint in ROUTES:
        room, _, name = endpoint.partition(".")
        routes.append(control_route(path, verb, key, getattr(rooms[room], name)))
    return routes
