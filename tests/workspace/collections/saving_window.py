"""A window of its own process that works on the collections of a folder, and says what it did: one JSON line a deed.

    python saving_window.py FOLDER NAME WORK TIMES

It waits for a line on its standard input, so that several begin at the same moment.
"""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from komet_console.catalogue import load
from komet_console.exchange import Draft, Pair
from komet_console.gui.collections.cabinet import Cabinet, Opened, Work
from komet_console.workspace.collections.library import Library
from komet_console.workspace.collections.model import Collection, RequestItem
from komet_console.workspace.collections.store import Conflict

SHARED = "Acme/Shared.yml"


def tell(deed: str, **facts: Any) -> None:
    sys.stdout.write(json.dumps({"deed": deed, **facts}) + "\n")
    sys.stdout.flush()


def said(opened: Opened) -> str:
    """What stands in the shared request."""
    return next(pair.value for pair in opened.item.draft.query if pair.name == "name")


def holding(value: str) -> Draft:
    return Draft("customer.list", query=(Pair("name", value),))


def save(cabinet: Cabinet, name: str, times: int) -> None:
    """Open the shared request and save another version, at once; a conflict is told and given up."""
    for number in range(times):
        opened = cabinet.open(SHARED)
        mine = f"{name}-{number}"
        try:
            cabinet.save(SHARED, opened.work, replace(opened.work, draft=holding(mine)))
        except Conflict:
            tell("conflict", mine=mine)
        else:
            tell("saved", base=said(opened), mine=mine)


def keep(cabinet: Cabinet, name: str, times: int) -> None:
    """Save without having looked, and decide every conflict for what this window holds."""
    base = Work(holding("nothing"))
    for number in range(times):
        mine = f"{name}-{number}"
        try:
            cabinet.save(SHARED, base, Work(holding(mine)))
        except Conflict:
            cabinet.keep_mine(SHARED, Work(holding(mine)))
        tell("kept", mine=mine)


def add(cabinet: Cabinet, name: str, times: int) -> None:
    """New requests and collections of the same names as the other window's."""
    for number in range(times):
        saved = cabinet.add_request("Acme", "", RequestItem("New", holding(f"{name}-{number}")))
        tell("added", mine=f"{name}-{number}", path=saved.item.path)
        if number % 5 == 0:
            made = cabinet.library.add(Collection("Imported", (RequestItem("One", holding(f"{name}-{number}")),)))
            tell("imported", mine=f"{name}-{number}", name=made.name)


def main() -> None:
    cabinet = Cabinet(Library(Path(sys.argv[1]), load()))
    work = {"save": save, "keep": keep, "add": add}[sys.argv[3]]
    tell("ready")
    sys.stdin.readline()
    work(cabinet, sys.argv[2], int(sys.argv[4]))
    tell("done")


if __name__ == "__main__":
    main()
