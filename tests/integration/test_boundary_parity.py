"""The same test file gives the same flags in the submission's process (otter) and across the boundary (examiner)."""

import pytest

from tests.integration.boundary import examine, exception_file, flags, ok_file, run_locally
from tests.integration.boundary_parity import DOCTESTS, PARITY
from tests.integration.boundary_parity_wide import WIDE

pytestmark = [pytest.mark.filterwarnings("default"), pytest.mark.filterwarnings("ignore:The inplace")]


ENTRIES = [*PARITY, *WIDE]


@pytest.mark.parametrize(("source", "parameters", "bodies"), [p[1:] for p in ENTRIES], ids=[p[0] for p in ENTRIES])
def test_exception_based(source: str, parameters: str, bodies: list[str]) -> None:
    """Cases run on their own: otter would stop at a `SystemExit`."""
    local = (
        [run_locally(source, exception_file(body, parameters=parameters)) for body in bodies]
        if "env" not in parameters
        else None
    )
    if local is None:
        expected, messages = run_locally(source, exception_file(*bodies, parameters=parameters))
        outcome = examine(source, exception_file(*bodies, parameters=parameters))
        found, said = flags(outcome.test_file), [case.message for case in outcome.cases]
    else:
        expected, messages = [flag for (flag,), _ in local], [message for _, (message,) in local]
        outcomes = [examine(source, exception_file(body, parameters=parameters)) for body in bodies]
        found, said = [o.cases[0].passed for o in outcomes], [o.cases[0].message for o in outcomes]
    assert found == expected, [m for m, a, b in zip(said, found, expected, strict=True) if a != b]
    assert said == messages


@pytest.mark.parametrize(("source", "codes"), [d[1:] for d in DOCTESTS], ids=[d[0] for d in DOCTESTS])
def test_doctests(source: str, codes: list[str]) -> None:
    expected, _ = run_locally(source, ok_file(*codes))
    outcome = examine(source, ok_file(*codes))
    assert flags(outcome.test_file) == expected, [case.message for case in outcome.cases]
