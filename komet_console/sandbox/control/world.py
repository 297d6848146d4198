"""Control of the world: reset, snapshots, clock, companies."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import func, select, update
from starlette.requests import Request

from komet_console.errors import UserError
from komet_console.sandbox.business.standing import run_day
from komet_console.sandbox.control.access import ControlError
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.store import clock, settings, snapshots
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.shift import shift_world

_NAME = re.compile(r"[\w][\w .:-]{0,79}")
MAX_OFFSET = 3650


class World:
    """Endpoints about the world as a whole."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def status(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """What the sandbox is and how it is set."""
        desk = self._desk
        with desk.reading() as connection:
            counted = {
                table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (t.customers, t.vendors, t.products, t.invoices, t.prebooks, t.purchase_orders, t.boxes)
            }
            companies = [
                {"id": row.id, "name": row.name, "multiLocation": row.multi_location, "paidUsers": row.paid_users}
                for row in connection.execute(select(t.companies).order_by(t.companies.c.id))
            ]
            world_date = clock.world_date(connection)
            return {
                "seed": int(settings.get(connection, "seed") or 1),
                "worldDate": world_date.isoformat() if world_date else None,
                "daysBehind": clock.days_behind(connection),
                "today": clock.today(connection).isoformat(),
                "clockDays": clock.offset_days(connection),
                "failures": desk.state.failures,
                "quirks": desk.state.quirks,
                "companies": companies,
                "counts": counted,
            }

    def reset(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Seed the world anew, dated around the clock's today; settings and snapshots stay."""
        from komet_console.sandbox.seed import seed_world

        desk = self._desk
        with desk.reading() as connection:
            seed = int(settings.get(connection, "seed") or 1)
            today = clock.today(connection)
        seed_world(desk.engine, seed=seed, today=today)
        desk.changed()
        return {"worldDate": today.isoformat()}

    def to_today(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Move every date of the world so that it lies around today again."""
        with self._desk.writing() as connection:
            days = clock.days_behind(connection)
            if days:
                shift_world(connection, days)
            moved = clock.world_date(connection)
        return {"movedDays": days, "worldDate": moved.isoformat() if moved else None}

    def set_clock(self, _request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Let the clock run `days` ahead of real time (negative: behind); days gone by do what they bring."""
        days = body.get("days")
        if not isinstance(days, int) or isinstance(days, bool) or abs(days) > MAX_OFFSET:
            raise ControlError(400, f"days must be a whole number from -{MAX_OFFSET} to {MAX_OFFSET}.")
        with self._desk.writing() as connection:
            before = clock.today(connection)
            clock.set_offset_days(connection, days)
            today = clock.today(connection)
            if today > before:
                for company_id in connection.execute(select(t.companies.c.id)).scalars().all():
                    run_day(connection, company_id, today)
        return {"clockDays": days, "today": today.isoformat()}

    def set_company(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Change a company's settings: `multiLocation`, `paidUsers`."""
        values: dict[str, Any] = {}
        if isinstance(body.get("multiLocation"), bool):
            values["multi_location"] = body["multiLocation"]
        if isinstance(body.get("paidUsers"), int) and body["paidUsers"] > 0:
            values["paid_users"] = body["paidUsers"]
        if not values:
            raise ControlError(400, "Nothing to change.", "Send multiLocation (true or false) or paidUsers (from 1).")
        company = int(request.path_params["company"])
        with self._desk.writing() as connection:
            changed = connection.execute(update(t.companies).where(t.companies.c.id == company).values(**values))
            if not changed.rowcount:
                raise ControlError(404, f"There is no company {company}.")
        return {"company": company, **body}

    def list_snapshots(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """All named copies."""
        with self._desk.reading() as connection:
            rows = snapshots.names(connection)
        return {
            "snapshots": [
                {
                    "name": one.name,
                    "createdOn": f"{one.created_on:%Y-%m-%dT%H:%M:%SZ}",
                    "worldDate": f"{one.world_date}",
                }
                for one in rows
            ]
        }

    def save_snapshot(self, _request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Copy the world under a name."""
        name = body.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise ControlError(400, "A snapshot needs a name of letters, digits, blanks, dots, dashes; 80 at most.")
        with self._desk.writing() as connection:
            snapshots.save(connection, name)
        return {"name": name}

    def load_snapshot(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Replace the world by a copy."""
        name = request.path_params["name"]
        with self._desk.writing() as connection:
            try:
                snapshots.load(connection, name)
            except UserError as error:
                raise ControlError(404, error.message, error.hint) from error
        return {"name": name}

    def delete_snapshot(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Delete a copy."""
        name = request.path_params["name"]
        with self._desk.writing() as connection:
            if not snapshots.delete_snapshot(connection, name):
                raise ControlError(404, f'There is no snapshot "{name}".')
        return {"name": name}
