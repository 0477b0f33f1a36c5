"""The merger itself: parts dissolve, one body takes over their practices, officer and map.

The new body takes the lowest id among its parts; belongs to the system that holds most of its
patients (ties: the first); and adds up patients and residents. Council and LMC shares are weighted
by residents; its voters are all its parts' voters; its ballot rule and its belief are those of its
largest part; autonomy and distress are patient-weighted means. It counts as matching its main
council if no other living body has the same one. It keeps an officer group that all parts shared,
unless no other body is left in it; it stands on rung shared_officer if it keeps a group, otherwise
on separate; its officer counts as known. An officer group left with one body is dissolved.
Neighbours are those of the parts; counters are the parts' maxima. Then the systems touched list
their bodies and candidates anew and reconsider. The body is free and may merge again.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import TYPE_CHECKING

from sim.adding import add_up
from sim.agents import ccg as ccgs
from sim.agents.replication import LivingCCG, Replication
from sim.world.footprints import systems_touched

if TYPE_CHECKING:
    from sim.agents.system import System


def merge(
    replication: Replication,
    parts: Sequence[LivingCCG],
    proposal_id: str,
    systems: Sequence[System],
) -> LivingCCG:
    """Dissolve the parts and set up the body that follows them; returns it.

    It belongs to the system that holds most of its patients, holds all practices, keeps an
    officer whom all parts shared with others outside, votes under the rule of its largest part,
    and its governing body has the parts' mean taste for autonomy, by patients (assumed).
    """
    ids = sorted(part.id for part in parts)
    touched = systems_touched(replication.bodies, ids)
    on_map = replication.merge_on_map(ids)
    world = replication.world
    members = tuple(sorted(index for part in parts for index in part.members))
    patients = on_map.patients
    largest = max(parts, key=lambda part: (part.patients, -part.id))
    body = LivingCCG(
        id=on_map.id,
        name="+".join(sorted(world.ccgs[index].code for index in members)),
        members=members,
        system=on_map.system,
        patients=patients,
        residents=on_map.residents,
        voters=tuple(sorted(chain.from_iterable(part.voters for part in parts))),
        rule=largest.rule,
        rung="shared_officer" if on_map.officer_group else "separate",
        officer_group=on_map.officer_group,
        officer_known=True,
        distress=add_up(part.distress * part.patients for part in parts) / patients,
        matched_council=on_map.council if replication.mostly_in(on_map.council) == 1 else -1,
        council_shares=on_map.council_shares,
        lmc_shares=_lmc_shares(parts),
        autonomy=add_up(part.autonomy * part.patients for part in parts) / patients,
        belief=largest.belief,
        joined=max(part.joined for part in parts),
        ballots=max(part.ballots for part in parts),
        shared_since=max(part.shared_since for part in parts),
    )
    for index in ids:
        if index != body.id:
            del replication.ccgs[index]
        if replication.ladders:
            replication.ladders[index].stop()
    replication.ccgs[body.id] = body  # takes its lowest part's place: the order of ids is kept
    for group in {part.officer_group for part in parts} - {""}:
        left = [ccg for ccg in replication.ccgs.values() if ccg.officer_group == group]
        if len(left) == 1:  # an officer left with one body is shared no longer
            left[0].officer_group = replication.bodies[left[0].id].officer_group
    if replication.ladders:
        replication.ladders[body.id].adopt(body)
    ccgs.set_shortfall(replication, body)
    replication.write(
        "merged",
        body.name,
        proposal_id,
        parts=tuple(part.name for part in sorted(parts, key=lambda part: part.id)),
        system=replication.systems[body.system].code,
    )
    for notify in replication.listeners.merged:
        notify(body, parts, proposal_id)
    affected = {*touched, body.system, *(system.index for system in systems)}
    for index in sorted(affected):
        replication.systems[index].relist()
    replication.systems[body.system].add(body)
    for index in sorted(affected):
        replication.systems[index].reconsider()
    replication.rouse()
    for part in parts:
        part.proposal = None  # which holds the parts: a circle that would outlive the replication
    return body


def _lmc_shares(parts: Sequence[LivingCCG]) -> tuple[tuple[int, float], ...]:
    residents = sum(part.residents for part in parts)
    shares: dict[int, float] = {}
    for part in parts:
        for lmc, share in part.lmc_shares:
            shares[lmc] = shares.get(lmc, 0.0) + share * part.residents / residents
    return tuple(sorted(shares.items()))
