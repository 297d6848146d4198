"""Choosing places and tokens: the menus of the top bar, a tab's own token, the line about one that will not do, the gauge."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.consoles import OpenDesk, set_quota
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFrame, QLabel, QMenu
from pytestqt.qtbot import QtBot

from komet_console.catalogue import Catalogue
from komet_console.exchange import Draft
from komet_console.gui.quota.gauge import QuotaGauge
from komet_console.gui.tokens.banner import TokenBanner, TokenPicker
from komet_console.gui.tokens.words import moment
from komet_console.gui.window.places import Places, choice_name
from komet_console.gui.window.top_bar import TopBar
from komet_console.session.choosing import TokenOffer, TokenTrouble
from komet_console.session.console import AUTOMATIC, Console, TokenChoice
from komet_console.workspace.environments import PRODUCTION, SANDBOX
from komet_console.workspace.quota import Quota
from komet_console.workspace.secrets import Secrets

Until = Callable[[Callable[[], object]], Awaitable[None]]


def texts(menu: QMenu) -> list[str]:
    menu.aboutToShow.emit()
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def trigger(menu: QMenu, name: str) -> None:
    menu.aboutToShow.emit()
    next(action for action in menu.actions() if action.objectName() == name).trigger()


async def test_every_environment_can_be_chosen(gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk) -> None:
    async with open_desk(sandbox=False) as desk:
        own = desk.console.environments.add("Ben & Co", "https://ben.example/api", level="read-only", colour="#8e4ec6")
        bar = TopBar()
        places = Places(desk.console, bar, SANDBOX, bar)
        assert texts(bar.environment_menu) == [
            "Sandbox\tasks nothing",
            "Production\tasks before changes",
            "Ben && Co\tonly reads",
            "Manage environments…",
        ]
        heard: list[str] = []
        places.environment_changed.connect(heard.append)
        trigger(bar.environment_menu, f"environment.{own.id}")
        assert heard == [own.id]
        assert (places.colour, bar.environment.value()) == ("#8e4ec6", "Ben & Co")
        asked: list[str] = []
        places.manage_environments.connect(lambda: asked.append("manage"))
        places.check_token.connect(lambda: asked.append("check"))
        places.add_token.connect(lambda: asked.append("add"))
        trigger(bar.environment_menu, "environment.manage")
        trigger(bar.token_menu, "token.check")
        trigger(bar.token_menu, "token.add")
        assert asked == ["manage", "check", "add"]
        desk.console.environments.remove(own.id)
        places.refresh()
        assert places.environment == SANDBOX
        assert heard == [own.id, SANDBOX]
        bar.deleteLater()


async def test_an_environment_that_is_gone_becomes_the_sandbox(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk
) -> None:
    async with open_desk(sandbox=False) as desk:
        bar = TopBar()
        assert Places(desk.console, bar, "was removed", bar).environment == SANDBOX
        bar.deleteLater()


async def test_tokens_of_the_environment_are_offered_and_the_choice_is_kept(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk
) -> None:
    value = "prod0123456789abcdefWXYZ"
    async with open_desk(sandbox=False) as desk:
        one = await desk.console.tokens.add(
            "Main", value, environment=PRODUCTION, hosts=("api.kometsales.com",), kind="company"
        )
        bar = TopBar()
        places = Places(desk.console, bar, SANDBOX, bar)
        offered = texts(bar.token_menu)
        assert offered[0] == "Automatic\tone that fits the method"
        assert "Company\tthe sandbox's own" in offered
        assert not any("Main" in text for text in offered), "it belongs to another environment"
        places.set_environment(PRODUCTION)
        offered = texts(bar.token_menu)
        assert "Main\tcompany · prod…WXYZ" in offered
        assert not any("sandbox" in text for text in offered)
        trigger(bar.token_menu, f"token.stored.{one.id}")
        assert bar.token.value() == "Main"
        texts(bar.token_menu)
        checked = [action.text() for action in bar.token_menu.actions() if action.isChecked()]
        assert checked == ["Main\tcompany · prod…WXYZ"]
        places.set_environment(SANDBOX)
        assert places.choice == AUTOMATIC
        bar.deleteLater()
    async with open_desk(sandbox=False) as desk:
        bar = TopBar()
        places = Places(desk.console, bar, PRODUCTION, bar)
        assert places.choice == TokenChoice("stored", one.id)
        desk.console.tokens.change(replace(desk.console.tokens.get(one.id), name="Renamed"))
        places.refresh()
        assert bar.token.value() == "Renamed"
        await desk.console.tokens.remove(one.id)
        places.refresh()
        assert places.choice == AUTOMATIC
        bar.deleteLater()


async def test_a_tab_can_have_a_token_of_its_own(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, catalogue: Catalogue
) -> None:
    async with open_desk(sandbox=False) as desk:
        picker = TokenPicker(desk.console, catalogue.method("customer.by.user.list"))
        stored = desk.console.environments.get(SANDBOX)
        picker.show_choice(stored, AUTOMATIC, None)
        picked: list[object] = []
        picker.picked.connect(picked.append)
        menu = picker.menu()
        offered = texts(menu)
        assert offered[0] == "As chosen above: automatic"
        assert "Company\tnot for this method" in offered
        assert "User\tthe sandbox's own" in offered
        trigger(menu, "token.kind.user")
        assert picked == [TokenChoice("kind", "user")]
        picker.show_choice(stored, AUTOMATIC, TokenChoice("kind", "user"))
        assert picker.text() == "user"
        assert picker.accessibleName() == "Token of this tab: user"
        trigger(menu, "token.common")
        assert picked[-1] is None
        picker.deleteLater()


def test_the_line_about_a_token_that_will_not_do(qtbot: QtBot) -> None:
    banner = TokenBanner()
    qtbot.addWidget(banner)
    banner.resize(500, 40)
    used: list[object] = []
    opened: list[int] = []
    banner.use_token.connect(used.append)
    banner.open_tokens.connect(lambda: opened.append(1))
    banner.show_trouble(None)
    assert banner.isHidden()
    offer = TokenOffer(TokenChoice("kind", "user"), "user", "user")
    banner.show_trouble(TokenTrouble("customer.by.user.list takes a user token.", offer))
    assert not banner.isHidden()
    assert banner.button.text() == "Use user"
    banner.button.click()
    assert used == [offer.choice]
    one_line = banner.height()
    banner.show_trouble(TokenTrouble("There is no token yet. " * 8))
    assert banner.height() > one_line, "a long sentence gets the height it needs"
    banner.button.click()
    assert (used, opened) == ([offer.choice], [1])


def test_what_the_console_says_about_a_token_fits_the_line(qtbot: QtBot, catalogue: Catalogue) -> None:
    console = Console(catalogue=catalogue, secrets=Secrets(lambda: None))
    trouble = console.token_trouble(SANDBOX, TokenChoice("kind", "vendor"), catalogue.method("customer.by.user.list"))
    assert trouble is not None
    banner = TokenBanner()
    qtbot.addWidget(banner)
    banner.show_trouble(trouble)
    assert "vendor" in banner.text.text()
    assert banner.button.text() == "Use user"


# --- the gauge


@pytest.fixture
def console(catalogue: Catalogue) -> Console:
    return Console(catalogue=catalogue, secrets=Secrets(lambda: None))


@pytest.mark.parametrize(
    ("calls", "words", "token"),
    [
        (0, "0 of 1,000 today", "green"),
        (699, "699 of 1,000 today", "green"),
        (700, "700 of 1,000 today", "amber"),
        (900, "900 of 1,000 today", "red"),
        (1000, "1,000 of 1,000 today", "red"),
    ],
)
def test_the_gauge_takes_the_colour_of_the_share(
    qtbot: QtBot, console: Console, calls: int, words: str, token: str
) -> None:
    place = console.environments.add("Acme", "https://acme.example/api", paid_users=1)
    if calls:
        console.quota.count(place, calls)
    gauge = QuotaGauge(console)
    qtbot.addWidget(gauge)
    gauge.show_environment(place.id)
    assert gauge.words() == words
    assert gauge._token == token
    assert "calls made from this computer" in gauge.accessibleName()
    assert any("00:00 UTC, which is assumed" in line for line in gauge.lines)


def test_a_quota_that_is_used_up_says_when_it_works_again(qtbot: QtBot, console: Console) -> None:
    moment_now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    class Clock(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:  # noqa: ARG003 - as the real one
            return moment_now

    console.quota = Quota(console.quota._records, Clock)
    place = console.environments.add("Acme", "https://acme.example/api", paid_users=1)
    console.quota.count(place, 12)
    console.quota.limited(place, moment_now + timedelta(hours=3))
    gauge = QuotaGauge(console)
    qtbot.addWidget(gauge)
    gauge.show_environment(place.id)
    assert gauge.words() == "Quota used up"
    assert any("13:00 UTC" in line for line in gauge.lines)
    assert "That time is the API's own." in gauge.lines


def test_an_unknown_limit_shows_no_bar(qtbot: QtBot, console: Console) -> None:
    gauge = QuotaGauge(console)
    qtbot.addWidget(gauge)
    gauge.show_environment(PRODUCTION)
    assert gauge.words() == "0 calls today"
    bare = gauge.sizeHint().width()
    assert any("paid users of Production" in line for line in gauge.lines)
    gauge.show_environment(SANDBOX, limit=5)
    assert gauge.words() == "0 of 5 today"
    assert gauge.sizeHint().width() > bare
    assert any("its own quota only" in line for line in gauge.lines)


def test_the_gauge_opens_by_keyboard(qtbot: QtBot, console: Console) -> None:
    gauge = QuotaGauge(console)
    qtbot.addWidget(gauge)
    gauge.show()
    QTest.keyClick(gauge, Qt.Key.Key_Space)
    popup = gauge.findChild(QFrame, "quotaPopup")
    assert popup is not None
    said = [label.text() for label in popup.findChildren(QLabel)]
    assert said == [gauge.words(), *gauge.lines]
    popup.close()


async def test_the_gauge_follows_calls_and_lets_go(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        gauge = QuotaGauge(desk.console, tasks=desk.tasks)
        before = len(desk.console.call_listeners), len(desk.console.listeners)
        start = desk.console.quota.state(desk.console.environments.get(SANDBOX)).calls
        await desk.console.send(Draft("boxtype.list"), SANDBOX, AUTOMATIC)
        assert gauge.words().startswith(str(start + 1))
        gauge.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        assert (len(desk.console.call_listeners), len(desk.console.listeners)) == (before[0] - 1, before[1] - 1)
        await desk.console.send(Draft("boxtype.list"), SANDBOX, AUTOMATIC)


# --- words


def test_moments_as_people_say_them() -> None:
    here = datetime(2026, 3, 4, 15, 0, tzinfo=UTC).astimezone()

    def said(**back: float) -> str:
        return moment(int((here - timedelta(**back)).timestamp() * 1000), here)

    assert moment(None) == ""
    assert said(seconds=20) == "just now"
    assert said(minutes=5) == "5 min ago"
    assert said(days=1).startswith("yesterday ")
    assert said(days=40) == "23 Jan 2026"


def test_names_of_choices() -> None:
    tokens: Any = SimpleNamespace(find=lambda _name: None)
    assert choice_name(AUTOMATIC) == "automatic"
    assert choice_name(TokenChoice("kind", "vendor")) == "vendor"
    assert choice_name(TokenChoice("stored", "gone"), tokens) == "gone"


async def test_using_a_stored_token_goes_where_it_belongs(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk
) -> None:
    async with open_desk(sandbox=False) as desk:
        one = await desk.console.tokens.add(
            "Main", "prod0123456789abcdefWXYZ", environment=PRODUCTION, hosts=("api.kometsales.com",)
        )
        bar = TopBar()
        places = Places(desk.console, bar, SANDBOX, bar)
        places.use_token("no such token")
        assert (places.environment, places.choice) == (SANDBOX, AUTOMATIC)
        places.use_token("Main")
        assert (places.environment, places.choice) == (PRODUCTION, TokenChoice("stored", one.id))
        bar.deleteLater()


async def test_the_sandbox_tells_its_own_limit(
    gui_loop: asyncio.AbstractEventLoop, open_desk: OpenDesk, until: Until
) -> None:
    async with open_desk() as desk:
        running = desk.console.running
        assert running is not None
        set_quota(running, 5)
        try:
            gauge = QuotaGauge(desk.console, tasks=desk.tasks)
            gauge.show_environment(SANDBOX)
            await until(lambda: " of " in gauge.words())
            assert "today" in gauge.words()
            gauge.deleteLater()
        finally:
            set_quota(running, 0)
