"""Every deliberate mistake is caught by its case (fixed seed, part of the routine replications)."""

from __future__ import annotations

import pytest

from tests.oracles.wrong import WRONG, Wrong


@pytest.mark.slow
@pytest.mark.parametrize("wrong", WRONG, ids=lambda wrong: f"{wrong.case}: {wrong.what}")
def test_mistake_is_caught(wrong: Wrong) -> None:
    assert wrong.caught() is not None, f"{wrong.case} does not notice that {wrong.what}"
