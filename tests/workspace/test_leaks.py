"""Secrets are planted wherever a user or a server can put one; then every byte that was written is searched for them."""

from __future__ import annotations

import base64
import json
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest

from komet_console.exchange import Body, Draft, Exchange, Failure, Hop, Pair, PreparedRequest, Response, Timing
from komet_console.workspace.backup import back_up
from komet_console.workspace.bodies import LARGE
from komet_console.workspace.drafts import StoredTab, new_tab_id
from komet_console.workspace.history import Record
from komet_console.workspace.workspace import Workspace

TOKEN = "tok/Planted+0123456789=="
PASSWORD = "pass Planted&word!"
KNOWN = "Planted-known-elsewhere"
ANSWERED = "Planted-in-the-answer"
SECRETS = (TOKEN, PASSWORD, KNOWN, ANSWERED)


def spellings(secret: str) -> Iterator[bytes]:
    yield from {
        spelled.encode()
        for text in (secret, quote(secret, safe=""), quote(secret), quote_plus(secret), json.dumps(secret)[1:-1])
        for spelled in (text, text.lower(), text.replace("/", "\\/"))
    }
    # Base64 of a text in the midst of others has one of three beginnings.
    for shift in range(3):
        inner = base64.b64encode(b"\x00" * shift + secret.encode())[4 if shift else 0 : -4]
        yield inner
        yield inner.translate(bytes.maketrans(b"+/", b"-_"))
    yield secret.encode("utf-16-le")


FORBIDDEN = {spelled for secret in SECRETS for spelled in spellings(secret) if len(spelled) >= 8}


def layers(data: bytes) -> Iterator[bytes]:
    """The bytes as they are, and whatever in them can be decompressed."""
    yield data
    for match in re.finditer(rb"\x78[\x01\x5e\x9c\xda]|\x1f\x8b\x08", data):
        unpacker = zlib.decompressobj(47)
        try:
            unpacked = unpacker.decompress(data[match.start() :])
        except zlib.error:
            continue
        if len(unpacked) > 8:
            yield unpacked


def leaks(folder: Path) -> list[str]:
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file()):
        pieces = [file.read_bytes()]
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                pieces = [archive.read(name) for name in archive.namelist()]
        for piece in pieces:
            for layer in layers(piece):
                found += [f"{file.name}: {one!r}" for one in FORBIDDEN if one in layer]
                folded = layer.lower()
                found += [f"{file.name}: planted" for _ in range(folded.count(b"planted"))]
    return found


def drafts() -> Iterator[Draft]:
    """A secret in every place of a draft."""
    yield Draft("a", (Pair("authenticationToken", TOKEN), Pair("password", PASSWORD, enabled=False), Pair("q", KNOWN)))
    yield Draft(
        "a", headers=(Pair("Authorization", f"Bearer {TOKEN}"), Pair("X-Note", KNOWN), Pair("Cookie", f"a={PASSWORD}"))
    )
    yield Draft(
        "a", body=Body("json", json.dumps({"authenticationToken": TOKEN, "deep": [{"password": PASSWORD}], "n": KNOWN}))
    )
    yield Draft("a", body=Body("json", '{"authenticationToken": "' + TOKEN + '", "broken": '))
    yield Draft("a", body=Body("raw", f"password={quote(PASSWORD)}&authenticationToken={quote(TOKEN, safe='')}"))
    yield Draft("a", body=Body("form", pairs=(Pair("password", PASSWORD), Pair("b", KNOWN, description=KNOWN))))
    yield Draft("a", body=Body("multipart", pairs=(Pair("f", file=f"/home/{KNOWN}/a"),)))
    yield Draft("a", path=f"/customer/list?authenticationToken={quote(TOKEN, safe='')}")


def exchange(draft: Draft, large: bool) -> Exchange:
    answer = {
        "apiKey": ANSWERED,
        "token": ANSWERED,
        "echo": f"you sent {TOKEN} and {KNOWN}",
        "url": f"/a?password={ANSWERED}",
    }
    items = [answer] * 10_000 if large else [answer]
    body = json.dumps(items).encode()
    assert (len(body) > LARGE) == large
    query = f"authenticationToken={quote(TOKEN, safe='')}&password={quote_plus(PASSWORD)}"
    url = f"http://user:Planted-userinfo@127.0.0.1/api/a?{query}"
    basic = base64.b64encode(f"user:{PASSWORD}".encode()).decode()
    request = PreparedRequest(
        "POST", url, (("Authorization", f"Basic {basic}"), ("X-Token", TOKEN), ("X-Note", KNOWN)),
        draft.body.text.encode() + body,
        secrets=(TOKEN,), notes=(f"The token {TOKEN} travels in the URL.",),
    )  # fmt: skip
    headers = (
        ("Set-Cookie", f"session={ANSWERED}"),
        ("X-Echo", TOKEN),
        ("Location", f"/b?authenticationToken={ANSWERED}"),
    )
    response = Response(200, f"OK {TOKEN}", headers, body, size=len(body), timing=Timing(total=1))
    failure = Failure("reset", f"It broke at {url}.", f"token={ANSWERED}", "", "download", f"Traceback: {KNOWN}")
    hop = Hop(302, url, f"/b?authenticationToken={TOKEN}", True, False, f"because of {KNOWN}")
    return Exchange(request, response, failure, (hop,))


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_no_secret_is_in_any_byte_that_is_written(tmp_path: Path, large: bool) -> None:
    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.secrets.add(KNOWN, "known")
        workspace.settings.set("connection.proxy", "http://user:Planted-proxy@127.0.0.1:3128")
        for number, draft in enumerate(drafts()):
            workspace.tabs.journal(StoredTab(new_tab_id(), draft, draft, position=number))
            if number < 3 or not large:
                record = Record(
                    draft, exchange(draft, large), "sandbox", f"Main {KNOWN}", "success", f"The token {TOKEN} works.",
                    secrets=(PASSWORD,),
                )  # fmt: skip
                workspace.history.add(record)
        assert workspace.flush()
        assert workspace.writer.given_up == 0
        assert workspace.history.search().entries[0].method == "a"
        back_up(workspace, tmp_path / "backup.zip")
        workspace.database.copy_to(tmp_path / "copy.db")
        assert leaks(tmp_path) == []
        for tab in workspace.tabs.load():
            assert "Planted" not in repr(tab)
        assert "Planted" not in repr(workspace.secrets)
    assert leaks(tmp_path) == []


def test_the_search_for_leaks_finds_them(tmp_path: Path) -> None:
    """A scan that could not find anything would prove nothing."""
    plants = {
        "plain": TOKEN.encode(),
        "url": quote_plus(PASSWORD).encode(),
        "packed": b"\x00\x01" + zlib.compress(b"before " + KNOWN.encode()) + b"after",
        "base64": base64.b64encode(b"a" + TOKEN.encode() + b"bcd"),
        "inside": zlib.compress(base64.b64encode(b"ab" + ANSWERED.encode() + b"cd")),
    }
    for name, data in plants.items():
        (tmp_path / name).write_bytes(data)
        assert leaks(tmp_path), name
        (tmp_path / name).unlink()
    assert leaks(tmp_path) == []


def test_the_index_knows_no_secret(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "workspace") as workspace:
        workspace.secrets.add(KNOWN)
        draft = next(drafts())
        workspace.history.add(Record(draft, exchange(draft, large=False), secrets=(PASSWORD,)))
        workspace.flush()
        with workspace.database.write() as connection:
            connection.execute("CREATE VIRTUAL TABLE temp.words USING fts5vocab(main, history_text, row)")
            words = {row["term"] for row in connection.execute("SELECT term FROM temp.words")}
        assert "sent" in words
        assert not any("planted" in word for word in words)
