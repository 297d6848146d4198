"""The invoice as a PDF that readers open, and proofs of delivery that show on it."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from komet_console.sandbox.business.pdf import LINES_PER_PAGE, text_document
from komet_console.sandbox.methods.invoice_files import distribute
from komet_console.sandbox.seed import cast
from komet_console.sandbox.seed.tokens import token_value
from komet_console.sandbox.store import tables as t


def pdf(sandbox: Any, invoice_id: int, token: str = "company", **options: Any) -> bytes:
    answer = sandbox.call("invoice.pdf.get", token, invoiceId=invoice_id, **options)
    assert str(answer.json["status"]) == "1", answer.text
    return bytes(int(one) % 256 for one in answer.json["file"].split(","))


def words(data: bytes) -> list[str]:
    """The lines of text that a document shows."""
    return [re.sub(rb"\\(.)", rb"\1", line).decode("cp1252") for line in re.findall(rb"\((.*)\) Tj", data)]


def line_of(lines: list[str], start: str) -> str:
    (found,) = [line.strip() for line in lines if line.strip().startswith(start)]
    return found


def test_pdf_is_well_formed() -> None:
    data = text_document([f"line {number} (50%) \\ é" for number in range(LINES_PER_PAGE + 1)], "Two pages")
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\n$", data)[1])  # type: ignore[index]
    count, *entries = data[start:].split(b"trailer")[0].splitlines()[1:]
    assert int(count.split()[1]) == len(entries)
    for number, entry in enumerate(entries):
        assert len(entry) == 19, "an entry and its line feed have twenty bytes"
        if number:
            assert data[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    for length, stream in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL):
        assert len(stream) == int(length)
    assert data.count(b"/Type /Page /Parent") == 2
    assert words(data)[0] == "line 0 (50%) \\ é"


def test_pdf_shows_the_invoice_and_follows_its_changes(sandbox: Any) -> None:
    lines = words(pdf(sandbox, cast.INVOICE))
    assert any("Rose Freedom 50cm" in line and line.endswith("828.00") for line in lines)
    assert line_of(lines, "Total").split() == ["Total", "1139.00"]
    sandbox.call("invoice.void", invoiceNumber=318402, reason="Refused at the door")
    assert line_of(words(pdf(sandbox, cast.INVOICE)), "Status") == "Status     voided"


def test_pdf_spreads_charges_over_the_prices(shared_sandbox: Any) -> None:
    spread = words(pdf(shared_sandbox, cast.INVOICE, enableDistributeAdditionalCharges=True))
    assert any("Rose Freedom 50cm" in line and line.endswith("854.25") for line in spread)
    assert not any("Fuel Surcharge" in line for line in spread)
    assert line_of(spread, "Subtotal").split()[1] == line_of(spread, "Total").split()[1] == "1139.00"
    told = words(
        pdf(
            shared_sandbox,
            cast.INVOICE,
            enableDistributeAdditionalCharges=True,
            addAdditionalChargesInUnitPrice=True,
        )
    )
    assert line_of(told, "Included in the prices").endswith("Fuel Surcharge Miami 35.00")
    alone = words(pdf(shared_sandbox, cast.INVOICE, addAdditionalChargesInUnitPrice=True))
    assert alone == words(pdf(shared_sandbox, cast.INVOICE))


def test_shares_add_up_to_the_cent() -> None:
    shares = distribute(Decimal("10.00"), [Decimal(1)] * 3)
    assert shares == [Decimal("3.33"), Decimal("3.34"), Decimal("3.33")]
    assert sum(distribute(Decimal("35.00"), [Decimal(0), Decimal(0)])) == 35


def test_pdf_is_for_the_invoice_s_own_customer(shared_sandbox: Any) -> None:
    assert pdf(shared_sandbox, cast.INVOICE, "customer").startswith(b"%PDF-1.4")
    other = shared_sandbox.call("invoice.pdf.get", token_value(1, "customer", "basic"), invoiceId=cast.INVOICE)
    assert "does not exist" in other.json["message"]


def test_proof_of_delivery_shows_on_the_invoice_and_is_mailed(sandbox: Any) -> None:
    file = ",".join(map(str, b"%PDF-1.4 signed"))
    assert not any("Proof of delivery" in line for line in words(pdf(sandbox, cast.INVOICE_TO_PAY)))
    answer = sandbox.call("invoice.pod.receive", invoiceNumber="318405", proofOfDeliveryfile=file)
    assert answer.json["message"] == "The proof of delivery was received"
    assert any("Proof of delivery received" in line for line in words(pdf(sandbox, cast.INVOICE_TO_PAY)))
    with sandbox.engine.begin() as connection:
        assert connection.execute(select(t.invoice_documents.c.content)).scalar_one() == b"%PDF-1.4 signed"
        mails = connection.execute(select(t.outbox.c.subject)).scalars().all()
    assert mails
    assert all("318405" in subject for subject in mails)


def test_proof_of_delivery_needs_a_delivery(sandbox: Any) -> None:
    def message(number: int) -> str:
        answer = sandbox.call("invoice.pod.receive", invoiceNumber=number, proofOfDeliveryfile="37,80")
        assert str(answer.json["status"]) == "0"
        return str(answer.json["message"])

    assert "a draft" in message(318406)
    assert "voided" in message(318412)
    assert "does not exist" in message(999999)
    empty = sandbox.call("invoice.pod.receive", invoiceNumber=318405, proofOfDeliveryfile=[])
    assert "empty" in empty.json["message"]
