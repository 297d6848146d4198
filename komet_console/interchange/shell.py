"""Command lines cut into words, as bash and as the Windows command prompt do it. Nothing is ever run.

Variables of the shell become `{{name}}`; substitutions (`$(...)`, backticks) stay as text and are named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from komet_console.errors import UserError
from komet_console.texts import said

__all__ = ["Words", "bash_commands", "looks_like_cmd", "windows_commands"]

_CMD = re.compile(r'\^[ \t]*\r?\n|\^"|\^\^')
_NAME = re.compile(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "a": "\a",
    "b": "\b",
    "f": "\f",
    "v": "\v",
    "e": "\x1b",
    "E": "\x1b",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
_CODE = re.compile(r"x([0-9A-Fa-f]{1,2})|u([0-9A-Fa-f]{1,4})|U([0-9A-Fa-f]{1,8})|([0-7]{1,3})")


@dataclass(slots=True)
class Words:
    """The words of one command, and what the shell would have done with them that is not done here."""

    words: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def looks_like_cmd(text: str) -> bool:
    """Whether a command line is written for the Windows command prompt (carets escape and continue lines)."""
    return bool(_CMD.search(text)) and not re.search(r"\\\r?\n", text)


class _Bash:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.commands: list[Words] = [Words()]
        self.word: list[str] | None = None

    def run(self) -> list[Words]:
        text = self.text
        while self.at < len(text):
            sign = text[self.at]
            if sign == "\\":
                self._backslash()
            elif sign == "'":
                self._add(self._until("'", self.at + 1))
            elif text.startswith("$'", self.at):
                self._ansi()
            elif sign == '"' or text.startswith('$"', self.at):
                self.at += sign == "$"
                self._double()
            elif sign == "$":
                self._variable()
            elif sign in " \t\r":
                self._end_word()
                self.at += 1
            elif sign in "\n;|&":
                self._end_word()
                self.commands.append(Words())
                self.at += 1
            elif sign == "#" and self.word is None:
                end = text.find("\n", self.at)
                self.at = len(text) if end < 0 else end
            elif sign in "<>":
                self._redirection()
            else:
                plain = re.compile(r"[^\\'\"$ \t\r\n;|&<>]+").match(text, self.at)
                self._add(plain.group() if plain else sign)
                self.at = plain.end() if plain else self.at + 1
        self._end_word()
        return [command for command in self.commands if command.words]

    def _add(self, text: str) -> None:
        if self.word is None:
            self.word = []
        self.word.append(text)

    def _end_word(self) -> None:
        if self.word is not None:
            self.commands[-1].words.append("".join(self.word))
            self.word = None

    def _until(self, sign: str, start: int) -> str:
        end = self.text.find(sign, start)
        if end < 0:
            self._unclosed(sign, start - 1)
        self.at = end + 1
        return self.text[start:end]

    def _unclosed(self, sign: str, start: int) -> None:
        line = self.text.count("\n", 0, start) + 1
        raise UserError(
            said("The command's quote {sign} on line {line} is never closed.", sign=sign, line=line),
            "Copy the whole command; the end may have been cut off.",
        )

    def _backslash(self) -> None:
        match = re.compile(r"\\\r?\n").match(self.text, self.at)
        if match:
            self.at = match.end()
        elif self.at + 1 < len(self.text):
            self._add(self.text[self.at + 1])
            self.at += 2
        else:
            self.at += 1

    def _ansi(self) -> None:
        start = self.at
        self.at += 2
        self._add("")
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == "'":
                self.at += 1
                return
            if sign != "\\" or self.at + 1 >= len(self.text):
                self._add(sign)
                self.at += 1
                continue
            code = _CODE.match(self.text, self.at + 1)
            if code:
                number = int(code[1] or code[2] or code[3], 16) if not code[4] else int(code[4], 8) & 0xFF
                self._add(chr(number) if number < 0x110000 else "\ufffd")
                self.at = code.end()
            else:
                follows = self.text[self.at + 1]
                self._add(_ESCAPES.get(follows, "\\" + follows))
                self.at += 2
        self._unclosed("$'", start)

    def _double(self) -> None:
        start = self.at
        self.at += 1
        self._add("")
        while self.at < len(self.text):
            sign = self.text[self.at]
            if sign == '"':
                self.at += 1
                return
            if sign == "\\" and self.at + 1 < len(self.text):
                follows = self.text[self.at + 1]
                if follows == "\n":
                    self.at += 2
                    continue
                self._add(follows if follows in '$`"\\' else "\\" + follows)
                self.at += 2
            elif sign == "$":
                self._variable()
            else:
                plain = re.compile(r'[^"\\$]+').match(self.text, self.at)
                self._add(plain.group() if plain else sign)
                self.at = plain.end() if plain else self.at + 1
        self._unclosed('"', start)

    def _variable(self) -> None:
        match = _NAME.match(self.text, self.at)
        if match:
            name = match[1] or match[2]
            self._add("{{" + name + "}}")
            self.commands[-1].notes.append(said("The shell's variable {name} became {{{{{name}}}}}.", name=name))
            self.at = match.end()
            return
        if self.text.startswith("$(", self.at):
            self.commands[-1].notes.append("A command within the command, $(...), was left as text.")
        self._add("$")
        self.at += 1

    def _redirection(self) -> None:
        """`> file`, `2>&1`: what the shell does with the output is no part of the request."""
        if self.word is not None and "".join(self.word).isdigit():
            self.word = None
        self._end_word()
        match = re.compile(r"[<>]{1,2}&?[ \t]*[^\s;|&]*").match(self.text, self.at)
        self.at = match.end() if match else self.at + 1


def bash_commands(text: str) -> list[Words]:
    """The commands of a piece of bash; raises `UserError` where a quote is never closed."""
    return _Bash(text).run()


def _without_carets(text: str) -> list[str]:
    """What the command prompt hands to its programs: carets outside of quotes escape the next sign, lines end commands."""
    lines: list[str] = []
    line: list[str] = []
    quoted = False
    at = 0
    text = text.replace("\r\n", "\n")
    while at < len(text):
        sign = text[at]
        if sign == "^" and not quoted and at + 1 < len(text):
            if text[at + 1] == "\n":
                # A line feed after the continuation is itself escaped: that is how a line break gets into a value.
                if text[at + 2 : at + 3] == "\n":
                    line.append("\n")
                    at += 1
                at += 2
                continue
            line.append(text[at + 1])
            at += 2
            continue
        if sign == '"':
            quoted = not quoted
        if sign in "\n&|" and not quoted:
            lines.append("".join(line))
            line = []
        else:
            line.append(sign)
        at += 1
    return [one for one in [*lines, "".join(line)] if one.strip()]


def _windows_words(line: str) -> list[str]:
    """Words by the rules of the C runtime: 2n backslashes before a quote are n, 2n + 1 make the quote a character."""
    words: list[str] = []
    word: list[str] | None = None
    quoted = False
    for match in re.finditer(r'(\\*)"|\\+|([ \t]+)|[^\\" \t]+', line):
        text = match.group()
        if match[2] is not None and not quoted:
            if word is not None:
                words.append("".join(word))
                word = None
            continue
        word = [] if word is None else word
        if match[1] is None:
            word.append(text)
            continue
        slashes = len(match[1])
        word.append("\\" * (slashes // 2))
        if slashes % 2:
            word.append('"')
        elif quoted and line[match.end() : match.end() + 1] == '"' and line[match.start() - 1 : match.start()] != '"':
            # "" within quotes is one quote; the second half comes as a match of its own and opens the quotes again.
            word.append('"')
            quoted = False
        else:
            quoted = not quoted
    if word is not None:
        words.append("".join(word))
    return words


def windows_commands(text: str) -> list[Words]:
    """The commands of a piece of Windows batch."""
    found = []
    for line in _without_carets(text):
        words = Words([re.sub(r"%([A-Za-z_]\w*)%", r"{{\1}}", word) for word in _windows_words(line)])
        found.append(words)
    return [one for one in found if one.words]
