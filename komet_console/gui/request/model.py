"""The state of one request tab. Views read it, change it through its methods, and hear of others' changes.

The truth of a JSON body is its text, the truth of parameters and headers their rows. Nothing here sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from komet_console.catalogue import Finding, Method
from komet_console.errors import UserError
from komet_console.exchange import Body, Draft, Pair, Progress
from komet_console.session.sending import Sent

__all__ = ["RequestModel"]


class RequestModel(QObject):
    """One tab.

    Signals:
        draft_changed(object): Somebody changed the draft; carries who (a view passes itself and ignores its own).
        findings_changed(): What the documentation says about the draft has been looked up again.
        sending_changed(): A call has begun or ended.
        progress_changed(): More of the answer has arrived.
        answered(): `sent` or `trouble` is new.
        saved_changed(): The draft has become different from what was opened or saved, or the same again.
        became(): A model that was made ahead stands for a request now.
    """

    draft_changed = Signal(object)
    findings_changed = Signal()
    sending_changed = Signal()
    progress_changed = Signal()
    answered = Signal()
    saved_changed = Signal()
    became = Signal()

    def __init__(self, method: Method, draft: Draft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.method = method
        self._draft = draft
        self._saved = draft
        self._findings: tuple[Finding, ...] = ()
        self._by_pointer: dict[str, tuple[Finding, ...]] = {}
        self._sending = False
        self.progress: Progress | None = None
        """How far the running call is; None while none runs."""
        self.sent: Sent | None = None
        """The last call that was made, with its answer or its failure."""
        self.cleaning: Callable[[Draft, Draft], Draft] | None = None
        """Sees every change (the draft before and after) before anybody else does, and may hand on another draft."""
        self.trouble: UserError | None = None
        """Why the last call was not made at all."""

    @property
    def draft(self) -> Draft:
        """The request as it is written now."""
        return self._draft

    def set_draft(self, draft: Draft, source: object) -> None:
        """Replace the whole request; `source` is whoever did it."""
        if draft == self._draft:
            return
        if self.cleaning is not None and (cleaned := self.cleaning(self._draft, draft)) is not draft:
            # Whoever wrote it shows something else now.
            draft, source = cleaned, None
        was_unsaved = self.unsaved
        self._draft = draft
        self.draft_changed.emit(source)
        if was_unsaved != self.unsaved:
            self.saved_changed.emit()

    def become(self, method: Method, draft: Draft) -> None:
        """Stand for this request. Only for a model that was made ahead: nothing was done with what it stood for before."""
        self.method = method
        self._draft = self._saved = draft
        self.became.emit()

    def set_body_text(self, text: str, source: object) -> None:
        """Replace the text of the body; a request without a body gets a JSON one."""
        body = self._draft.body
        if body.kind in ("json", "raw"):
            self.set_draft(replace(self._draft, body=replace(body, text=text)), source)
        else:
            self.set_draft(replace(self._draft, body=Body("json", text)), source)

    def set_body(self, body: Body, source: object) -> None:
        """Replace the body."""
        self.set_draft(replace(self._draft, body=body), source)

    def set_query(self, pairs: Iterable[Pair], source: object) -> None:
        """Replace the rows of URL parameters."""
        self.set_draft(replace(self._draft, query=tuple(pairs)), source)

    def set_headers(self, pairs: Iterable[Pair], source: object) -> None:
        """Replace the rows of headers."""
        self.set_draft(replace(self._draft, headers=tuple(pairs)), source)

    @property
    def unsaved(self) -> bool:
        """Whether the draft differs from what was opened or last saved."""
        return self._draft != self._saved

    def mark_saved(self, draft: Draft | None = None) -> None:
        """Take the draft (None: as it is now) for what is saved."""
        was_unsaved = self.unsaved
        self._saved = self._draft if draft is None else draft
        if was_unsaved != self.unsaved:
            self.saved_changed.emit()

    @property
    def saved(self) -> Draft:
        """What was opened or last saved."""
        return self._saved

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What the documentation says about the draft, in reading order."""
        return self._findings

    def set_findings(self, findings: Iterable[Finding]) -> None:
        """For the presenter, which validates a moment after each change."""
        found = tuple(findings)
        if found == self._findings:
            return
        self._findings = found
        by_pointer: dict[str, list[Finding]] = {}
        for finding in found:
            by_pointer.setdefault(finding.pointer, []).append(finding)
        self._by_pointer = {pointer: tuple(some) for pointer, some in by_pointer.items()}
        self.findings_changed.emit()

    def findings_at(self, pointer: str) -> tuple[Finding, ...]:
        """The findings about one place (`/body/items/0/price`, `/query/name`, `/headers/X-ACCOUNT`), not below it."""
        return self._by_pointer.get(pointer, ())

    @property
    def sending(self) -> bool:
        """Whether a call runs."""
        return self._sending

    def begin(self) -> None:
        """A call begins. For the presenter."""
        self._sending = True
        self.progress = Progress("preparing", 0, 0.0)
        self.sending_changed.emit()

    def set_progress(self, progress: Progress) -> None:
        """The running call is so far. For the presenter."""
        self.progress = progress
        self.progress_changed.emit()

    def end(self, sent: Sent | None, trouble: UserError | None = None) -> None:
        """The call is over: made (with whatever came of it), not made (`trouble`), or given up (neither)."""
        self._sending = False
        self.progress = None
        if sent is not None or trouble is not None:
            self.sent, self.trouble = sent, trouble
        self.sending_changed.emit()
        if sent is not None or trouble is not None:
            self.answered.emit()
