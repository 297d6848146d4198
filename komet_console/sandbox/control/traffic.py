"""Control of what happens to calls: quota, IP restrictions, faults, failure mode; and what came of them: journal, outbox."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

from sqlalchemy import delete, insert, select
from starlette.requests import Request

from komet_console.sandbox.control.access import ControlError
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.state import FAILURES, FAULT_KINDS, MAX_LATENCY, QUIRKS
from komet_console.sandbox.store import clock, settings
from komet_console.sandbox.store import tables as t

PAGE = 200


def _stamp(moment: Any) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class Traffic:
    """Endpoints about calls."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def quota(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The quota of each company and what is used of it today."""
        state = self._desk.state
        with self._desk.reading() as connection:
            companies = connection.execute(select(t.companies.c.id, t.companies.c.paid_users)).all()
        today = state.now().date()
        return {
            "perUser": state.quota_per_user,
            "day": today.isoformat(),
            "companies": [
                {
                    "id": row.id,
                    "paidUsers": row.paid_users,
                    "limit": state.quota(row.id),
                    "calls": state.calls_on(row.id, today),
                }
                for row in companies
            ],
        }

    def set_quota(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Set `perUser` (0 is unlimited), or start counting anew with `reset`: true."""
        per_user = body.get("perUser")
        if per_user is not None and (not isinstance(per_user, int) or isinstance(per_user, bool) or per_user < 0):
            raise ControlError(400, "perUser must be a whole number from 0.")
        if per_user is None and body.get("reset") is not True:
            raise ControlError(400, "Nothing to change.", "Send perUser, or reset: true.")
        with self._desk.writing() as connection:
            if per_user is not None:
                settings.put(connection, "quota_per_user", per_user)
            if body.get("reset") is True:
                connection.execute(delete(t.quota_calls))
        return self.quota(request, body)

    def networks(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The networks each company may be called from; none listed means from everywhere."""
        with self._desk.reading() as connection:
            rows = connection.execute(select(t.ip_restrictions).order_by(t.ip_restrictions.c.id)).all()
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(str(row.company_id), []).append(row.network)
        return {"networks": found}

    def set_networks(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Set the `networks` (CIDR) of a `company`; an empty list lifts the restriction."""
        company, networks = body.get("company"), body.get("networks")
        if not isinstance(company, int) or not isinstance(networks, list):
            raise ControlError(400, "Send company (its id) and networks (a list of CIDR texts).")
        try:
            checked = [str(ip_network(str(one), strict=False)) for one in networks]
        except ValueError as error:
            raise ControlError(400, f"Not a network: {error}.", "Write 10.0.0.0/8 or 127.0.0.1.") from None
        with self._desk.writing() as connection:
            if connection.execute(select(t.companies.c.id).where(t.companies.c.id == company)).one_or_none() is None:
                raise ControlError(404, f"There is no company {company}.")
            connection.execute(delete(t.ip_restrictions).where(t.ip_restrictions.c.company_id == company))
            for network in checked:
                connection.execute(insert(t.ip_restrictions).values(company_id=company, network=network))
        return self.networks(request, body)

    def faults(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The faults that are set."""
        with self._desk.reading() as connection:
            rows = connection.execute(select(t.faults).order_by(t.faults.c.id)).all()
        return {
            "faults": [
                {
                    "id": row.id,
                    "method": row.method,
                    "kind": row.kind,
                    "status": row.http_status,
                    "milliseconds": row.milliseconds,
                    "calls": row.remaining,
                }
                for row in rows
            ]
        }

    def set_fault(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Set a fault: `kind`, `method` (null: all), `calls` (null: until removed), `status`, `milliseconds`."""
        kind, status, delay, calls = (body.get(key) for key in ("kind", "status", "milliseconds", "calls"))
        if kind not in FAULT_KINDS:
            raise ControlError(400, f"kind must be one of {', '.join(FAULT_KINDS)}.")
        if kind == "status" and not (isinstance(status, int) and 200 <= status <= 599):
            raise ControlError(400, "A fault of kind status needs a status from 200 to 599.")
        if delay is not None and not (isinstance(delay, int) and 0 <= delay <= MAX_LATENCY):
            raise ControlError(400, f"milliseconds must be from 0 to {MAX_LATENCY}.")
        if kind == "latency" and delay is None:
            raise ControlError(400, "A fault of kind latency needs milliseconds.")
        if calls is not None and not (isinstance(calls, int) and calls > 0):
            raise ControlError(400, "calls must be a whole number from 1, or null.")
        with self._desk.writing() as connection:
            connection.execute(
                insert(t.faults).values(
                    method=body.get("method"),
                    kind=kind,
                    http_status=status,
                    milliseconds=delay,
                    remaining=calls,
                    created_on=clock.real_now(),
                )
            )
        return self.faults(request, body)

    def clear_faults(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Remove all faults."""
        with self._desk.writing() as connection:
            connection.execute(delete(t.faults))
        return self.faults(request, body)

    def set_behaviour(self, _request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Change `failures` (codes or body) and `quirks` (true or false) until the sandbox ends."""
        state = self._desk.state
        failures, quirks = body.get("failures", state.failures), body.get("quirks", state.quirks)
        if failures not in ("codes", "body") or not isinstance(quirks, bool):
            raise ControlError(400, "failures must be codes or body, quirks true or false.")
        with self._desk.writing() as connection:
            settings.put(connection, FAILURES, failures)
            settings.put(connection, QUIRKS, int(quirks))
        return {"failures": failures, "quirks": quirks}

    def journal(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The last calls, newest first; parameters `method` and `limit`."""
        limit = request.query_params.get("limit", str(PAGE))
        if not limit.isdecimal():
            raise ControlError(400, "limit must be a whole number.")
        query = select(t.journal).order_by(t.journal.c.id.desc()).limit(min(int(limit), 10_000))
        method = request.query_params.get("method")
        if method:
            query = query.where(t.journal.c.method == method)
        with self._desk.reading() as connection:
            rows = connection.execute(query).all()
        return {
            "calls": [
                {
                    "at": _stamp(row.at),
                    "company": row.company_id,
                    "verb": row.verb,
                    "method": row.method,
                    "status": row.http_status,
                    "bodyStatus": row.body_status,
                    "milliseconds": row.milliseconds,
                    "token": row.token_name,
                    "note": row.note,
                }
                for row in rows
            ]
        }

    def clear_journal(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Forget the calls served so far."""
        with self._desk.writing() as connection:
            connection.execute(delete(t.journal))
        return {"calls": []}

    def outbox(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The mails the sandbox would have sent, newest first."""
        with self._desk.reading() as connection:
            rows = connection.execute(select(t.outbox).order_by(t.outbox.c.id.desc()).limit(PAGE)).all()
        return {
            "mails": [
                {"at": _stamp(row.at), "to": row.mail_to, "subject": row.subject, "body": row.body} for row in rows
            ]
        }

    def clear_outbox(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Empty the outbox."""
        with self._desk.writing() as connection:
            connection.execute(delete(t.outbox))
        return {"mails": []}
