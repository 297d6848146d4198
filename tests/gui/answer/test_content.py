"""An answer is shown for what it is, whatever it says of itself; and who writes is told which read shows it."""

from __future__ import annotations

import pytest

from komet_console.catalogue import Catalogue
from komet_console.exchange import Response
from komet_console.gui.answer.content import hex_dump, recognise
from komet_console.gui.answer.reads import read_that_shows
from komet_console.gui.answer.verdict import said_size, said_time


def response(body: bytes, content_type: str = "", *, truncated: bool = False) -> Response:
    headers = (("Content-Type", content_type),) if content_type else ()
    return Response(200, "OK", headers, body, size=len(body), truncated=truncated)


@pytest.mark.parametrize(
    ("body", "stated", "kind", "remark"),
    [
        (b'{"a": 1}', "application/json", "json", ""),
        (b'\xef\xbb\xbf \n[1]', "application/json; charset=UTF-8", "json", ""),
        (b'{"a": 1}', "text/html", "json", "It says it is text/html, but it is JSON."),
        (b'{"a": 1}', "text/plain", "json", "It says it is text/plain, but it is JSON."),
        (b'{"a": 1}', "", "json", "It does not say what it is; it is JSON."),
        (b"17", "application/json", "json", ""),
        (b'{"a": }', "application/json", "text", "It says it is JSON, but it is not"),
        (b'{"a": NaN}', "application/json", "text", "It says it is JSON, but it is not"),
        (b"<!doctype html><p>x", "text/html", "html", ""),
        (b"<html><body>sign in</body></html>", "application/json", "html", "It says it is application/json, but it is HTML."),
        (b"<?xml version='1.0'?><a/>", "application/xml", "xml", ""),
        (b"a;b\n1;2\n", "text/csv", "text", ""),
        (b"\x89PNG\r\n\x1a\n123", "image/png", "image", ""),
        (b"\x89PNG\r\n\x1a\n123", "application/json", "image", "It says it is application/json, but it is PNG."),
        (b"%PDF-1.7 ...", "application/pdf", "pdf", ""),
        (b"PK\x03\x04\x00\x00", "application/zip", "binary", ""),
        (bytes(range(256)), "application/octet-stream", "binary", ""),
        (b"", "application/json", "empty", ""),
    ],
)  # fmt: skip
def test_a_body_is_recognised_by_what_it_is(body: bytes, stated: str, kind: str, remark: str) -> None:
    found = recognise(body, response(body, stated))
    assert found.kind == kind
    assert found.remark.startswith(remark)
    assert bool(found.remark) == bool(remark)


def test_what_was_cut_off_is_not_blamed_for_what_it_says() -> None:
    body = b'{"name": "Pe\xc3'
    found = recognise(body, response(body, "application/json", truncated=True))
    assert (found.kind, found.remark) == ("text", "")
    assert found.text.startswith('{"name": "Pe')


@pytest.mark.parametrize(
    ("body", "stated"),
    [
        ("Peña".encode("latin-1"), "text/plain; charset=iso-8859-1"),
        ("Peña".encode("cp1252"), "text/plain; charset=no-such-charset"),
        ("Peña".encode("utf-16"), "text/plain"),
        ("Peña".encode(), "text/plain"),
    ],
)
def test_texts_in_other_encodings_are_read(body: bytes, stated: str) -> None:
    assert recognise(body, response(body, stated)).text == "Peña"


def test_numbers_that_python_refuses_to_read_are_json_all_the_same() -> None:
    body = b'{"n": ' + b"9" * 10_000 + b"}"
    assert recognise(body, response(body, "application/json")).kind == "json"


def test_bytes_as_a_dump() -> None:
    lines = hex_dump(bytes(range(32, 58))).splitlines()
    assert lines[0].startswith("00000000  20 21 22")
    assert lines[0].endswith(" !\"#$%&'()*+,-./")
    assert lines[1].startswith("00000010  30 31")
    assert len(hex_dump(bytes(1_000_000)).splitlines()) == 16_384


@pytest.mark.parametrize(
    ("method", "read"),
    [
        ("customer.add", "customer.list"),
        ("customer.update", "customer.list"),
        ("customer.contact.add", "customer.contact.list"),
        ("customer.shipto.delete", "customer.shipto.list"),
        ("prebook.create", "prebook.list"),
        ("prebook.item.delete", "prebook.list"),
        ("multiple.prebooks.create", "prebook.list"),
        ("invoice.void", "invoice.list"),
        ("invoice/print-status/update", "invoice.list"),
        ("purchase.order.item.confirm", "purchase.order.list"),
        ("v2/standing-order:post", "standing.order.list"),
        ("web-order.create", "web-order-details.list"),
        ("box.move.awb", "inventory.list"),
        ("credit.mark.sync", "credit.details.list"),
        ("awb.future.save", "awb.future.list"),
        ("login", None),
        ("customer.list", None),
    ],
)
def test_the_read_that_shows_a_write(catalogue: Catalogue, method: str, read: str | None) -> None:
    assert read_that_shows(catalogue, catalogue.method(method)) == read


def test_every_read_that_is_offered_is_one(catalogue: Catalogue) -> None:
    for name in catalogue.summaries:
        found = read_that_shows(catalogue, catalogue.method(name))
        assert found is None or catalogue.summaries[found].effect == "read"


def test_times_and_sizes_are_said_for_people() -> None:
    assert [said_time(ms) for ms in (0.84, 84.2, 999.4, 1240, 12_345, 125_000)] == [
        "0.8 ms", "84 ms", "999 ms", "1.24 s", "12.3 s", "2 min 5 s",
    ]  # fmt: skip
    assert [said_size(count) for count in (0, 64, 999, 1000, 6_120, 20_000_000)] == [
        "0 B", "64 B", "999 B", "1.0 kB", "6.1 kB", "20.0 MB",
    ]  # fmt: skip
