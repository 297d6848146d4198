"""Webhooks: the sandbox calls the other system, as the documentation describes it.

An event is stored as a delivery with the transaction's commit behind it and sent by the background thread, so that a call
never waits for a receiver. A receiver that cannot be reached, or answers with an HTTP failure, is tried again; one that
answers status 0 has understood and refused, which is final. Only receivers on this machine are called.
"""

from __future__ import annotations

import base64
import json
import threading
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from ipaddress import ip_address
from typing import Any

from sqlalchemy import Engine, Row, insert, select, update

from komet_console.sandbox.context import Event
from komet_console.sandbox.state import JournalEntry, State
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import reading

EVENTS = ("order.confirmation", "order.cancellation", "payment.cancellation")
FORMS = ("post", "get")
AUTHENTICATIONS = ("none", "token", "basic", "bearer")
RETRY_SECONDS = (1, 5, 30, 120)
"""Waits before the second, third, ... attempt; after the last one a delivery has failed."""
TIMEOUT = 5.0
ANSWER_KEPT = 2000


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one attempt. `final`: no further attempt is worth making."""

    delivered: bool
    final: bool
    http_status: int | None
    answer: str


def is_allowed(url: str) -> bool:
    """Whether a receiver may be called: http or https, on this machine."""
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return False
    if parts.hostname == "localhost":
        return True
    try:
        return ip_address(parts.hostname).is_loopback
    except ValueError:
        return False


def build_request(hook: Row[Any], payload: dict[str, Any]) -> urllib.request.Request:
    """The documented call of an event: POST with JSON, or the older GET with `invoiceId` as its last parameter."""
    headers = {"User-Agent": "komet-console-sandbox"}
    if hook.form == "get":
        pairs = [("companyId", payload["companyId"])]
        if hook.authentication == "token" and hook.secret:
            pairs.append(("token", hook.secret))
        pairs.append(("invoiceId", payload["orderId"]))
        separator = "&" if urllib.parse.urlsplit(hook.url).query else "?"
        return urllib.request.Request(f"{hook.url}{separator}{urllib.parse.urlencode(pairs)}", headers=headers)
    if hook.authentication == "token" and hook.secret:
        headers["authenticationToken"] = hook.secret
    elif hook.authentication == "bearer":
        headers["Authorization"] = f"Bearer {hook.secret or ''}"
    elif hook.authentication == "basic":
        pair = f"{hook.username or ''}:{hook.secret or ''}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    headers["Content-Type"] = "application/json"
    return urllib.request.Request(hook.url, json.dumps(payload).encode(), headers, method="POST")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A redirect could lead to another machine."""

    def redirect_request(self, *_: Any) -> None:
        return None


_OPENER = urllib.request.build_opener(_NoRedirect, urllib.request.ProxyHandler({}))


def attempt(hook: Row[Any], payload: dict[str, Any]) -> Outcome:
    """Call the receiver once; never raises."""
    if not is_allowed(hook.url):
        return Outcome(False, True, None, "Only receivers on this machine are called.")
    try:
        with _OPENER.open(build_request(hook, payload), timeout=TIMEOUT) as answer:
            status, data = answer.status, answer.read(65_536)
    except urllib.error.HTTPError as error:
        with error:
            return Outcome(False, False, error.code, error.read(ANSWER_KEPT).decode("utf-8", "replace"))
    except (OSError, HTTPException, ValueError) as error:
        return Outcome(False, False, None, f"not reached: {error}")
    text = data.decode("utf-8", "replace")[:ANSWER_KEPT]
    try:
        said = json.loads(data)
    except ValueError:
        return Outcome(False, True, status, text or "the answer is empty; JSON with status and message is expected")
    if not isinstance(said, dict) or str(said.get("status")).casefold() not in ("1", "true"):
        reason = said.get("message") or said.get("error") if isinstance(said, dict) else None
        return Outcome(False, True, status, str(reason or text))
    return Outcome(True, True, status, str(said.get("message", "")))


class Webhooks:
    """Stores deliveries and sends those that are due; `send_due` runs on one thread at a time."""

    def __init__(self, engine: Engine, state: State) -> None:
        self._engine = engine
        self._state = state
        self._sending = threading.Lock()

    def announce(self, events: list[Event]) -> None:
        """Note a delivery for each webhook that wants an event."""
        h = t.webhooks.c
        with self._engine.begin() as connection:
            for event in events:
                wanted = select(h.id).where(h.company_id == event.company_id, h.event == event.name, h.active.is_(True))
                for hook_id in connection.execute(wanted).scalars():
                    connection.execute(
                        insert(t.webhook_deliveries).values(
                            webhook_id=hook_id,
                            created_on=clock.real_now(),
                            next_attempt_on=clock.real_now(),
                            payload=json.dumps(event.payload),
                        )
                    )

    def send_due(self) -> None:
        """Send every delivery whose time has come."""
        if not self._sending.acquire(blocking=False):
            return
        try:
            d = t.webhook_deliveries.c
            now = clock.real_now()
            with reading(self._engine).begin() as connection:
                due = connection.execute(
                    select(t.webhooks, d.id.label("delivery"), d.payload, d.attempts)
                    .join(t.webhook_deliveries, d.webhook_id == t.webhooks.c.id)
                    .where(d.state == "waiting", d.next_attempt_on <= now)
                    .order_by(d.id)
                    .limit(20)
                ).all()
            for row in due:
                self._deliver(row)
        finally:
            self._sending.release()

    def _deliver(self, row: Row[Any]) -> None:
        started = datetime.now().astimezone()
        outcome = attempt(row, json.loads(row.payload))
        attempts = row.attempts + 1
        again = not outcome.final and attempts <= len(RETRY_SECONDS)
        values: dict[str, Any] = {
            "attempts": attempts,
            "http_status": outcome.http_status,
            "answer": outcome.answer,
            "state": "delivered" if outcome.delivered else "waiting" if again else "failed",
            "next_attempt_on": None,
        }
        if again:
            values["next_attempt_on"] = clock.real_now() + timedelta(seconds=RETRY_SECONDS[attempts - 1])
        with self._engine.begin() as connection:
            here = t.webhook_deliveries.c.id == row.delivery
            connection.execute(update(t.webhook_deliveries).where(here).values(**values))
            if not outcome.delivered and not again:
                for mail in (row.emails or "").split(";")[:5]:
                    if mail.strip():
                        connection.execute(
                            insert(t.outbox).values(
                                company_id=row.company_id,
                                at=clock.now(connection),
                                mail_to=mail.strip(),
                                subject=f"Webhook {row.event} failed",
                                body=f"The receiver said: {outcome.answer}\n\n{row.payload}\n",
                            )
                        )
        took = datetime.now().astimezone() - started
        self._state.record(
            JournalEntry(
                at=self._state.now(),
                company_id=row.company_id,
                verb=row.form.upper(),
                method=f"webhook {row.event}",
                http_status=outcome.http_status or 0,
                body_status=1 if outcome.delivered else 0,
                milliseconds=round(took.total_seconds() * 1000),
                token_name=None,
                note=outcome.answer[:200],
            )
        )
