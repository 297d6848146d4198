"""Which reading method shows what a writing one has changed. Needs no Qt."""

from __future__ import annotations

from komet_console.catalogue import Catalogue, Method

__all__ = ["read_that_shows"]

_ENDINGS = (".list", ".details.get", ".details", ".get", ".info")


def read_that_shows(catalogue: Catalogue, method: Method) -> str | None:
    """The method that shows whether `method` was carried out: the read nearest by name, in its own group first.

    `invoice.void` is shown by `invoice.list`, `customer.contact.add` by `customer.contact.list`. None for reads, and
    where the API has no read that would show it.
    """
    if method.effect == "read":
        return None
    own = method.name.partition(":")[0].split(".")
    reads = [row for row in catalogue.summaries.values() if row.effect == "read" and not row.deprecated]
    for length in range(len(own), 0, -1):
        stem = ".".join(own[:length])
        for ending in _ENDINGS:
            found = next((row for row in reads if row.name.partition(":")[0] == stem + ending), None)
            if found is not None:
                return found.name
    for listed in dict.fromkeys(one.origin.list for one in (*method.answer, *method.input) if one.origin is not None):
        if listed in catalogue.summaries:
            return listed
    group = [row for row in reads if row.group == method.summary.group]
    return next((row.name for row in group if row.name.endswith(".list")), group[0].name if group else None)
