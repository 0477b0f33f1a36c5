"""R-hat and effective sample size: disagreement is seen, and without ArviZ nothing begins."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from sim.errors import InputError
from sim.evidence.convergence import effective_sample_size, r_hat
from sim.evidence.extras import require


def test_chains_that_agree_and_chains_that_do_not() -> None:
    draws = np.random.default_rng(2).standard_normal((4, 400, 2))
    draws[:, :, 1] += np.arange(4)[:, None]
    same, apart = r_hat(draws)
    assert same < 1.01
    assert apart > 1.5
    whole, little = effective_sample_size(draws)
    assert 1000 < whole < 2200
    assert little < 20


def test_chains_with_one_middle_and_other_spreads_do_not_agree() -> None:
    """Which the R-hat of plain draws does not see (Vehtari and others, 2021)."""
    draws = np.random.default_rng(3).standard_normal((4, 400, 1))
    draws[0] *= 4.0
    assert r_hat(draws)[0] > 1.1


def test_a_slow_chain_is_worth_few_draws() -> None:
    rng = np.random.default_rng(2)
    slow = np.zeros((4, 400, 1))
    for t in range(1, 400):
        slow[:, t, 0] = 0.9 * slow[:, t - 1, 0] + rng.standard_normal(4)
    # an autoregression of 0.9 is worth (1 - 0.9) / (1 + 0.9) of its draws: 84 of 1,600
    assert 40 < effective_sample_size(slow)[0] < 170


def _fit(folder: Path) -> None:
    from sim.evidence.fit import FitSettings, fit

    fit((), FitSettings(folder, 1, 1), ballots=False, checks=1)


def _fit_ballots(folder: Path) -> None:
    from sim.evidence.ballots import fit_ballots

    fit_ballots(1, chains=1, warm_up=1, kept=1)  # few, so that a fit which begins ends soon


@pytest.mark.parametrize("begin", [_fit, _fit_ballots], ids=["waves", "ballots"])
def test_a_fit_without_the_library_is_refused_before_it_begins(
    begin: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "arviz_stats.base", None)
    with pytest.raises(InputError, match=r"package arviz-stats, .*\[analysis\]"):
        begin(tmp_path)
    assert not list(tmp_path.iterdir())


def test_the_name_to_install_is_told_where_it_differs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(InputError, match="package scikit-learn,"):
        require("sklearn.linear_model")
