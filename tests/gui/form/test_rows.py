"""How rows of a form stand beside each other, and how loud they are."""

from __future__ import annotations

from helpers.forms import Open, row
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QLabel

from komet_console.catalogue import Finding, Severity
from komet_console.gui.form.files import FileEditor
from komet_console.gui.form.rows import FieldRow

CHOICE = Finding(
    "/body/customerId", "Send at least one: customerId or customerCode.", Severity.ERROR, "", "missing-one-of"
)


def test_what_is_missing_in_an_empty_form_is_said_quietly(open_form: Open) -> None:
    view = open_form("prebook.create")
    view.model.set_findings((CHOICE,))
    empty = row(view, "/body/customerId")
    assert empty.control.property("role") in (None, "")
    assert empty.message() == CHOICE.message
    said = empty.findChild(QLabel, "fieldMessage")
    assert said is not None
    assert said.property("role") == "meta"


def end(one: FieldRow) -> int:
    """Where a row's field ends and its button begins."""
    control = one.control
    return control.mapTo(one, QPoint(control.width(), 0)).x()


def test_fields_with_buttons_beside_them_end_at_the_same_place(open_form: Open) -> None:
    view = open_form("prebook.create")
    ends = {name: end(row(view, f"/body/{name}")) for name in ("customerId", "carrierId", "shipDate")}
    assert len(set(ends.values())) == 1, ends


def test_a_row_of_yes_and_no_is_as_high_as_the_others(open_form: Open) -> None:
    view = open_form("customer.list")
    assert row(view, "/query/includeInactive").height() == row(view, "/query/name").height()


def test_nothing_of_a_file_field_is_cut_off_beside_the_json(open_form: Open) -> None:
    view = open_form("invoice.pod.receive", sample=True)
    view.resize(600, 500)
    editor = row(view, "/body/proofOfDeliveryfile").editor
    assert isinstance(editor, FileEditor)
    for part in (editor.button, editor.encoding, editor.clear):
        assert part.isVisible()
        assert part.width() >= part.sizeHint().width() - 3, part.objectName()
        assert editor.rect().contains(part.geometry()), part.objectName()
