"""Rules beside the chain: leaders, councils and place leaders."""

from __future__ import annotations

from typing import Final

from sim.rules.influence import Influence

INFLUENCES: Final[tuple[Influence, ...]] = ()
