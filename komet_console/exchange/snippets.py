"""The same request as code: curl and six programming environments. What is shown is what is sent, nothing added.

The token is masked unless asked for; masked code holds `YOUR-TOKEN` where the token belongs.
"""

from __future__ import annotations

import base64
import json
import shlex
from collections.abc import Callable

from komet_console.exchange.model import Connection, PreparedRequest
from komet_console.exchange.redaction import Redactor
from komet_console.records import record

PLACEHOLDER = "YOUR-TOKEN"


@record
class Language:
    """A kind of code: its id, its name for people, its pygments lexer."""

    id: str
    label: str
    lexer: str


@record
class _Call:
    """What the writers below need; `text` is None where the body is no text and `data` is written as base64."""

    verb: str
    url: str
    headers: tuple[tuple[str, str], ...]
    data: bytes
    text: str | None
    connection: Connection

    @property
    def encoded(self) -> str:
        return base64.b64encode(self.data).decode()


def snippet(
    request: PreparedRequest, language: str, *, reveal: bool = False, connection: Connection | None = None
) -> str:
    """The request as code in a language of `LANGUAGES`; with the real token only when `reveal` is set.

    `connection` adds the proxy and the certificates of an environment, for curl. Raises KeyError for unknown languages.
    """
    # A generated header that every HTTP client writes by itself is left to it.
    left = request.generated & {"host", "content-length", "connection", "user-agent", "accept-encoding"}
    headers = tuple((name, value) for name, value in request.headers if name.casefold() not in left)
    url, body = request.url, request.body
    if not reveal:
        redactor = Redactor(request.secrets, PLACEHOLDER)
        url, headers, body = redactor.url(url), redactor.headers(headers), redactor.body(body)
    try:
        text: str | None = body.decode("utf-8")
    except UnicodeDecodeError:
        text = None
    if text is not None and "\0" in text:
        text = None
    return _WRITERS[language](_Call(request.verb, url, headers, body, text, connection or Connection())) + "\n"


def _curl(call: _Call) -> str:
    lines = [f"curl --request {call.verb} --globoff --compressed {shlex.quote(call.url)}"]
    lines += [f"--header {shlex.quote(f'{name}: {value}' if value else f'{name};')}" for name, value in call.headers]
    before = ""
    if call.data and call.text is not None:
        lines.append(f"--data-raw {shlex.quote(call.text)}")
    elif call.data:
        before = f"printf %s {call.encoded} | base64 -d | "
        lines.append("--data-binary @-")
    options = (
        ("--proxy", call.connection.proxy and Redactor().url(call.connection.proxy)),
        ("--cacert", call.connection.ca_file),
        ("--cert", call.connection.client_certificate),
        ("--key", call.connection.client_key),
    )
    lines += [f"{option} {shlex.quote(value)}" for option, value in options if value]
    return before + " \\\n  ".join(lines)


def _python_body(call: _Call) -> tuple[list[str], str]:
    if not call.data:
        return [], ""
    if call.text is None:
        return ["import base64", ""], f'base64.b64decode("{call.encoded}")'
    return [], f"{call.text!r}.encode()"


def _python(call: _Call, library: str) -> str:
    imports, body = _python_body(call)
    argument = "content" if library == "httpx" else "data"
    lines = [
        *imports[:1],
        f"import {library}",
        "",
        f"response = {library}.request(",
        f"    {call.verb!r},",
        f"    {call.url!r},",
    ]
    if call.headers:
        # httpx takes pairs, requests only a dictionary.
        lines.append("    headers={")
        lines += [f"        {name!r}: {value!r}," for name, value in call.headers]
        lines.append("    },")
    if body:
        lines.append(f"    {argument}={body},")
    lines += ["    timeout=60,", ")", "print(response.status_code)", "print(response.text)"]
    return "\n".join(lines)


def _javascript(call: _Call) -> str:
    lines = [f"const response = await fetch({_js(call.url)}, {{", f"  method: {_js(call.verb)},"]
    if call.headers:
        lines.append("  headers: [")
        lines += [f"    [{_js(name)}, {_js(value)}]," for name, value in call.headers]
        lines.append("  ],")
    if call.data and call.text is not None:
        lines.append(f"  body: {_js(call.text)},")
    elif call.data:
        lines.append(f'  body: Uint8Array.from(atob("{call.encoded}"), (sign) => sign.charCodeAt(0)),')
    lines += ["});", "console.log(response.status);", "console.log(await response.text());"]
    return "\n".join(lines)


def _js(text: str) -> str:
    return json.dumps(text)


def _php_text(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _php(call: _Call) -> str:
    lines = [
        "<?php",
        "$call = curl_init();",
        "curl_setopt_array($call, [",
        f"    CURLOPT_URL => {_php_text(call.url)},",
        f"    CURLOPT_CUSTOMREQUEST => {_php_text(call.verb)},",
        "    CURLOPT_RETURNTRANSFER => true,",
        "    CURLOPT_ENCODING => '',",
        "    CURLOPT_TIMEOUT => 60,",
        "    CURLOPT_HTTPHEADER => [",
        *(f"        {_php_text(f'{name}: {value}' if value else f'{name};')}," for name, value in call.headers),
        "    ],",
    ]
    if call.data:
        value = f"base64_decode('{call.encoded}')" if call.text is None else _php_text(call.text)
        lines.append(f"    CURLOPT_POSTFIELDS => {value},")
    lines += [
        "]);",
        "$answer = curl_exec($call);",
        "if ($answer === false) {",
        "    exit(curl_error($call) . PHP_EOL);",
        "}",
        "echo curl_getinfo($call, CURLINFO_RESPONSE_CODE), PHP_EOL, $answer, PHP_EOL;",
    ]
    return "\n".join(lines)


def _csharp(call: _Call) -> str:
    # JSON's escapes are a subset of C#'s.
    lines = [
        "using System.Net;",
        "using System.Net.Http.Headers;",
        "",
        "using var handler = new HttpClientHandler { AutomaticDecompression = DecompressionMethods.All };",
        "using var client = new HttpClient(handler);",
        f"using var request = new HttpRequestMessage(new HttpMethod({_js(call.verb)}), {_js(call.url)});",
    ]
    kind = next((value for name, value in call.headers if name.casefold() == "content-type"), "")
    if call.data:
        source = (
            f'Convert.FromBase64String("{call.encoded}")'
            if call.text is None
            else f"System.Text.Encoding.UTF8.GetBytes({_js(call.text)})"
        )
        lines.append(f"request.Content = new ByteArrayContent({source});")
        if kind:
            lines.append(f"request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse({_js(kind)});")
    lines += [
        f"request.Headers.TryAddWithoutValidation({_js(name)}, {_js(value)});"
        for name, value in call.headers
        if name.casefold() != "content-type"
    ]
    lines += [
        "using var response = await client.SendAsync(request);",
        "Console.WriteLine((int)response.StatusCode);",
        "Console.WriteLine(await response.Content.ReadAsStringAsync());",
    ]
    return "\n".join(lines)


def _ps_text(text: str) -> str:
    # PowerShell takes typographic single quotes for quotes too.
    for sign in "'‘’‚‛":
        text = text.replace(sign, sign * 2)
    return f"'{text}'"


def _powershell(call: _Call) -> str:
    kind = next((value for name, value in call.headers if name.casefold() == "content-type"), "")
    others = [(name, value) for name, value in call.headers if name.casefold() != "content-type"]
    lines = ["$call = @{", f"    Method = {_ps_text(call.verb)}", f"    Uri = {_ps_text(call.url)}"]
    if others:
        lines.append("    Headers = @{")
        lines += [f"        {_ps_text(name)} = {_ps_text(value)}" for name, value in others]
        lines.append("    }")
    if kind:
        lines.append(f"    ContentType = {_ps_text(kind)}")
    if call.data:
        source = (
            f"[Convert]::FromBase64String('{call.encoded}')"
            if call.text is None
            else f"[Text.Encoding]::UTF8.GetBytes({_ps_text(call.text)})"
        )
        lines.append(f"    Body = {source}")
    lines += ["    UseBasicParsing = $true", "}", "$answer = Invoke-WebRequest @call"]
    lines += ["$answer.StatusCode", "$answer.Content"]
    return "\n".join(lines)


_WRITERS: dict[str, Callable[[_Call], str]] = {
    "curl": _curl,
    "python-httpx": lambda call: _python(call, "httpx"),
    "python-requests": lambda call: _python(call, "requests"),
    "javascript": _javascript,
    "php": _php,
    "csharp": _csharp,
    "powershell": _powershell,
}
LANGUAGES: tuple[Language, ...] = (
    Language("curl", "curl", "bash"),
    Language("python-httpx", "Python (httpx)", "python"),
    Language("python-requests", "Python (requests)", "python"),
    Language("javascript", "JavaScript (fetch)", "javascript"),
    Language("php", "PHP", "php"),
    Language("csharp", "C#", "csharp"),
    Language("powershell", "PowerShell", "powershell"),
)
