"""No program that a test has started outlives it, also where the test fails."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.faults.programs import end_all


@pytest.fixture(autouse=True)
def programs_end() -> Iterator[None]:
    yield
    if sys.platform == "linux":
        end_all()
