"""What a draft becomes on the wire, byte by byte."""

from __future__ import annotations

import json
from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from komet_console.catalogue import Catalogue, load
from komet_console.exchange import (
    Body,
    BuildError,
    Draft,
    Environment,
    InsecureAddressError,
    Pair,
    PreparedRequest,
    Token,
    WrongHostError,
    build,
    draft_of_sample,
)

SECRET = 'tok/"en+1'
TOKEN = Token(SECRET, "api.kometsales.com", "acme")
PRODUCTION = Environment("production", "https://api.kometsales.com/api", account="1043")


def made(catalogue: Catalogue, draft: Draft, token: Token | None = TOKEN, **changes: str) -> PreparedRequest:
    return build(draft, catalogue.method(draft.method), token, replace(PRODUCTION, **changes))


def test_query_keeps_order_duplicates_and_every_character(catalogue: Catalogue) -> None:
    rows = (
        Pair("name", "a b&c=é+%"),
        Pair("off", "1", enabled=False),
        Pair("name", ""),
        Pair("authenticationToken", "x"),
    )
    request = made(catalogue, Draft("customer.list", query=rows))
    assert request.url == (
        "https://api.kometsales.com/api/customer.list?name=a%20b%26c%3D%C3%A9%2B%25&name=&authenticationToken=x"
    )
    assert (request.verb, request.body, request.secrets) == ("GET", b"", ())


def test_token_goes_to_the_first_documented_place(catalogue: Catalogue) -> None:
    assert "authenticationToken=tok%2F%22en%2B1" in made(catalogue, Draft("customer.list")).url
    body = made(catalogue, Draft("customer.contact.delete", body=Body("json", '{\n  "contactId": 1\n}'))).body
    assert body == b'{\n  "authenticationToken": "tok/\\"en+1",\n  "contactId": 1\n}'
    request = made(catalogue, Draft("ecommerce/inventory.list"))
    assert (request.header("authenticationToken"), request.header("x-account")) == (SECRET, "1043")
    assert SECRET not in request.url
    assert SECRET not in repr(request)


def test_a_filled_or_switched_off_place_is_left_alone(catalogue: Catalogue) -> None:
    row = Pair("authenticationToken", "other", enabled=False)
    assert "authenticationToken" not in made(catalogue, Draft("customer.list", query=(row,))).url


@pytest.mark.parametrize("place", ["query", "header", "body", "none"])
def test_the_token_s_place_can_be_chosen(catalogue: Catalogue, place: str) -> None:
    text = '{"authenticationToken": "{{token}}", "contactId": 01}'.replace("01", "1")
    draft = Draft("customer.contact.delete", body=Body("json", text), token_location=place)  # type: ignore[arg-type]
    request = made(catalogue, draft)
    found = {
        "query": "authenticationToken" in request.url,
        "header": request.header("authenticationToken") == SECRET,
        "body": json.loads(request.body).get("authenticationToken") == SECRET,
    }
    assert [name for name, there in found.items() if there] == ([] if place == "none" else [place])
    assert json.loads(request.body)["contactId"] == 1


def test_comments_go_numbers_and_order_stay(catalogue: Catalogue) -> None:
    text = '{\n  // first\n  "z": 1.10, /* b */ "a": 123456789012345678901, "authenticationToken": "x" // end\n}'
    body = made(catalogue, Draft("customer.add", body=Body("json", text))).body
    assert body == b'{\n  "z": 1.10,  "a": 123456789012345678901, "authenticationToken": "x"\n}'


def test_what_is_no_json_goes_as_typed(catalogue: Catalogue) -> None:
    text = '{"a": 007, // mine\n'
    request = made(catalogue, Draft("customer.add", body=Body("json", text)))
    assert request.body == text.encode()
    assert request.notes
    assert request.header("content-type") == "application/json"


def test_input_can_change_places(catalogue: Catalogue) -> None:
    text = '{"customerId": 0007, "x": [1, 2], "t": "a b"}'.replace("0007", "7.0")
    there = made(catalogue, Draft("customer.list", body=Body("json", text), input_location="query"), None)
    assert there.url.endswith("?customerId=7.0&x=%5B1%2C2%5D&t=a%20b")
    assert there.body == b""
    rows = (Pair("customerId", "7349"), Pair("name", "12"))
    back = made(catalogue, Draft("customer.contact.delete", query=rows, input_location="body"), None)
    assert "?" not in back.url
    assert set(json.loads(back.body)) == {"customerId", "name"}


def test_form_and_multipart(catalogue: Catalogue) -> None:
    rows = (Pair("a", "1 2"), Pair("a", "é"), Pair("authenticationToken", "{{token}}"))
    form = made(catalogue, Draft("customer.add", body=Body("form", pairs=rows)))
    assert form.body == b"a=1+2&a=%C3%A9&authenticationToken=tok%2F%22en%2B1"
    method = catalogue.method("customer.add")
    parts = Body("multipart", pairs=(Pair("f", file="dir/a.png", content_type="image/png"), rows[2]))
    draft = Draft("customer.add", body=parts)
    sent = build(draft, method, TOKEN, PRODUCTION, {"dir/a.png": b"\x00\xff"})
    boundary = (sent.header("content-type") or "").partition("boundary=")[2]
    assert sent.body.startswith(
        f'--{boundary}\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\n'.encode()
    )
    assert b"\r\n\r\n\x00\xff\r\n" in sent.body
    assert sent.body.endswith(f"--{boundary}--\r\n".encode())
    assert build(draft, method, TOKEN, PRODUCTION, {"dir/a.png": b"\x00\xff"}) == sent


def test_own_headers_win_over_generated_ones(catalogue: Catalogue) -> None:
    draft = Draft(
        "customer.list", headers=(Pair("user-agent", "mine"), Pair("X-A", "1"), Pair("X-A", "2")), verb="post"
    )
    request = made(catalogue, draft)
    assert [value for name, value in request.headers if name.casefold() == "user-agent"] == ["mine"]
    assert [value for name, value in request.headers if name == "X-A"] == ["1", "2"]
    assert "user-agent" not in request.generated
    assert {"host", "accept-encoding"} <= request.generated
    assert request.verb == "POST"


def test_a_token_never_goes_to_another_host(catalogue: Catalogue) -> None:
    for place in ("query", "header", "body"):
        with pytest.raises(WrongHostError, match="acme"):
            made(catalogue, Draft("customer.list", token_location=place), base_url="https://evil.example/api")  # type: ignore[arg-type]
    typed = Draft("customer.list", query=(Pair("name", SECRET),), token_location="none")
    with pytest.raises(WrongHostError):
        made(catalogue, typed, base_url="https://api.kometsales.com.evil.example/api")
    assert made(catalogue, Draft("customer.list"), None, base_url="https://evil.example/api").secrets == ()


def test_only_this_machine_is_called_without_encryption(catalogue: Catalogue) -> None:
    with pytest.raises(InsecureAddressError):
        made(catalogue, Draft("customer.list"), None, base_url="http://api.kometsales.com/api")
    for host in ("127.0.0.1:8080", "localhost", "[::1]:80"):
        assert made(catalogue, Draft("customer.list"), None, base_url=f"http://{host}/api").url.startswith("http://")


@pytest.mark.parametrize(
    "draft",
    [
        Draft("customer.list", headers=(Pair("X-A", "a\r\nb"),)),
        Draft("customer.list", headers=(Pair("X A", "a"),)),
        Draft("customer.list", verb="G T"),
        Draft("customer.list", body=Body("multipart", pairs=(Pair("f", file="gone"),))),
    ],
)
def test_what_http_cannot_carry_is_refused(catalogue: Catalogue, draft: Draft) -> None:
    with pytest.raises(BuildError):
        made(catalogue, draft)


@pytest.mark.parametrize("name", sorted(load().summaries))
def test_every_sample_arrives_as_it_is_documented(catalogue: Catalogue, name: str) -> None:
    method = catalogue.method(name)
    sample = catalogue.sample(method, catalogue.anchor)
    request = build(draft_of_sample(method, sample), method, TOKEN, PRODUCTION)
    assert (request.verb, urlsplit(request.url).path) == (method.verb, f"/api{method.path}")
    query = parse_qsl(urlsplit(request.url).query, keep_blank_values=True, strict_parsing=bool(sample.query))
    body = json.loads(request.body) if request.body else {}
    headers = {key: value for key, value in request.headers if key.casefold() not in request.generated}
    found = {"query": dict(query), "body": body, "header": headers}
    tokens = [(place.location, place.name) for place in method.places.token]
    # Where several places are documented, the sample may use another one than the first.
    assert len([place for place in tokens if found[place[0]].get(place[1]) == SECRET]) == min(1, len(tokens))
    for location, key in tokens:
        found[location].pop(key, None)
    names = {key for _location, key in tokens}
    wanted = {key: value for key, value in (sample.query or {}).items() if key not in names}
    flags = {True: {"true", "1"}, False: {"false", "0"}}
    assert found["query"].keys() == wanted.keys()
    for key, value in wanted.items():
        assert found["query"][key] in (flags[value] if isinstance(value, bool) else {str(value)}), key
    assert body == {key: value for key, value in (sample.body or {}).items() if key not in names}
    assert {key: str(value) for key, value in sample.headers.items()}.items() <= headers.items()
    assert not request.notes
