"""The real program, driven from inside by a timer: types into requests until somebody kills it.

Prints one line of JSON for each change, `{"at": seconds since 1970, "name": value}`; what was printed more than a second
before the kill has to be there after it.
"""

from __future__ import annotations

import json
import sys
import time

from PySide6.QtCore import QTimer

from komet_console.exchange import Pair
from komet_console.gui import program
from komet_console.gui.window.main import MainWindow


def drive(window: MainWindow) -> None:
    """Open two requests and change one of them again and again."""
    window.toggle_favourite("vendor.list")
    window.open_method("customer.list")
    window.open_method("prebook.create")
    tab = window.desk.tabs[0]
    window.desk.show_tab(tab)
    assert tab.request is not None
    model = tab.request.model
    timer = QTimer(window)
    number = 0

    def type_on() -> None:
        nonlocal number
        number += 1
        model.set_query([Pair("name", str(number))], None)
        sys.stdout.write(json.dumps({"at": time.time(), "name": number}) + "\n")
        sys.stdout.flush()

    timer.timeout.connect(type_on)
    timer.start(50)


if __name__ == "__main__":
    sys.exit(program.run(shown=drive))
