"""The page of places: what the sources say, what a batch gives, and what weighed there."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sim.evidence.record import LAST_DAY, Case, NamedPlace
from sim.experiment.reasons import Decision, Reason
from sim.records.markdown import code, plain, row
from sim.views.story.names import term_label
from sim.views.wording import (
    count_of,
    iso_to_long,
    listing,
    long_date,
    month_year,
    percent,
    signed,
)
from sim.world.model import CCG, World

LABELS: Final = {
    "p_proposal": "a proposal",
    "p_lost_ballot": "a lost ballot",
    "p_any_merger": "a merger of any of its CCGs",
    "p_one_ccg": "all its CCGs in one body",
}
STAGES: Final[dict[Decision, tuple[str, str]]] = {
    "start": ("when proposals start", "a start was {} as likely, other things equal"),
    "footprint": (
        "in the choice of partners",
        "the odds of the chosen footprints were {} as high",
    ),
    "consent": ("in governing bodies' consent", "the odds of consent were {} as high"),
    "call": (
        "in what leaders expected of members",
        "leaders put the odds of a yes {} as high",
    ),
    "ballot": ("in the ballots", "the odds that a practice votes yes were {} as high"),
    "approval": ("in the national decision", "the odds of approval were {} as high"),
}
VOTES: Final = {
    "for": "members were for it",
    "against": "members were against it",
    "mixed": "members were divided",
    "not_held": "no ballot was held",
}
STANCES: Final = {
    "support": "in favour",
    "neutral": "neither for nor against",
    "mixed": "divided",
    "oppose": "against",
}
OUTCOMES: Final = {
    "merged": "merged",
    "dropped": "dropped",
    "refused": "refused",
    "postponed": "postponed",
    "open": f"undecided on {long_date(LAST_DAY)}",
    "boundary_moved": "a boundary was moved",
}


@dataclass(frozen=True, slots=True)
class PlaceReport:
    """Everything that the page says about one place.

    ``chances`` and ``beside`` are probabilities by 1 April and kind, of the place and the mean of
    the places it is compared with; ``compared`` says in words which those are.
    """

    place: NamedPlace
    cases: tuple[Case, ...]
    chances: Mapping[date, Mapping[str, float]]
    beside: Mapping[date, Mapping[str, float]]
    compared: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What the page says about the run: scenario, hashes, numbers, the command that made it."""

    scenario: str
    question: str
    scenario_digest: str
    world_digest: str
    replications: int
    reruns: int
    seed: int
    version: str
    command: str
    fitted: bool


def places_page(reports: Sequence[PlaceReport], world: World, facts: PageFacts) -> str:
    """Return the whole page in Markdown."""
    lines = [
        "# Places that the sources name",
        "",
        (
            f"**A probability is not an endorsement.** This page says how often a simulation of "
            f"{code(facts.scenario)} went one way in a place, not what the place should do. No "
            "rule of the model knows a place: places differ only by their starting facts and by "
            f"chance. Nothing that became known about any place after {long_date(LAST_DAY)} is in "
            "the model, its evidence or this page."
        ),
        "",
        (
            f"{code(facts.scenario)} asks: {plain(facts.question)} The tables show "
            f"percentages of {facts.replications:,} replications (50% is accurate to about "
            f"{_margin(facts.replications)} points either way), with the mean of comparable places "
            "in brackets. "
            + (
                "The parameters were fitted to rounds up to 1 April 2020, so the row for that day "
                "is not an independent test. "
                if facts.fitted
                else ""
            )
            + "A proposal, a lost ballot or a merger counts if any of the place's CCGs was in it."
        ),
        "",
        (
            "**Reasons** are terms of the model's own rules, from the logs of "
            f"{facts.reruns:,} of the same replications. The page lists the three that set a place "
            "apart most: the difference between its mean and the mean over all other systems, "
            "times the share of replications in which the place took that decision. Where the "
            "answer to a yes or no is almost certain, the terms count less (by 4p(1 - p)). Terms "
            "are natural logarithms of rates or odds. We list a reason only if the difference is "
            "more than four standard errors from zero. Terms called unmeasured are differences "
            "that no data explain. Reasons say what counted in the model, which may not be what "
            "counted in the place."
        ),
        "",
        (
            f"Made by {code(facts.command)}; results version {facts.version}, scenario "
            f"{facts.scenario_digest[:12]}, world {facts.world_digest[:12]}, seed {facts.seed}."
        ),
    ]
    for report in reports:
        lines += ["", *place_lines(report, world)]
    return "\n".join(lines) + "\n"


def place_lines(report: PlaceReport, world: World) -> list[str]:
    """Return the part of the page about one place."""
    place = report.place
    rows = listing([str(number) for number in place.mechanisms])
    shown = [chance for chance in LABELS if chance != "p_one_ccg" or len(place.ccgs) > 1]
    lines = [
        f"## {plain(place.name)}",
        "",
        (
            f"**What the sources say.** {place.says} ({place.sources}; "
            f"[row{'' if len(place.mechanisms) == 1 else 's'} {rows}](mechanisms.md))"
        ),
        "",
        f"**On record.** {' '.join(map(case_sentence, report.cases)) or 'No attempt to merge.'}",
        "",
        f"**On 1 June 2019.** {own_numbers(place, world)}",
        "",
        row(["by", *(LABELS[chance] for chance in shown)]),
        "|" + " --- |" * (1 + len(shown)),
    ]
    for day in report.chances:
        cells = [
            f"{percent(report.chances[day][chance])} ({percent(report.beside[day][chance])})"
            for chance in shown
        ]
        lines.append(row([long_date(day), *cells]))
    lines += ["", f"In brackets: the mean of {report.compared}.", ""]
    if place.whole and len(place.ccgs) == 1:
        lines.append("**Strongest reasons.** It began as one CCG: nothing was left to merge.")
        return lines
    if not report.reasons:
        lines.append(
            "**Strongest reasons.** None: no decision was taken here often enough to set the "
            "place apart."
        )
        return lines
    lines += ["**Strongest reasons.**", ""]
    lines += [f"{n}. {reason_sentence(one)}" for n, one in enumerate(report.reasons, start=1)]
    return lines


def reason_sentence(reason: Reason) -> str:
    """Return one reason in words: the term, the place's mean and the average, how often."""
    stage, effect = STAGES[reason.decision]
    label = term_label(reason.term)
    return (
        f"{label[:1].upper()}{label[1:]}, {stage}: {signed(reason.mean, 2)} here, "
        f"{signed(reason.average, 2)} on average, so {effect.format(_times(reason))}. "
        f"This applied in {percent(reason.frequency)}% of replications."
    )


def _times(reason: Reason) -> str:
    return f"{math.exp(max(-5.0, min(5.0, reason.difference))):.2g} times"


def case_sentence(case: Case) -> str:
    """Return one case of the register in words, with a link to its source."""
    what = f"`{case.case}`, {count_of(len(case.ccgs), 'CCG')}"
    if case.kind == "position":
        return f"{what} publicly against one CCG per system ([source]({case.source}))."
    parts = []
    if case.first_public:
        parts.append(f"public since {_month(case.first_public)}")
    if case.target:
        parts.append(f"aimed at {_month(case.target)}")
    if case.vote in VOTES:
        counted = ""
        if case.ballots_held is not None:
            counted = f" ({case.ballots_carried} of {case.ballots_held} CCGs carried it)"
        parts.append(VOTES[case.vote] + counted)
    if case.lmc in STANCES:
        parts.append(f"the local medical committee was {STANCES[case.lmc]}")
    if case.council in STANCES:
        parts.append(f"councils were {STANCES[case.council]}")
    when = f" in {_month(case.outcome_month)}" if case.outcome_month else ""
    parts.append(OUTCOMES[case.outcome] + when)
    return f"{what}: {'; '.join(parts)} ([source]({case.source}))."


def _month(text: str) -> str:
    if len(text) == 7:
        return month_year(date(int(text[:4]), int(text[5:]), 1))
    return iso_to_long(text)


def own_numbers(place: NamedPlace, world: World) -> str:
    """Return a place's facts on the first day, as the rules get them."""
    ccgs = [ccg for ccg in world.ccgs if ccg.code in place.ccgs]
    system = next(system for system in world.systems if system.code == place.system)
    groups: dict[str, int] = {}
    for ccg in ccgs:
        if ccg.officer_group:
            groups[ccg.officer_group] = groups.get(ccg.officer_group, 0) + 1
    patients, residents = sum(c.patients for c in ccgs), sum(c.residents for c in ccgs)
    opposed = [i for i, council in enumerate(world.councils) if council.stance == "oppose"]
    under = sum(c.residents * share for c in ccgs for i, share in c.council_shares if i in opposed)
    several = len(ccgs) > 1
    sharing = max(groups.values(), default=0)
    facts = [
        f"{count_of(len(ccgs), 'CCG')} with {patients:,} patients",
        _of(sharing, ccgs, "under one accountable officer" if several else "sharing an officer"),
        _of(sum(ccg.distress != "none_known" for ccg in ccgs), ccgs, "in distress"),
        _of(sum(ccg.matched_council >= 0 for ccg in ccgs), ccgs, "matching one council"),
    ]
    if under > 0.005 * residents:
        share = percent(under / residents)
        facts.append(f"{share}% of residents under councils known to be opposed")
    if system.leader_dedicated:
        facts.append("a full-time system leader")
    live = [
        one
        for one in world.live_proposals
        if any(world.ccgs[index].code in place.ccgs for index in one.ccgs)
    ]
    facts += [
        f"a proposal of {count_of(len(one.ccgs), 'CCG')} {one.stage}, public since "
        f"{month_year(one.known_since)}"
        for one in live
    ]
    text = "; ".join(facts if live else [*facts, "no public proposal"])
    return f"{text[:1].upper()}{text[1:]}."


def _of(part: int, ccgs: Sequence[CCG], what: str) -> str:
    """Say how many of a place's CCGs are something."""
    if len(ccgs) == 1:
        return what if part else f"not known to be {what}"
    if part == 0:
        return f"none known to be {what}"
    return f"{'all' if part == len(ccgs) else f'{part} of {len(ccgs)}'} {what}"


def _margin(replications: int) -> str:
    return f"{196 * math.sqrt(0.25 / replications):.0f}"
