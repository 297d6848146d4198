"""Logging in, and asking for a new password."""

from __future__ import annotations

import secrets

from sqlalchemy import func, insert, select, update

from komet_console.sandbox.context import Answer, Call, Refused, handles, ok
from komet_console.sandbox.store import tables as t


@handles("login")
def login(call: Call) -> Answer:
    """The user's token; the same one each time, as documented ("stays valid for later calls")."""
    u = t.users.c
    user = call.connection.execute(
        select(t.users).where(func.lower(u.login) == call.need("username").strip().lower(), u.active.is_(True))
    ).one_or_none()
    if user is None or not secrets.compare_digest(user.password.encode(), call.need("password").encode()):
        raise Refused("The user name or the password is wrong")
    k = t.tokens.c
    own = select(k.token).where(k.user_id == user.id, k.kind == "user", k.revoked_on.is_(None)).order_by(k.created_on)
    token = call.connection.execute(own.limit(1)).scalar_one_or_none()
    if token is None:
        token = f"sbx_user_{secrets.token_hex(12)}"
        call.connection.execute(
            insert(t.tokens).values(
                token=token,
                company_id=user.company_id,
                kind="user",
                description=f"Login of {user.first_name} {user.last_name}",
                user_id=user.id,
                transactional=False,
                all_methods=True,
                created_on=call.now,
            )
        )
    return ok(apiKey=token)


@handles("login.forgot.password")
def login_forgot_password(call: Call) -> Answer:
    """Replace the password and put the mail into the outbox; nothing is sent."""
    name = call.need("userName").strip()
    u = t.users.c
    user = call.connection.execute(
        select(t.users).where(u.company_id == call.company_id, func.lower(u.login) == name.lower())
    ).one_or_none()
    if user is None:
        raise Refused(f"The user {name} does not exist")
    password = f"sbx-{secrets.token_hex(5)}"
    call.connection.execute(update(t.users).where(u.id == user.id).values(password=password))
    call.connection.execute(
        insert(t.outbox).values(
            company_id=call.company_id,
            at=call.now,
            mail_to=user.email,
            subject="Your new password",
            body=f"Hello {user.first_name},\n\nyour new password is {password}\n",
        )
    )
    return {"result": 1}
