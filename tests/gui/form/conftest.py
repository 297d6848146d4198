from __future__ import annotations

import pytest
from helpers.forms import TODAY, Open
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Draft, draft_of_sample
from komet_console.gui.form.view import FormView
from komet_console.gui.request.drafting import empty_draft
from komet_console.gui.request.model import RequestModel


@pytest.fixture
def open_form(qtbot: QtBot, catalogue: Catalogue) -> Open:
    def make(name: str, draft: Draft | None = None, *, sample: bool = False) -> FormView:
        method = catalogue.method(name)
        if draft is None:
            draft = draft_of_sample(method, catalogue.sample(method, TODAY)) if sample else empty_draft(method)
        view = FormView(RequestModel(method, draft), today=lambda: TODAY)
        qtbot.addWidget(view)
        view.resize(900, 700)
        view.show()
        return view

    return make
