"""The gate: the fixed order of checks that every call passes, and the answer it gets.

    transport -> method -> verb -> (a fault set through control) -> size -> JSON -> token -> its kind and methods
    -> account -> IP restriction -> quota -> input -> the rule itself

Only what is documented is refused. Which HTTP status a failure carries is documented as a general table alone; with
failures="body" every failure is answered with HTTP 200 and status 0 instead.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import DatabaseError, DataError

from komet_console.catalogue import Catalogue, Field, Method
from komet_console.sandbox.context import Call, Event, Handler, Token
from komet_console.sandbox.gate.encoding import Encoder, encoder_of
from komet_console.sandbox.gate.failures import Failure, Refused
from komet_console.sandbox.gate.incoming import Incoming, read_body
from komet_console.sandbox.gate.reading import Conditions, Reader
from komet_console.sandbox.methods import handler_of
from komet_console.sandbox.state import Fault, JournalEntry, KnownToken, State, parse_fault
from komet_console.sandbox.store import tables as t
from komet_console.sandbox.store.engine import reading

REQUEST_LIMIT = 64 * 1024
FILE_REQUEST_LIMIT = 128 * 1024 * 1024
"""20 MB of file grow to at most so many bytes as comma-separated signed numbers."""
LOOPBACK = ("127.0.0.1", "::1", "localhost", None)
FAULT_HEADER = "x-komet-sandbox-fault"
"""Request header that plays a fault for one call: `status=503`, `latency=800`, `timeout`, `silence`, `cut`, ..."""
SIMULATED = ("x-komet-sandbox", "simulated answer; no real data")


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An answer: HTTP status, headers, body, and the fault to play around it, if any."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fault: Fault | None = None


class Route:
    """What the gate keeps ready for one method."""

    def __init__(self, catalogue: Catalogue, method: Method, handler: Handler, *, quirks: bool) -> None:
        self.method = method
        self.handler = handler
        self.encoder: Encoder = encoder_of(method, quirks=quirks)
        self.token_names = {place.name for place in method.places.token}
        self.fields = {field.name: field for field in (*method.parameters, *method.body)}
        self.reader = Reader([field for field in self.fields.values() if field.name not in self.token_names])
        self.header_fields = tuple(field for field in method.headers if field.name not in self.token_names)
        self.header_reader = Reader(self.header_fields)
        schema = catalogue.body_schema(method) if method.body else catalogue.query_schema(method)
        self.conditions = Conditions(schema or {}, tuple(self.fields.values()), self.token_names)
        self.size_limit = FILE_REQUEST_LIMIT if method.has_file else REQUEST_LIMIT
        self.takes_body = "body" in method.places.input or any(p.location == "body" for p in method.places.token)
        self.takes_query = "query" in method.places.input
        self.writes = method.effect != "read"
        self.needs_token = bool(method.places.token)

    def failure_body(self, failure: Failure) -> dict[str, Any]:
        """A failure in the method's own documented shape."""
        outcome = self.method.outcome
        extra = failure.extra if isinstance(failure, Refused) else {}
        return {outcome.field or "status": failure.code, outcome.message or "message": failure.message, **extra}


class Gate:
    """Answers calls; one per process."""

    def __init__(
        self, engine: Engine, catalogue: Catalogue, state: State, announce: Callable[[list[Event]], None] | None = None
    ) -> None:
        self._writing = engine
        # Calls run one after the other on one thread, and taking a connection from the pool costs a tenth of a call.
        self._kept = reading(engine).connect()
        self._catalogue = catalogue
        self._state = state
        self._announce = announce
        self._paths: dict[str, dict[str, str]] = {}
        for row in catalogue.summaries.values():
            for path in (row.path, *(f"/{alias}" for alias in row.aliases)):
                self._paths.setdefault(path, {})[row.verb] = row.name
        self._routes: dict[tuple[str, bool], Route] = {}

    def size_limit(self, verb: str, path: str) -> int:
        """How many bytes of body are worth reading for an address; unknown ones get the plain limit."""
        name = self._paths.get(path, {}).get(verb)
        return self._route(name).size_limit if name else REQUEST_LIMIT

    def _route(self, name: str) -> Route:
        quirks = self._state.quirks
        route = self._routes.get((name, quirks))
        if route is None:
            route = Route(self._catalogue, self._catalogue.method(name), handler_of(name), quirks=quirks)
            self._routes[name, quirks] = route
        return route

    def answer(self, incoming: Incoming) -> Outgoing:
        """Answer a call; never raises for anything a caller can send."""
        started = time.perf_counter()
        self._state.refresh()
        now = self._state.now()
        route: Route | None = None
        token: Token | None = None
        fault: Fault | None = None
        try:
            if not incoming.secure and incoming.client not in LOOPBACK:
                raise Failure(403, "The API takes HTTPS only", documented=True)
            route = self._find(incoming)
            asked = incoming.headers.get(FAULT_HEADER)
            fault = parse_fault(asked) if asked else self._state.take_fault(route.method.name)
            if fault and fault.kind == "status":
                raise Failure(fault.http_status or 500, f"Simulated fault {fault.http_status}")
            if fault and fault.kind == "timeout":
                raise Failure(408, "The time allowed to complete the request has been reached", documented=True)
            with self._transaction(route) as connection:
                call, token = self._admit(connection, route, incoming, now)
                answer = route.handler(call)
                body = route.encoder.encode(answer)
            if call.events and self._announce:
                self._announce(call.events)
            outgoing = self._success(route, body)
        except Failure as failure:
            token = token or getattr(failure, "token", None)
            outgoing = self._failure(route, failure, played=fault is not None)
        except (OverflowError, DataError):
            # ids and amounts of 20 digits and the last day of the calendar are documented; no database holds them all
            out_of_range = Failure(400, "A number or a date of the request is out of range")
            outgoing = self._failure(route, out_of_range, played=False)
        except DatabaseError as error:
            # a full disk, a damaged file, a server that went away: the next call may find it mended
            broken = Failure(500, f"The sandbox's own database failed: {error.orig}")
            outgoing = self._failure(route, broken, played=False)
        if fault is not None:
            outgoing = Outgoing(outgoing.status, outgoing.headers, outgoing.body, fault)
        self._state.record(
            JournalEntry(
                at=now,
                company_id=token.company_id if token else None,
                verb=incoming.verb,
                method=route.method.name if route else "unknown method",
                http_status=outgoing.status,
                body_status=_body_status(outgoing.body),
                milliseconds=round((time.perf_counter() - started) * 1000),
                token_name=token.name if token else None,
                note=f"fault: {fault.kind}" if fault else None,
            )
        )
        return outgoing

    @contextlib.contextmanager
    def _transaction(self, route: Route) -> Iterator[Connection]:
        if route.writes:
            with self._writing.begin() as connection:
                yield connection
        else:
            with self._kept.begin():
                yield self._kept

    def close(self) -> None:
        """Give back what is kept open."""
        self._kept.close()

    def _find(self, incoming: Incoming) -> Route:
        verbs = self._paths.get(incoming.path)
        if verbs is None:
            from komet_console.catalogue.searching import nearest_names

            near = nearest_names(self._catalogue, incoming.path.strip("/"))
            raise Failure(404, f"There is no method {incoming.path.strip('/')}. Nearest: {', '.join(near) or 'none'}")
        name = verbs.get(incoming.verb)
        if name is None:
            raise Failure(400, f"{incoming.path.strip('/')} takes {' or '.join(verbs)}, not {incoming.verb}")
        return self._route(name)

    def _admit(
        self, connection: Connection, route: Route, incoming: Incoming, now: datetime
    ) -> tuple[Call, Token | None]:
        """Everything between the address and the rule; raises `Failure`."""
        if incoming.size + incoming.query_size > route.size_limit:
            kind = "20 MB of file" if route.method.has_file else "64 kB"
            raise Failure(400, f"The request is too large; {kind} are allowed", documented=True)
        body = read_body(incoming.body) if route.takes_body else {}
        token = self._token(connection, route, incoming, body)
        try:
            headers, account = self._headers(route, incoming)
            company_id = token.company_id if token else 0
            if account is not None and token is not None and account != company_id:
                raise Failure(403, "X-ACCOUNT is another company than the token's")
            if token and not self._state.may_come_from(company_id, incoming.client):
                raise Failure(403, "Calls from this address are not allowed")
            if token and not self._state.count_call(company_id, now.date()):
                raise self._quota_failure(now)
            values = self._input(route, incoming, body)
        except Failure as failure:
            failure.token = token  # type: ignore[attr-defined]  # the journal names the caller of refused calls too
            raise
        call = Call(
            connection=connection,
            method=route.method,
            token=token,
            input=values,
            headers=headers,
            now=now,
            multi_location=self._state.multi_location(company_id),
            company_id=company_id,
        )
        return call, token

    def _token(self, connection: Connection, route: Route, incoming: Incoming, body: dict[str, Any]) -> Token | None:
        if not route.needs_token:
            return None
        found: set[str | None] = set()
        for place in route.method.places.token:
            if place.location == "header":
                found.add(incoming.headers.get(place.name.lower()))
            elif place.location == "query":
                found.update(value for name, value in incoming.query if name == place.name)
            else:
                value = body.get(place.name)
                found.add(str(value) if value is not None else None)
        given = {one.strip() for one in found if one and one.strip()}
        if len(given) > 1:
            raise Failure(400, "The call carries two different tokens")
        unknown = Failure(401, "Invalid Security Token", documented=_says(route.method, "Invalid Security Token"))
        if not given:
            raise unknown
        value = given.pop()
        known = self._state.known_token(value)
        if known is None:
            known = _read_token(connection, value)
            if known is None:
                raise unknown
            self._state.remember_token(value, known)
        return _permitted(route, known)

    def _headers(self, route: Route, incoming: Incoming) -> tuple[dict[str, Any], int | None]:
        problems: list[str] = []
        sent = {field.name: incoming.headers.get(field.name.lower(), "") for field in route.header_fields}
        missing = [field.name for field in route.header_fields if field.required and not sent[field.name].strip()]
        headers = route.header_reader.read(sent, problems, "header ", blank_is_absent=True)
        problems += [f"header {name} is required" for name in missing]
        if problems:
            raise Failure(400, "; ".join(problems))
        return headers, headers.get("X-ACCOUNT")

    def _quota_failure(self, now: datetime) -> Failure:
        midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time())
        seconds = max(1, int((midnight - now).total_seconds()))
        return Failure(429, "The daily limit of calls is used up", headers={"retry-after": str(seconds)})

    def _input(self, route: Route, incoming: Incoming, body: dict[str, Any]) -> dict[str, Any]:
        data: dict[str, Any] = {}
        if route.takes_body:
            data.update(body)
        if route.takes_query:
            data.update(_gathered(incoming.query, route.fields))
        for name in route.token_names:
            data.pop(name, None)
        problems = route.conditions.problems(data)
        values = route.reader.read(data, problems, blank_is_absent=route.takes_query and not body)
        for limit in route.method.limits.items:
            listed = values.get(limit.field)
            if isinstance(listed, list) and len(listed) > limit.most:
                problems.append(f"{limit.field} may have {limit.most} elements")
        problems += _range_problems(route.method, values)
        if problems:
            problems = [_worded(route.method, problem) for problem in problems]
            documented = all(_says(route.method, problem) for problem in problems)
            raise Failure(400, "; ".join(problems), documented=documented)
        return values

    def _success(self, route: Route, body: dict[str, Any]) -> Outgoing:
        text = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str).encode()
        headers = [SIMULATED, ("content-type", "application/json;charset=UTF-8")]
        if route.method.coverage.output != "full":
            headers.append(("x-komet-sandbox-basis", "assumed: the documented answer was not fully visible"))
        return Outgoing(200, tuple(headers), text)

    def _failure(self, route: Route | None, failure: Failure, *, played: bool) -> Outgoing:
        body = route.failure_body(failure) if route else {"status": 0, "message": failure.message}
        status = 200 if self._state.failures == "body" and not played else failure.status
        headers = [
            SIMULATED,
            ("content-type", "application/json;charset=UTF-8"),
            ("x-komet-sandbox-basis", "documented" if failure.documented else "assumed"),
            *failure.headers.items(),
        ]
        return Outgoing(status, tuple(headers), json.dumps(body, ensure_ascii=False).encode())


def _read_token(connection: Connection, value: str) -> KnownToken | None:
    """One of the sandbox's own tokens that was not revoked."""
    row = connection.execute(select(t.tokens).where(t.tokens.c.token == value)).one_or_none()
    if row is None or row.revoked_on is not None:
        return None
    methods = None
    if not row.all_methods:
        chosen = select(t.token_methods.c.method).where(t.token_methods.c.token == value)
        methods = frozenset(connection.execute(chosen).scalars())
    token = Token(
        name=row.description,
        kind=row.kind,
        company_id=row.company_id,
        customer_id=row.customer_id,
        vendor_id=row.vendor_id,
        user_id=row.user_id,
        transactional=row.transactional,
    )
    return KnownToken(token, methods)


def _permitted(route: Route, known: KnownToken) -> Token:
    """The token, when its kind and its list of methods let it call the method; raises `Failure` (401)."""
    method, token = route.method, known.token
    if not method.accepts(token.kind):
        kinds = " or ".join(method.tokens or ())
        raise Failure(401, f"A {token.kind} token may not call {method.name}; it takes a {kinds} token")
    if known.methods is not None and method.name not in known.methods:
        raise Failure(401, f"The token may not call {method.name}")
    return token


def _gathered(query: tuple[tuple[str, str], ...], fields: dict[str, Field]) -> dict[str, Any]:
    """URL parameters as one object; a name given twice becomes a list where the field is one, else the last counts."""
    data: dict[str, Any] = {}
    for name, value in query:
        if "\0" in value:
            raise Failure(400, f"{name} holds a character that no text can hold")
        field = fields.get(name)
        if name in data and field is not None and field.type == "array":
            data[name] = [*(data[name] if isinstance(data[name], list) else [data[name]]), value]
        else:
            data[name] = value
    return data


def _range_problems(method: Method, values: dict[str, Any]) -> list[str]:
    """Broken limits of date ranges: the two dates the wrong way round, or too far apart."""
    problems = []
    for limit in method.limits.date_ranges:
        start, end = values.get(limit.start), values.get(limit.end or "")
        if start is None or end is None:
            continue
        if end < start:
            problems.append(f"{limit.end} lies before {limit.start}")
            continue
        longest = limit.days if limit.days is not None else (limit.months or 0) * 31
        if (end - start).days > longest:
            span = f"{limit.days} days" if limit.days is not None else f"{limit.months} months"
            problems.append(f"{limit.start} and {limit.end} may lie at most {span} apart")
    return problems


def _says(method: Method, message: str) -> bool:
    """Whether the documentation of the method names this message."""
    return any(one.message.casefold() == message.casefold() for one in method.errors)


def _worded(method: Method, problem: str) -> str:
    """The method's own documented words for a problem (`Parameter boxCode is required`), else ours."""
    wordings = (problem.casefold(), f"parameter {problem}".casefold())
    return next((one.message for one in method.errors if one.message.casefold() in wordings), problem)


def _body_status(body: bytes) -> int | None:
    """0 or 1 as the answer says it, for the journal."""
    head = body[:40].replace(b'"', b"").replace(b" ", b"")
    return 1 if b"status:1" in head else 0 if b"status:0" in head else None
