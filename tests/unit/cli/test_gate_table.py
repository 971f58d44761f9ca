"""The table of many releases: an instructor sees at a glance which may go out, and why another may not."""

import pytest

from mlsafety_grader.cli import commands, console
from mlsafety_grader.gate import Control, GateReport
from mlsafety_grader.gate.run import VariantScore


def variant(purpose: str, earned: float) -> VariantScore:
    return VariantScore(
        name="v", purpose=purpose, question="q1", meaning="", earned=earned, possible=2, total=earned,
        caught_by_public=False,
    )  # fmt: skip


def gate(slug: str, *, passed: bool) -> GateReport:
    return GateReport(
        slug=slug,
        release_id="0" * 16,
        passed=passed,
        points=30,
        cases=12,
        seconds=3.25,
        memory_mib=340.4,
        controls=(
            Control(name="solution", passed=True, found=""),
            Control(name="mutants", passed=passed, found=""),
            Control(name="rebuild", passed=passed, found=""),
        ),
        variants=(variant("mutant", 1), variant("mutant", 1 if passed else 2), variant("alternative", 2)),
    )


def test_one_row_a_release_in_80_columns(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(console.out, "_width", 80)
    commands._show_gates([gate("capabilities_externalities", passed=True), gate("trojans", passed=False)])
    shown = capsys.readouterr().out
    rows = {line.split()[0]: line.split()[1:] for line in shown.splitlines() if "/" in line}
    assert rows["capabilities_externalities"] == ["30", "12", "2/2", "1/1", "3.2", "340", "passed"]
    assert rows["trojans"][:5] == ["30", "12", "1/2", "1/1", "3.2"]
    assert rows["trojans"][-1] == "FAILED"
    assert "trojans: mutants, rebuild" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert all(heading in shown for heading in ("cases", "mutants", "altern.", "MiB"))
    assert "1 of 2 may be released" in shown
