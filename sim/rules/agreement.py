"""Who must agree for a proposal to go on: every CCG, more than half of them, or only the leader.

The lever ``force.decision_rule`` chooses one of ``DECISION_RULES``. It asks the governing bodies
first and the members again after the ballots. Under majority and leader a proposal that has enough
goes on with its whole footprint, and every CCG that did not take part, or did not carry its last
ballot, is *overruled* and alienated (``alienation_after``). Under leader leaders also call the
ballot without a look, and reckon with no refusal when they choose a footprint; members vote all the
same. ``ballot.all_must_carry`` lets a majority of CCGs carry the vote without overruling the
governing bodies before it; where either lever lets the proposal stand, it stands. A new rule needs
a value of the lever, a function that counts and an entry in the table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple


class DecisionRule(NamedTuple):
    """One way in which CCGs decide together on a proposal.

    ``agreed`` says whether enough of those asked agree, from the number that agree and the number
    asked. Under ``leader_alone`` governing bodies need not be willing and leaders need not fear a
    ballot. Where ``overrules`` holds, the CCGs that disagreed are overruled, and may be alienated.
    """

    agreed: Callable[[int, int], bool]
    leader_alone: bool = False
    overrules: bool = True


def all_agree(agreeing: int, asked: int) -> bool:
    """Return whether every CCG asked agrees: none is merged against its will.

    Assumed as the rule of the rounds on record, in which CCGs applied to merge together.
    """
    return agreeing == asked


def most_agree(agreeing: int, asked: int) -> bool:
    """Return whether more than half of the CCGs asked agree.

    Source: HSJ, mid 2016 (an NHS equivalent of combined authorities, which decide for their
    members by majority).
    """
    return 2 * agreeing > asked


def leader_decides(_agreeing: int, _asked: int) -> bool:
    """Return that the proposal goes on whoever agrees: the system's leader decides alone.

    Source: HSJ, mid 2016 (row 98).
    """
    return True


DECISION_RULES: Final[Mapping[str, DecisionRule]] = {
    "unanimity": DecisionRule(all_agree, overrules=False),
    "majority": DecisionRule(most_agree),
    "leader": DecisionRule(leader_decides, leader_alone=True),
}
"""By the values of the lever ``force.decision_rule``."""
