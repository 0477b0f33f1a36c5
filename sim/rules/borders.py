"""Rules beside the chain: exemptions, splits and mergers of systems."""

from __future__ import annotations

from typing import Final

from sim.rules.influence import Influence

INFLUENCES: Final[tuple[Influence, ...]] = ()
