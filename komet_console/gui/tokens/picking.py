"""Choosing the token that calls are made with: the entries of a menu, for the top bar and for one tab."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from komet_console.catalogue import Method
from komet_console.gui.i18n import tr
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.session.environments import TOKEN_KINDS
from komet_console.workspace.environments import SANDBOX, StoredEnvironment
from komet_console.workspace.tokens import StoredToken, Tokens

__all__ = ["choice_name", "kind_name", "same_choice", "token_actions"]

_MOST = 30
"""Tokens that one menu lists; all of them are in the tokens' own room."""


def kind_name(kind: str) -> str:
    """A kind of token as people read it."""
    return {
        "company": tr("company"),
        "customer": tr("customer"),
        "vendor": tr("vendor"),
        "user": tr("user"),
        "unknown": tr("kind unknown"),
    }.get(kind, kind)


def choice_name(choice: TokenChoice, tokens: Tokens | None = None) -> str:
    """A choice of a token as people read it; the name of a stored one where `tokens` know it."""
    if choice.way == "automatic":
        return tr("automatic")
    if choice.way == "kind":
        return kind_name(choice.name)
    found = tokens.find(choice.name) if tokens is not None else None
    return found.name if found is not None else choice.name


def same_choice(one: TokenChoice, other: TokenChoice, tokens: Tokens) -> bool:
    """Whether two choices mean the same token, by name or by id."""
    return one.way == other.way and choice_name(one, tokens) == choice_name(other, tokens)


def token_actions(
    menu: QMenu,
    console: Console,
    stored: StoredEnvironment,
    current: TokenChoice,
    choose: Callable[[TokenChoice], None],
    method: Method | None = None,
) -> None:
    """Add an entry for every token that calls to an environment can be made with; the chosen one is checked.

    Args:
        method: what is to be called; tokens that cannot call it, as far as is known, are said to be so.
    """
    group = QActionGroup(menu)

    def offer(text: str, remark: str, choice: TokenChoice, name: str) -> None:
        action = QAction(f"{text.replace('&', '&&')}\t{remark}" if remark else text, menu)
        action.setObjectName(name)
        action.setCheckable(True)
        action.setChecked(same_choice(choice, current, console.tokens))
        action.setData(choice)
        group.addAction(action)
        menu.addAction(action)

    offer(tr("Automatic"), tr("one that fits the method"), AUTOMATIC, "token.automatic")
    if stored.id == SANDBOX:
        menu.addSeparator()
        for kind in TOKEN_KINDS:
            fits = method is None or method.accepts(kind)
            remark = tr("the sandbox's own") if fits else tr("not for this method")
            offer(kind_name(kind).capitalize(), remark, TokenChoice("kind", kind), f"token.kind.{kind}")
    found = console.tokens.of(stored.id)
    if found:
        menu.addSeparator()
    for one in found[:_MOST]:
        offer(one.name, _remark(one, method), TokenChoice("stored", one.id), f"token.stored.{one.id}")
    if len(found) > _MOST:
        more = menu.addAction(tr("{count} more are in Tokens", count=len(found) - _MOST))
        more.setEnabled(False)
    group.triggered.connect(lambda action: choose(action.data()))


def _remark(one: StoredToken, method: Method | None) -> str:
    if method is not None and not one.may_call(method):
        return tr("not for this method")
    return f"{kind_name(one.kind)} · {one.shown}"
