"""The control interface: what a person or a test changes about the sandbox itself, under `/sandbox/`."""

from __future__ import annotations

from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.control.routes import control_routes

__all__ = ["Desk", "control_routes"]
