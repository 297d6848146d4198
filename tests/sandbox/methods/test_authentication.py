"""Signing in gives a token that works; a forgotten password is replaced, its mail lies in the outbox."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from komet_console.sandbox.seed import cast
from komet_console.sandbox.store import clock
from komet_console.sandbox.store import tables as t


def sign_in(sandbox: Any, password: str = cast.SHOP_USER_PASSWORD, username: str = cast.SHOP_USER_LOGIN) -> Any:
    return sandbox.call("login", None, username=username, password=password)


def mails(sandbox: Any) -> Any:
    with sandbox.engine.connect() as connection:
        return connection.execute(select(t.outbox).order_by(t.outbox.c.id)).all()


def test_a_login_acts_for_the_users_customers(sandbox: Any) -> None:
    answer = sign_in(sandbox, username=f" {cast.SHOP_USER_LOGIN.upper()} ")
    assert (answer.status, answer.json["status"]) == (200, 1)
    token = answer.json["apiKey"]
    found = sandbox.call("customer.by.user.list", token).json["customerResult"]
    assert {cast.PETAL, cast.CGPETALS} <= {one["customerId"] for one in found}
    assert {one["userId"] for one in found} == {cast.SHOP_USER}
    assert sign_in(sandbox).json["apiKey"] == token


def test_a_revoked_login_gets_a_new_token(sandbox: Any) -> None:
    first = sign_in(sandbox).json["apiKey"]
    with sandbox.engine.begin() as connection:
        revoked = update(t.tokens).where(t.tokens.c.user_id == cast.SHOP_USER, t.tokens.c.kind == "user")
        connection.execute(revoked.values(revoked_on=clock.real_now()))
    second = sign_in(sandbox).json["apiKey"]
    assert second != first
    assert sandbox.call("customer.by.user.list", second).status == 200


@pytest.mark.parametrize(
    ("username", "password"),
    [
        (cast.SHOP_USER_LOGIN, "sandbox-flower"),
        (cast.SHOP_USER_LOGIN, cast.SHOP_USER_PASSWORD.upper()),
        ("nobody@petalstem.example", cast.SHOP_USER_PASSWORD),
        ("%", "%"),
        (cast.SHOP_USER_LOGIN, "contraseña"),
    ],
)
def test_wrong_credentials_are_refused_without_saying_which(sandbox: Any, username: str, password: str) -> None:
    answer = sign_in(sandbox, password, username)
    assert (answer.status, answer.json["status"]) == (200, 0)
    assert "apiKey" not in answer.json or not answer.json["apiKey"]
    assert answer.json["message"] == sign_in(sandbox, "x", "x").json["message"]


def test_a_forgotten_password_is_replaced_and_mailed(sandbox: Any) -> None:
    before = len(mails(sandbox))
    answer = sandbox.call("login.forgot.password", userName=cast.SHOP_USER_LOGIN.upper())
    assert answer.json == {"result": 1}
    assert sign_in(sandbox).json["status"] == 0
    sent = mails(sandbox)
    assert len(sent) == before + 1
    assert sent[-1].mail_to == cast.SHOP_USER_LOGIN
    password = sent[-1].body.strip().rsplit(" ", 1)[-1]
    assert sign_in(sandbox, password).json["status"] == 1


def test_passwords_of_strangers_are_not_replaced(sandbox: Any) -> None:
    before = len(mails(sandbox))
    for user in ("nobody@petalstem.example", "admin@andesrose.example"):
        answer = sandbox.call("login.forgot.password", userName=user)
        assert (answer.status, answer.json["result"]) == (200, 0)
    assert len(mails(sandbox)) == before
