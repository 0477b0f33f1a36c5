"""Rules of mechanisms: what bodies hear and are made to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sim.rules.effect import BodyFacts, Effect, FootprintFacts, SystemFacts

if TYPE_CHECKING:
    from sim.scenario.levers import Levers
    from sim.scenario.parameters import Parameters

NOT_YET: Final = "stp"  # the one status of a system that is neither an ICS nor devolved


def becomes_ics(rule: str, ccgs: int, exempt: bool) -> bool:
    """Return whether a system is made an ICS on its day, or at a later review.

    ``rule`` is by_deadline or conditional. Source: Long Term Plan (an ICS everywhere by April
    2021); HSJ, October 2019 (to be a good ICS there must be only one CCG).
    """
    return rule == "by_deadline" or ccgs == 1 or exempt


def _status(levers: Levers, p: Parameters, facts: SystemFacts) -> float:
    """Return what the prospect of becoming an ICS does for starting in a system that is none.

    Source: row 12 (HSJ, October 2019); size: the lower end of priors.md section 6 for an explicit
    expectation.
    """
    del levers
    return p.start_ics_status if facts.ics_status == NOT_YET else 0.0


def _salience(levers: Levers, p: Parameters, facts: BodyFacts) -> float:
    """Return what members make of the proposals lost in England so far in the run.

    Source: row 36; priors.md section 4 (spill-over -0.1 to 0 per visible refusal).
    """
    return levers.information.salience * p.support_salience * facts.proposals_lost


def _presumption(levers: Levers, p: Parameters, facts: FootprintFacts) -> float:
    """Return what a presumption against mergers takes from approval, or from passing each test.

    Source: row 64; size assumed.
    """
    del levers, facts
    return p.approval_presumption


EFFECTS: Final[tuple[Effect, ...]] = (
    Effect(
        "ics_status", "start", lambda levers: levers.information.ics_rule == "conditional", _status
    ),
    Effect(
        "visible_refusals", "support", lambda levers: levers.information.salience > 0.0, _salience
    ),
    Effect(
        "presumption_against",
        "approval",
        lambda levers: levers.approval.presumption_against,
        _presumption,
    ),
)
