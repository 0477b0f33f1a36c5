"""Shared results of a made-up batch on England's map, drawn once with seed 1."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.views.plots.geography import Geography, load_geography
from tests.views.synthetic import Tables, make_tables, write_results


@pytest.fixture(scope="session")
def geography() -> Geography:
    found = load_geography("england_2019")
    assert found is not None
    return found


@pytest.fixture(scope="session")
def tables(geography: Geography) -> Tables:
    return make_tables(geography)


@pytest.fixture(scope="session")
def results_folder(tables: Tables, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_results(tables, tmp_path_factory.mktemp("batch") / "main", world="england_2019")
