"""Invoices that growers send."""

from __future__ import annotations

from typing import Any

import pytest

PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
MAIL = "sales@monteverde.example"


def upload(sandbox: Any, token: str = "company", **fields: Any) -> Any:
    values = {"poNumber": "P31883", "attachment": PNG, "invoiceNumber": "FV-1", **fields}
    answer = sandbox.call("v2/vendor/invoice", token, **values)
    assert answer.status == 200, answer.text
    return answer.json


def receive(sandbox: Any, **fields: Any) -> Any:
    values = {"poNumber": "31882", "mailFrom": MAIL, "file": PNG, "invoiceNumber": "FV-2", **fields}
    answer = sandbox.call("vendor.invoice.mail.receive", **values)
    assert answer.status == 200, answer.text
    return answer.json


def mark(sandbox: Any, number: str, invoice: str) -> Any:
    answer = sandbox.call("vendor.invoice.mark.sync", poNumber=number, invoiceNumber=invoice)
    assert answer.status == 200, answer.text
    return answer.json


def test_uploaded_invoice_can_be_marked(sandbox: Any) -> None:
    assert "has no invoice FV-1" in mark(sandbox, "P31883", "FV-1")["message"]
    assert upload(sandbox, "vendor")["status"] == 1
    assert mark(sandbox, "31883", "fv-1")["status"] == 1


def test_mailed_invoice_can_be_marked(sandbox: Any) -> None:
    assert mark(sandbox, "P31882", "FV-2")["status"] == 0
    assert receive(sandbox, mailFrom=MAIL.upper(), invoiceTotal=12.5)["status"] == 1
    assert mark(sandbox, "P31882", "FV-2")["status"] == 1


def test_a_marked_invoice_is_not_replaced(sandbox: Any) -> None:
    assert upload(sandbox)["status"] == 1
    assert upload(sandbox)["status"] == 1, "a corrected file replaces the first"
    mark(sandbox, "P31883", "FV-1")
    refused = upload(sandbox)
    assert refused["status"] == 0
    assert "synchronized already" in refused["message"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"attachment": "SGVsbG8gd29ybGQ="}, "an image or a PDF"),
        ({"poNumber": "P99999"}, "P99999 does not exist"),
        ({"poNumber": "P31880"}, "is cancelled"),
        ({"companyId": 2088}, "not one of company 2088"),
        ({"locationId": 13}, "not one of location 13"),
    ],
)
def test_uploads_that_are_refused(sandbox: Any, fields: dict[str, Any], reason: str) -> None:
    refused = upload(sandbox, **fields)
    assert refused["status"] == 0
    assert reason in refused["message"]


@pytest.mark.parametrize("head", [b"%PDF-1.7", b"\xff\xd8\xff\xe0", b"RIFF\0\0\0\0WEBP"])
def test_images_and_pdfs_are_taken_as_signed_bytes_too(sandbox: Any, head: bytes) -> None:
    signed = ",".join(str(byte - 256 if byte > 127 else byte) for byte in head)
    assert upload(sandbox, attachment=signed)["status"] == 1


def test_strangers_cannot_mail_invoices(sandbox: Any) -> None:
    for sender in ("sales@elsewhere.example", "monteverde.example"):
        assert "not an address of the vendor" in receive(sandbox, mailFrom=sender)["message"]


def test_vendors_upload_for_their_own_orders(sandbox: Any) -> None:
    assert "does not exist" in upload(sandbox, "vendor", poNumber="P31879")["message"]
