"""What the grower report shows that another method made."""

from __future__ import annotations

BEHAVIOURS = {"grower.report.get": "test_a_shipped_line_is_in_the_report"}
