"""The checks and captures of one tab: what they are, what is saved of them, and what came of them last."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Signal

from komet_console.catalogue import Catalogue
from komet_console.gui.i18n import tr
from komet_console.session.sending import Sent
from komet_console.workspace.collections.checks import Answer, Captured, CheckResult, capture, run, schema_problems
from komet_console.workspace.collections.model import Capture, Check

__all__ = ["ChecksState", "answer_of", "run_on"]


class ChecksState(QObject):
    """Signals:
    edited(): Checks or captures are others now.
    saved_changed(): They have become different from what was opened or saved, or the same again.
    results_changed(): `results` and `captured` are new.
    """

    edited = Signal()
    saved_changed = Signal()
    results_changed = Signal()

    def __init__(
        self, checks: Iterable[Check] = (), captures: Iterable[Capture] = (), parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._checks = tuple(checks)
        self._captures = tuple(captures)
        self._saved = (self._checks, self._captures)
        self.results: tuple[CheckResult, ...] = ()
        """Of the last answer, one for each check as it was then."""
        self.captured: tuple[Captured, ...] = ()

    @property
    def checks(self) -> tuple[Check, ...]:
        """As they are written now."""
        return self._checks

    @property
    def captures(self) -> tuple[Capture, ...]:
        """As they are written now."""
        return self._captures

    @property
    def saved(self) -> tuple[tuple[Check, ...], tuple[Capture, ...]]:
        """As they were opened or last saved."""
        return self._saved

    @property
    def unsaved(self) -> bool:
        """Whether they differ from that."""
        return (self._checks, self._captures) != self._saved

    def set(self, checks: Iterable[Check] | None = None, captures: Iterable[Capture] | None = None) -> None:
        """Replace one or both."""
        made = (
            self._checks if checks is None else tuple(checks),
            self._captures if captures is None else tuple(captures),
        )
        if made == (self._checks, self._captures):
            return
        was = self.unsaved
        self._checks, self._captures = made
        self.edited.emit()
        if was != self.unsaved:
            self.saved_changed.emit()

    def set_saved(self, checks: tuple[Check, ...], captures: tuple[Capture, ...]) -> None:
        """These are saved; they are also what is there now."""
        was = self.unsaved
        changed = (self._checks, self._captures) != (checks, captures)
        self._checks, self._captures = self._saved = (checks, captures)
        if changed:
            self.edited.emit()
        if was:
            self.saved_changed.emit()

    def take(self, results: tuple[CheckResult, ...], captured: tuple[Captured, ...]) -> None:
        """What came of an answer."""
        self.results, self.captured = results, captured
        self.results_changed.emit()

    def result_of(self, check: Check) -> CheckResult | None:
        """What came of a check as it is written now; None where it was not run like that."""
        return next((one for one in self.results if one.check == check), None)

    def captured_of(self, one: Capture) -> Captured | None:
        """The same for a capture."""
        return next((found for found in self.captured if found.capture == one), None)

    def run(self, sent: Sent, catalogue: Catalogue) -> None:
        """Run everything on the answer of a call. Big answers take a while; see `run_on` for other threads."""
        self.take(*run_on(sent, self._checks, self._captures, catalogue))


def answer_of(sent: Sent) -> Answer | None:
    """The answer as checks see it; None where there is none."""
    response = sent.exchange.response
    if response is None:
        return None
    outcome = sent.explanation.outcome.value if sent.explanation is not None else ""
    return Answer(response.status, response.read(), sent.exchange.timing.total, outcome)


def run_on(
    sent: Sent, checks: tuple[Check, ...], captures: tuple[Capture, ...], catalogue: Catalogue
) -> tuple[tuple[CheckResult, ...], tuple[Captured, ...]]:
    """The results of checks and captures; without an answer every check that is on has failed."""
    answer = answer_of(sent)
    if answer is None:
        failure = sent.exchange.failure
        why = tr(failure.message) if failure is not None else tr("There was no answer.")
        return (
            tuple(CheckResult(one, False if one.enabled else None, why) for one in checks),
            tuple(Captured(one, None, why) for one in captures if one.enabled),
        )
    wants_schema = any(one.kind == "schema" and one.enabled for one in checks)
    problems = schema_problems(catalogue, sent.method) if wants_schema else None
    return run(checks, answer, problems), capture(captures, answer)
