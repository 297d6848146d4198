"""Control of tokens, as Komet's own screen has it: Setup > Settings > Tokens."""

from __future__ import annotations

import secrets
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from starlette.requests import Request

from komet_console.sandbox.context import HANDLERS
from komet_console.sandbox.control.access import ControlError
from komet_console.sandbox.control.desk import Desk
from komet_console.sandbox.methods import load_all
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t

KINDS = ("company", "customer", "vendor")
"""Kinds a person can generate; user tokens come from `login`."""


def _shown(connection: Connection, row: Row[Any]) -> dict[str, Any]:
    methods = connection.execute(
        select(t.token_methods.c.method).where(t.token_methods.c.token == row.token).order_by(t.token_methods.c.method)
    )
    return {
        "token": row.token,
        "type": row.kind,
        "description": row.description,
        "company": row.company_id,
        "customer": row.customer_id,
        "vendor": row.vendor_id,
        "user": row.user_id,
        "transactional": row.transactional,
        "methods": None if row.all_methods else list(methods.scalars()),
        "createdOn": f"{row.created_on:%Y-%m-%dT%H:%M:%SZ}",
        "revoked": row.revoked_on is not None,
    }


def _methods(body: dict[str, Any]) -> list[str] | None:
    """The chosen methods; None is all of them."""
    methods = body.get("methods")
    if methods is None:
        return None
    if not isinstance(methods, list) or not all(isinstance(one, str) for one in methods):
        raise ControlError(400, "methods must be a list of method names, or null for all.")
    load_all()
    unknown = [one for one in methods if one not in HANDLERS]
    if unknown:
        raise ControlError(
            400, f"There is no method {', '.join(unknown)}.", "Use names as `komet-console methods` lists them."
        )
    return methods


class Tokens:
    """Endpoints about the sandbox's own tokens."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def listed(self, _request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """All tokens, revoked ones included."""
        with self._desk.reading() as connection:
            rows = connection.execute(select(t.tokens).order_by(t.tokens.c.created_on, t.tokens.c.token)).all()
            return {"tokens": [_shown(connection, row) for row in rows]}

    def generate(self, _request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """A new token: `description`, `type`, its `customer` or `vendor`, chosen `methods`, `transactional`, `company`."""
        description = body.get("description")
        if not isinstance(description, str) or not description.strip():
            raise ControlError(400, "A token needs a description.")
        kind = body.get("type", "company")
        if kind not in KINDS:
            raise ControlError(400, f"type must be {', '.join(KINDS)}.", "User tokens come from the method login.")
        methods = _methods(body)
        value = f"sbx_{kind}_{secrets.token_hex(12)}"
        with self._desk.writing() as connection:
            company = (
                body.get("company")
                or connection.execute(select(t.companies.c.id).order_by(t.companies.c.id).limit(1)).scalar_one()
            )
            owner = self._owner(connection, kind, company, body)
            connection.execute(
                insert(t.tokens).values(
                    token=value,
                    company_id=company,
                    kind=kind,
                    description=description.strip(),
                    transactional=body.get("transactional") is not False,
                    all_methods=methods is None,
                    created_on=clock.now(connection),
                    **owner,
                )
            )
            self._choose(connection, value, methods)
            row = connection.execute(select(t.tokens).where(t.tokens.c.token == value)).one()
            return _shown(connection, row)

    def edit(self, request: Request, body: dict[str, Any]) -> dict[str, Any]:
        """Change `description`, `methods` or `transactional` of a token."""
        value = request.path_params["token"]
        changes: dict[str, Any] = {}
        if isinstance(body.get("description"), str) and body["description"].strip():
            changes["description"] = body["description"].strip()
        if isinstance(body.get("transactional"), bool):
            changes["transactional"] = body["transactional"]
        with self._desk.writing() as connection:
            row = self._existing(connection, value)
            if "methods" in body:
                methods = _methods(body)
                changes["all_methods"] = methods is None
                self._choose(connection, value, methods)
            if not changes:
                raise ControlError(400, "Nothing to change.", "Send description, methods or transactional.")
            connection.execute(update(t.tokens).where(t.tokens.c.token == value).values(**changes))
            row = self._existing(connection, value)
            return _shown(connection, row)

    def revoke(self, request: Request, _body: dict[str, Any]) -> dict[str, Any]:
        """Let a token stop working."""
        value = request.path_params["token"]
        with self._desk.writing() as connection:
            self._existing(connection, value)
            connection.execute(
                update(t.tokens).where(t.tokens.c.token == value).values(revoked_on=clock.now(connection))
            )
            return _shown(connection, self._existing(connection, value))

    @staticmethod
    def _existing(connection: Connection, value: str) -> Row[Any]:
        row = connection.execute(select(t.tokens).where(t.tokens.c.token == value)).one_or_none()
        if row is None:
            raise ControlError(404, "There is no such token in this sandbox.")
        return row

    @staticmethod
    def _owner(connection: Connection, kind: str, company: int, body: dict[str, Any]) -> dict[str, Any]:
        """The customer or vendor a token acts for, checked to be the company's."""
        if kind == "company":
            return {}
        table = t.customers if kind == "customer" else t.vendors
        owner = body.get(kind)
        here = (table.c.id == owner) & (table.c.company_id == company)
        if not isinstance(owner, int) or connection.execute(select(table.c.id).where(here)).one_or_none() is None:
            raise ControlError(400, f"A {kind} token needs the id of a {kind} of the company.")
        return {f"{kind}_id": owner}

    @staticmethod
    def _choose(connection: Connection, value: str, methods: list[str] | None) -> None:
        connection.execute(delete(t.token_methods).where(t.token_methods.c.token == value))
        if methods:
            connection.execute(insert(t.token_methods), [{"token": value, "method": one} for one in set(methods)])
