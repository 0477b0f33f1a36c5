"""England, loaded once."""

from __future__ import annotations

import pytest

from sim.world import World, load_world


@pytest.fixture(scope="session")
def england() -> World:
    return load_world()
