"""The published tests of a merger application, each judged by itself.

With ``approval.criteria`` published, the decision of the centre is replaced. Each test of ``TESTS``
has a gap (``gaps_of``) and a chance of failing at a gap of 1 (``fail_coterminosity`` to
``fail_durability``). It is passed with ``passing_chance``, where the strictness is the sum of the
effects on approval, plus ``approval_part_hard`` for the footprint test under the hard rule (not in
an exempt system). Each test has its own draw; ``judge`` decides on what has failed. The savings
target is the announced one of the footprint's patients, the saving ``fixed_cost`` x (members - 1);
votes against are counted over the last ballot of each CCG (0 without votes).
``approval_probability``, ``approval_unready`` and ``approval_defer`` do not act.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Final

from sim.agents.events import EventKind
from sim.rules import approval
from sim.rules.logistic import happens
from sim.rules.mechanisms import economies as economy_rules
from sim.streams import purposes

if TYPE_CHECKING:
    from sim.agents.replication import Replication
    from sim.rules.effect import FootprintFacts


EVENTS: Final[Mapping[str, EventKind]] = {}


def activate(replication: Replication) -> None:
    """Let the centre judge each published test by itself, where the lever has it do so."""
    if replication.levers.approval.criteria == "published":
        replication.hooks.judge = partial(assess, replication)


def assess(
    replication: Replication, ordinal: int, system: int, facts: FootprintFacts, strictness: float
) -> approval.Ruling:
    """Apply every published test to one application and judge what has failed.

    The terms are the log of the chance of passing each; their sum is that of approval. Each test
    has its own draw: one attempt per application and test.
    """
    p, streams = replication.parameters, replication.streams
    target = economy_rules.announced_target(facts.patients) / 1e6
    gaps = approval.gaps_of(facts, savings_target=target)
    failing = (
        p.fail_coterminosity,
        p.fail_footprint,
        p.fail_members,
        p.fail_leadership,
        p.fail_finance,
        p.fail_savings,
        p.fail_durability,
    )
    ruled = replication.levers.force.hard_rule and not facts.exempt
    hard = p.approval_part_hard if ruled else 0.0
    failed, terms = [], []
    for number, (test, gap, chance) in enumerate(zip(approval.TESTS, gaps, failing, strict=True)):
        shift = strictness + (hard if test == "footprint" else 0.0)
        passing = approval.passing_chance(gap, chance, shift)
        attempt = ordinal * len(approval.TESTS) + number
        if not happens(streams.uniform(purposes.APPROVAL_TEST, system, attempt), passing):
            failed.append(test)
        terms.append((test, approval.log_chance(passing)))
    return approval.Ruling(approval.judge(failed), tuple(terms), tuple(failed))
