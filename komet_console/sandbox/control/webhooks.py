"""Control of webhooks, and of the one event that no method of the API causes: a person cancels a payment."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import delete, insert, select, update
from starlette.requests import Request

from komet_console.sandbox.context import Event
from komet_console.sandbox.control.access import ControlError
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.webhooks import AUTHENTICATIONS, EVENTS, FORMS, is_allowed


class Hooks:
    """Endpoints about webhooks."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """All webhooks; secrets are not shown."""
        with self._desk.reading() as connection:
            rows = connection.execute(select(t.webhooks).order_by(t.webhooks.c.id)).all()
        return {
            "webhooks": [
                {
                    "id": row.id,
                    "company": row.company_id,
                    "event": row.event,
                    "url": row.url,
                    "form": row.form,
                    "authentication": row.authentication,
                    "emails": [one for one in (row.emails or "").split(";") if one],
                    "active": row.active,
                }
                for row in rows
            ]
        }

    def add(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Set a webhook: `event`, `url`, `company`, `form`, `authentication`, `username`, `secret`, `emails`."""
        event, url, form = body.get("event"), body.get("url"), body.get("form", "post")
        authentication, emails = body.get("authentication", "none"), body.get("emails", [])
        if event not in EVENTS:
            raise ControlError(400, f"event must be one of {', '.join(EVENTS)}.")
        if not isinstance(url, str) or not is_allowed(url):
            raise ControlError(400, "url must be http or https on this machine.", "Use 127.0.0.1 or localhost.")
        if form not in FORMS or (form == "get" and event != "order.confirmation"):
            raise ControlError(400, "form must be post, or get for the older order confirmation.")
        if authentication not in AUTHENTICATIONS:
            raise ControlError(400, f"authentication must be one of {', '.join(AUTHENTICATIONS)}.")
        if not isinstance(emails, list) or len(emails) > 5:
            raise ControlError(400, "emails must be a list of five addresses at most.")
        with self._desk.writing() as connection:
            company = (
                body.get("company")
                or connection.execute(select(t.companies.c.id).order_by(t.companies.c.id).limit(1)).scalar_one()
            )
            connection.execute(
                insert(t.webhooks).values(
                    company_id=company,
                    event=event,
                    url=url,
                    form=form,
                    authentication=authentication,
                    username=body.get("username"),
                    secret=body.get("secret"),
                    emails=";".join(map(str, emails)),
                )
            )
        return self.listed(request, body)

    def remove(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Delete a webhook and its deliveries."""
        hook = int(request.path_params["webhook"])
        with self._desk.writing() as connection:
            connection.execute(delete(t.webhook_deliveries).where(t.webhook_deliveries.c.webhook_id == hook))
            if not connection.execute(delete(t.webhooks).where(t.webhooks.c.id == hook)).rowcount:
                raise ControlError(404, f"There is no webhook {hook}.")
        return self.listed(request, body)

    def deliveries(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """The last deliveries with the receivers' answers, newest first."""
        d = t.webhook_deliveries.c
        with self._desk.reading() as connection:
            rows = connection.execute(
                select(t.webhook_deliveries, t.webhooks.c.event)
                .join(t.webhooks, t.webhooks.c.id == d.webhook_id)
                .order_by(d.id.desc())
                .limit(200)
            ).all()
        return {
            "deliveries": [
                {
                    "id": row.id,
                    "webhook": row.webhook_id,
                    "event": row.event,
                    "payload": json.loads(row.payload),
                    "state": row.state,
                    "attempts": row.attempts,
                    "status": row.http_status,
                    "answer": row.answer,
                }
                for row in rows
            ]
        }

    def cancel_payment(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Cancel a payment, as a person does in Komet: its money counts no more, and webhooks are told."""
        payment_id = int(request.path_params["payment"])
        p, applied = t.payments.c, t.payment_invoices.c
        with self._desk.writing() as connection:
            row = connection.execute(select(t.payments).where(p.id == payment_id)).one_or_none()
            if row is None or row.cancelled:
                raise ControlError(404, f"There is no payment {payment_id} that could be cancelled.")
            orders = connection.execute(
                select(applied.invoice_id).where(applied.payment_id == payment_id).order_by(applied.id)
            ).scalars()
            payload = {
                "companyId": row.company_id,
                "paymentId": row.id,
                "paymentNumber": str(row.control_number),
                "orderIds": ",".join(map(str, orders)),
            }
            changed = update(t.payments).where(p.id == payment_id)
            connection.execute(changed.values(cancelled=True, updated_on=clock.now(connection)))
        self._desk.announce([Event("payment.cancellation", row.company_id, payload)])
        return payload
