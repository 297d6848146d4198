"""Every refusal of the gate, in its order, in both failure modes; what it must accept; what it must never keep."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from komet_console.catalogue import load
from komet_console.sandbox.context import HANDLERS
from komet_console.sandbox.methods import load_all

load_all()
CATALOGUE = load()
FOREIGN = "live-looking-token-of-somebody"


@pytest.fixture(params=["codes", "body"])
def failing(request: pytest.FixtureRequest, sandbox: Any) -> Any:
    """A sandbox in one of the failure modes; `failing(answer, status)` gives the message of a failed answer."""
    sandbox.state.failures = request.param

    def message(answer: Any, status: int) -> str:
        assert answer.status == (200 if request.param == "body" else status), answer.text
        assert answer.json["status"] == 0
        assert answer.headers["x-komet-sandbox"]
        assert answer.headers["x-komet-sandbox-basis"] in ("documented", "assumed")
        text: str = answer.json["message"]
        return text

    return message


def test_unknown_method_names_the_nearest(sandbox: Any, failing: Any) -> None:
    assert "customer.list" in failing(sandbox.send("GET", "/custmer.list"), 404)


def test_wrong_verb_says_which(sandbox: Any, failing: Any) -> None:
    assert "GET" in failing(sandbox.send("POST", "/customer.list"), 400)
    assert "POST or PUT" in failing(sandbox.send("GET", "/v2/standing-order"), 400)


def test_aliases_are_addresses_too(sandbox: Any) -> None:
    shared = [row for row in CATALOGUE.summaries.values() if row.aliases and row.name in HANDLERS]
    for row in shared:
        for alias in row.aliases:
            assert sandbox.send(row.verb, f"/{alias}").status != 404


def test_too_large(sandbox: Any, failing: Any) -> None:
    body = {"authenticationToken": sandbox.token("company"), "name": "x", "website": "y" * 70_000}
    assert "64 kB" in failing(sandbox.send("POST", "/customer.add", body=body), 400)


def test_unreadable_json_says_line_and_column(sandbox: Any, failing: Any) -> None:
    message = failing(sandbox.send("POST", "/customer.add", body=b'{\n  "name": "x",\n  oops\n}'), 400)
    assert "line 3, column 3" in message


@pytest.mark.parametrize("body", [b"[1]", b"7", b"\xff", b"[" * 5000, b'{"a": NaN}', b'{"a": ' + b"9" * 6000 + b"}"])
def test_what_is_no_object_is_refused(sandbox: Any, failing: Any, body: bytes) -> None:
    failing(sandbox.send("POST", "/customer.add", body=body), 400)


def test_missing_and_unknown_token(sandbox: Any, failing: Any) -> None:
    assert failing(sandbox.send("GET", "/vendor.list"), 401) == "Invalid Security Token"
    assert failing(sandbox.call("vendor.list", token=FOREIGN), 401) == "Invalid Security Token"


def test_two_different_tokens(sandbox: Any, failing: Any) -> None:
    query = {"authenticationToken": sandbox.token("company")}
    answer = sandbox.send("GET", "/category.list", query, {"authenticationToken": sandbox.token("vendor")})
    assert "two different tokens" in failing(answer, 400)


def test_token_in_every_documented_place(sandbox: Any) -> None:
    token = sandbox.token("company")
    assert sandbox.send("GET", "/category.list", {"authenticationToken": token}).status == 200
    assert sandbox.send("GET", "/category.list", None, {"authenticationToken": token}).status == 200
    assert sandbox.send("GET", "/vendor.list", None, {"authenticationToken": token}).status == 401


def test_wrong_kind_of_token(sandbox: Any, failing: Any) -> None:
    message = failing(sandbox.call("vendor.list", token="customer"), 401)
    assert "company" in message
    assert "customer" in message


def test_token_limited_to_other_methods(sandbox: Any, failing: Any) -> None:
    limited = limited_token(sandbox)
    assert sandbox.call("vendor.list", token=limited).status == 200
    assert "product.list" in failing(sandbox.call("product.list", token=limited), 401)


def limited_token(sandbox: Any) -> str:
    from sqlalchemy import select

    from komet_console.sandbox.store import tables as t

    with sandbox.engine.begin() as connection:
        return str(
            connection.execute(select(t.tokens.c.token).where(t.tokens.c.all_methods.is_(False))).scalars().first()
        )


def test_revoked_token(sandbox: Any, failing: Any) -> None:
    from sqlalchemy import select

    from komet_console.sandbox.store import tables as t

    with sandbox.engine.begin() as connection:
        revoked = (
            connection.execute(select(t.tokens.c.token).where(t.tokens.c.revoked_on.is_not(None))).scalars().first()
        )
    assert failing(sandbox.call("vendor.list", token=revoked), 401) == "Invalid Security Token"


def test_login_needs_no_token(sandbox: Any) -> None:
    answer = sandbox.call("login", username="orders@petalstem.example", password="sandbox-flowers")
    assert answer.json["apiKey"] == sandbox.token("user")


def test_wrong_password_is_a_business_refusal(sandbox: Any) -> None:
    answer = sandbox.call("login", username="orders@petalstem.example", password="wrong")
    assert answer.status == 200
    assert answer.json["status"] == 0


def test_account_missing_or_foreign(sandbox: Any, failing: Any) -> None:
    assert "X-ACCOUNT" in failing(sandbox.call("customer.by.user.list", token="user", account=None), 400)
    assert "X-ACCOUNT" in failing(sandbox.call("customer.by.user.list", token="user", account=2088), 403)
    assert sandbox.call("customer.by.user.list", token="user").status == 200


def test_ip_restriction(sandbox: Any, failing: Any) -> None:
    from sqlalchemy import insert

    from komet_console.sandbox.store import tables as t

    with sandbox.engine.begin() as connection:
        connection.execute(insert(t.ip_restrictions).values(company_id=1043, network="10.0.0.0/8"))
    sandbox.state.reload()
    sandbox.state.quota_per_user = 0
    failing(sandbox.call("vendor.list"), 403)


def test_plain_http_from_another_machine(sandbox: Any, failing: Any) -> None:
    query = {"authenticationToken": sandbox.token("company")}
    assert "HTTPS" in failing(sandbox.send("GET", "/vendor.list", query, client="192.0.2.7"), 403)


def test_quota_with_retry_after(sandbox: Any, failing: Any) -> None:
    sandbox.state.quota_per_user = 2
    allowed = sandbox.state.quota(1043)
    statuses = [sandbox.call("vendor.list").status for _ in range(allowed)]
    assert set(statuses) == {200}
    answer = sandbox.call("vendor.list")
    failing(answer, 429)
    assert 0 < int(answer.headers["retry-after"]) <= 86_400


def test_refused_calls_before_the_quota_cost_nothing(sandbox: Any) -> None:
    sandbox.state.quota_per_user = 1
    for _ in range(10):
        sandbox.call("vendor.list", token=FOREIGN)
        sandbox.call("vendor.list", token="customer")
    assert sandbox.call("vendor.list").status == 200


def test_quota_survives_a_restart(sandbox: Any) -> None:
    sandbox.call("vendor.list")
    day = sandbox.state.now().date()
    sandbox.state.flush()
    sandbox.state.reload()
    assert sandbox.state.calls_on(1043, day) == 1


def test_validation_names_all_findings(sandbox: Any, failing: Any) -> None:
    answer = sandbox.call("customer.add", code="x" * 11, creditHold="maybe", creditLimit="much")
    message = failing(answer, 400)
    for part in ("name is required", "code may have 10 characters", "creditHold", "creditLimit must be a number"):
        assert part in message


def test_a_missing_field_is_named_in_the_methods_own_words(sandbox: Any) -> None:
    answer = sandbox.call("v2/inventory/box/count")
    assert answer.status == 400
    assert answer.json["statusInventory"] == 0
    assert answer.json["message"] == "Parameter boxCode is required"
    assert answer.headers["x-komet-sandbox-basis"] == "documented"


@pytest.mark.parametrize("spelling", [1, "1", True, "true", "True", 0, "0", False, "false"])
def test_flags_in_every_spelling(sandbox: Any, spelling: object) -> None:
    assert sandbox.call("customer.add", name="Flag Florals", creditHold=spelling).json["status"] == 1


def test_numbers_as_text_and_unknown_keys(sandbox: Any) -> None:
    answer = sandbox.call("carrier.update", carrierId="1189", name="South", code="SEF", capacity="40", surprise=[1])
    assert answer.json["status"] == 1


def test_date_range_limit(sandbox: Any, failing: Any) -> None:
    limited = [
        (name, limit)
        for name in HANDLERS
        for limit in CATALOGUE.method(name).limits.date_ranges
        if limit.end and CATALOGUE.method(name).places.input[0] == "query"
    ]
    for name, limit in limited:
        fields = {limit.start: "2026-01-01", limit.end: "2027-12-31"}
        token = (CATALOGUE.method(name).tokens or ("company",))[0]
        assert limit.end in failing(sandbox.call(name, token=token, **fields), 400)


def test_the_order_of_the_checks(sandbox: Any) -> None:
    """Each request has two faults; the earlier check answers."""
    token = {"authenticationToken": sandbox.token("company")}
    assert sandbox.send("POST", "/no.such", body=b"{").status == 404
    assert "takes GET" in sandbox.send("POST", "/vendor.list", body=b"{" * 70_000).json["message"]
    assert "64 kB" in sandbox.send("POST", "/customer.add", body=b"{" * 70_000).json["message"]
    assert "not JSON" in sandbox.send("POST", "/customer.add", body=b"{").json["message"]
    assert sandbox.send("POST", "/customer.add", body={"name": 7}).status == 401
    assert sandbox.call("customer.by.user.list", token="company", account=None).status == 401
    sandbox.state.quota_per_user = 1
    for _ in range(sandbox.state.quota(1043)):
        sandbox.call("vendor.list")
    assert sandbox.send("GET", "/vendor.list", {**token, "id": "abc"}).status == 429


def test_every_answer_says_that_it_is_simulated(sandbox: Any) -> None:
    for answer in (
        sandbox.call("vendor.list"),
        sandbox.send("GET", "/nothing"),
        sandbox.call("vendor.list", token="x"),
    ):
        assert "simulated" in answer.headers["x-komet-sandbox"]


def test_journal_names_tokens_and_never_holds_them(sandbox: Any) -> None:
    from sqlalchemy import select

    from komet_console.sandbox.store import tables as t

    sandbox.call("vendor.list")
    sandbox.call("vendor.list", token=FOREIGN)
    sandbox.send("POST", "/customer.add", body={"authenticationToken": FOREIGN, "name": "x"})
    sandbox.state.flush()
    with sandbox.engine.begin() as connection:
        rows = connection.execute(select(t.journal).order_by(t.journal.c.id)).all()
    assert [(row.method, row.http_status) for row in rows] == [
        ("vendor.list", 200),
        ("vendor.list", 401),
        ("customer.add", 401),
    ]
    assert rows[0].token_name
    assert rows[1].token_name is None


def test_a_foreign_token_is_stored_nowhere(sandbox: Any) -> None:
    import hashlib

    sandbox.call("vendor.list", token=FOREIGN)
    sandbox.send("POST", "/customer.add", body={"authenticationToken": FOREIGN, "name": FOREIGN})
    sandbox.state.flush()
    digests = [hashlib.new(name, FOREIGN.encode()).hexdigest() for name in ("md5", "sha1", "sha256")]
    for place, data in sandbox.stored():
        for secret in (FOREIGN, *digests):
            assert secret.encode() not in data, place


@pytest.mark.parametrize("name", sorted(name for name in HANDLERS if CATALOGUE.method(name).effect == "read"))
def test_quirks_quote_what_the_documented_sample_quotes(sandbox: Any, name: str) -> None:
    sandbox.state.quirks = True
    quirky = sandbox.sample(name).json
    documented = CATALOGUE.sample(CATALOGUE.method(name), CATALOGUE.anchor).response
    if isinstance(documented.get("status"), str):
        assert isinstance(quirky["status"], str)
    sandbox.state.quirks = False
    plain = sandbox.sample(name).json
    assert plain.get("status", 1) == 1
    assert json.dumps(plain).replace('"', "") == json.dumps(quirky).replace('"', "")


def test_the_length_of_one_number_does_not_limit_a_list_of_them(sandbox: Any) -> None:
    """The page types the field string:10 and says that it holds several numbers."""
    answer = sandbox.call("purchase.order.list", number="31877,31878,31879")
    assert answer.status == 200
    assert {order["number"] for order in answer.json["purchaseOrders"]} == {31877, 31878, 31879}


def test_a_failing_database_is_answered_in_the_methods_shape_and_passes(sandbox: Any, failing: Any) -> None:
    with sandbox.engine.begin() as connection:
        connection.execute(text("ALTER TABLE carriers RENAME TO elsewhere"))
    message = failing(sandbox.call("carrier.list"), 500)
    assert "database" in message
    assert "carriers" in message
    with sandbox.engine.begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO carriers"))
    assert sandbox.call("carrier.list").json["status"] == 1
