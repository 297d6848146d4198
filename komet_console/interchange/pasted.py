"""What is pasted into the palette or the address line: a curl command, an address, a raw request or a JSON body."""

from __future__ import annotations

import re

from komet_console.catalogue import Catalogue, Method
from komet_console.catalogue.calls import read_json
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, find_error, settled
from komet_console.interchange import curl
from komet_console.interchange.model import Request, split_url
from komet_console.interchange.recognise import Recognised, to_draft
from komet_console.texts import said
from komet_console.workspace.collections.references import TOKEN_NAMES, take_out

__all__ = ["MAX_CHARACTERS", "looks_pasted", "read_pasted"]

MAX_CHARACTERS = 20_000_000
_VERB = "GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS"
_URL = re.compile(rf"^(?:({_VERB})\s+)?((?:https?://|\{{\{{|/)\S+)(?:\s+HTTP/[\d.]+)?$", re.IGNORECASE)
_FIRST_LINE = re.compile(rf"^({_VERB})\s+(\S+)(?:\s+HTTP/[\d.]+)?[ \t]*\r?\n", re.IGNORECASE)


def looks_pasted(text: str) -> bool:
    """Whether a text is something `read_pasted` may understand, and not a few words to search for. Cheap."""
    head = text.lstrip()[:2000]
    return (
        curl.is_curl(head + " ") or head[:1] in ("{", "[") or bool(_URL.match(head.strip()) or _FIRST_LINE.match(head))
    )


def read_pasted(text: str, catalogue: Catalogue, current: Method | None = None) -> Recognised:
    """The draft that a pasted text means.

    Args:
        current: The method that is open; a JSON body is for it.

    Raises:
        UserError: The text is none of these, cannot be read, or names an address that no method has.
    """
    if len(text) > MAX_CHARACTERS:
        raise UserError("What was pasted is larger than 20 MB.", "Import it as a file.")
    stripped = text.strip().lstrip("\ufeff")
    if not stripped:
        raise UserError("Nothing was pasted: the text is empty.", "Copy a curl command, an address or a JSON body.")
    if curl.is_curl(stripped + " "):
        return _known(to_draft(curl.parse_curl(stripped), catalogue))
    if match := _URL.match(stripped):
        address, query = split_url(match[2])
        verb = (match[1] or "").upper() or _documented_verb(address, catalogue)
        return _known(to_draft(Request(verb, address, query), catalogue))
    if _FIRST_LINE.match(stripped):
        from komet_console.interchange.httpfile import parse_requests

        found = parse_requests(stripped)
        return _known(to_draft(found[0].request, catalogue))
    if stripped[0] in "{[":
        return _json(stripped, catalogue, current)
    raise UserError(
        "What was pasted is no curl command, no address and no JSON.",
        'Copy the request as "cURL (bash)" from the browser or from Postman.',
    )


def _documented_verb(address: str, catalogue: Catalogue) -> str:
    from komet_console.interchange.recognise import address_of

    summary = address_of(catalogue, "GET", address).summary
    return summary.verb if summary is not None else "GET"


def _known(found: Recognised) -> Recognised:
    if found.method is not None:
        return found
    raise UserError(
        found.notes[-1] if found.notes else "No Komet method has this address.",
        "Komet's methods have addresses like https://api.kometsales.com/api/customer.list; search for the method by name.",
    )


def _json(text: str, catalogue: Catalogue, current: Method | None) -> Recognised:
    error = find_error(text)
    method = current
    notes: tuple[str, ...] = ()
    if method is None:
        if error is not None:
            raise UserError(
                said(
                    "The pasted JSON cannot be read: line {line}, column {column}: {message}",
                    line=error.line,
                    column=error.column,
                    message=error.message,
                ),
                "Open a method first; then even broken JSON can be pasted as its body.",
            )
        method = _method_of(text, catalogue)
        notes = (said("The body fits {name} best.", name=method.name),)
    if method.body or not method.parameters or error is not None:
        draft = Draft(method.name, body=Body("json", text))
    else:
        value = read_json(text).value
        if not isinstance(value, dict):
            draft = Draft(method.name, body=Body("json", text))
        else:
            # As rows of the form: an override would hide them there.
            draft = settled(Draft(method.name, body=Body("json", text), input_location="query"), method)
    taken = take_out(draft)
    notes += tuple(
        said("The {place} was replaced by {{{{{name}}}}}.", place=one.place, name=one.name) for one in taken.secrets
    )
    return Recognised(taken.draft, method, "", taken.token, taken.secrets, notes)


def _method_of(text: str, catalogue: Catalogue) -> Method:
    """The one method whose body has these keys."""
    value = read_json(text).value
    keys = set(value) if isinstance(value, dict) else set()
    keys = {key for key in keys if key.casefold() not in TOKEN_NAMES}
    scored: list[tuple[float, str]] = []
    for name in catalogue.summaries if keys else ():
        method = catalogue.method(name)
        known = {one.name for one in method.body}
        required = {one.name for one in method.body if one.required and one.name.casefold() not in TOKEN_NAMES}
        if keys <= known and required <= keys:
            scored.append((len(keys) / len(known), name))
    scored.sort(reverse=True)
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        raise UserError(
            "It cannot be told from the pasted JSON for which method it is.",
            "Open the method first, then paste.",
            "\n".join(name for _score, name in scored[:5]),
        )
    return catalogue.method(scored[0][1])
