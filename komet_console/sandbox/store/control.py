"""What the sandbox keeps beside the business: settings, tokens, quota, journal, faults, outbox, webhooks, snapshots."""

from __future__ import annotations

from sqlalchemy import Column, Date, DateTime, ForeignKey, Index, Integer, LargeBinary, Table, Text

from komet_console.sandbox.store.columns import flag, metadata, number, text

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
)
"""One value each: schema_version, seed, scale, world_date, clock_offset_days, quota_per_user, ... (see settings.py)."""

counters = Table(
    "counters",
    metadata,
    Column("company_id", ForeignKey("companies.id"), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("next_value", Integer, nullable=False),
    info={"world": True},
)
"""Next public number of each kind and company (see numbers.take_numbers)."""

tokens = Table(
    "tokens",
    metadata,
    Column("token", Text, primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    text("kind", nullable=False),
    text("description", nullable=False),
    Column("customer_id", ForeignKey("customers.id")),
    Column("vendor_id", ForeignKey("vendors.id")),
    Column("user_id", ForeignKey("users.id")),
    flag("transactional", default=True),
    flag("all_methods", default=True),
    Column("created_on", DateTime, nullable=False),
    Column("revoked_on", DateTime),
    info={"world": True},
)
"""The sandbox's own tokens, in clear because they are test data (prefix sbx_). `kind`: company, customer, vendor or user.
`user_id` is the owner. `transactional`: has Transactional API Access. A token that is not the sandbox's own is never
written here or anywhere else."""

token_methods = Table(
    "token_methods",
    metadata,
    Column("token", ForeignKey("tokens.token", ondelete="CASCADE"), primary_key=True),
    Column("method", Text, primary_key=True),
    info={"world": True},
)
"""Methods a token without `all_methods` may call, by operation id."""

ip_restrictions = Table(
    "ip_restrictions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company_id", ForeignKey("companies.id"), nullable=False),
    text("network", nullable=False),
)
"""Networks (CIDR) a company may be called from; none means from everywhere."""

quota_calls = Table(
    "quota_calls",
    metadata,
    Column("company_id", Integer, primary_key=True),
    Column("day", Date, primary_key=True),
    number("calls", nullable=False, default=0),
)
"""Calls counted against the daily quota, by UTC day."""

journal = Table(
    "journal",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", DateTime, nullable=False),
    number("company_id"),
    text("verb", nullable=False),
    text("method", nullable=False),
    number("http_status", nullable=False),
    number("body_status"),
    number("milliseconds", nullable=False),
    text("token_name"),
    text("note"),
)
"""Calls served. `token_name` is the description of the sandbox's own token, never a token."""

faults = Table(
    "faults",
    metadata,
    Column("id", Integer, primary_key=True),
    text("method"),
    text("kind", nullable=False),
    number("http_status"),
    number("milliseconds"),
    number("remaining"),
    Column("created_on", DateTime, nullable=False),
)
"""Failures to answer with. `method` NULL is all of them; `remaining` NULL is until removed, else the calls left."""

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    number("company_id"),
    Column("at", DateTime, nullable=False),
    text("mail_to", nullable=False),
    text("subject", nullable=False),
    text("body", nullable=False),
)
"""Mails the sandbox would have sent."""

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("company_id", Integer, nullable=False),
    text("event", nullable=False),
    text("url", nullable=False),
    text("form", nullable=False, default="post"),
    text("authentication", nullable=False, default="none"),
    text("username"),
    text("secret"),
    text("emails"),
    flag("active", default=True),
)
"""`event`: order.confirmation, order.cancellation or payment.cancellation. `form`: post, or get for the older order
confirmation. `authentication`: none, token, basic or bearer; `secret` is the token or password."""

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook_id", ForeignKey("webhooks.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_on", DateTime, nullable=False),
    text("payload", nullable=False),
    text("state", nullable=False, default="waiting"),
    number("attempts", nullable=False, default=0),
    Column("next_attempt_on", DateTime),
    number("http_status"),
    text("answer"),
    Index(None, "state", "next_attempt_on"),
)
"""`state`: waiting, delivered or failed. `answer` is the text the receiver gave or why it could not be reached."""

snapshots = Table(
    "snapshots",
    metadata,
    Column("name", Text, primary_key=True),
    Column("created_on", DateTime, nullable=False),
    Column("world_date", Date, nullable=False),
    Column("content", LargeBinary, nullable=False),
)
"""Named copies of the world tables (see snapshots.py)."""
