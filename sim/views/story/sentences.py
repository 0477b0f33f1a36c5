"""One sentence for each kind of event in a replication's log."""

from __future__ import annotations

import math
from datetime import date
from typing import Final

from sim.views.story.bundle import Bundle, Sentences
from sim.views.story.mechanisms import economies, leaders
from sim.views.story.mechanisms.registry import SENTENCES
from sim.views.story.names import Names, Proposals
from sim.views.wording import count_of, iso_to_long, listing, long_date, month_year

WORDINGS: Final = {
    "none": "no rule on how many CCGs a system has",
    "typically": "a system will “typically” have one CCG",
    "expected": "one CCG per system is expected",
    "required": "one CCG per system is required",
}
RUNGS: Final = {
    "separate": "work separately again",
    "committees_in_common": "meet as committees in common",
    "shared_officer": "share one accountable officer",
    "joint_team": "run one joint management team",
}
STANCES: Final = {
    "support": "in favour",
    "neutral": "neither for nor against",
    "oppose": "against",
    "none": "without advice",
    "unknown": "with no known view",
}
ADVICE: Final = {
    "support": "advice to vote for it",
    "neutral": "neutral advice",
    "oppose": "advice to vote against it",
    "none": "no advice",
}
ORIGINS: Final = {"local": "local leaders", "centre": "the centre"}
LMC_SAID: Final = {
    "support": "LMC advised in favour",
    "neutral": "LMC advised neither way",
    "oppose": "LMC advised against",
    "none": "no LMC advice",
}


def sentence(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    """Return what happened as one sentence; the system's name comes first where there is one.

    A kind without a sentence here is shown by its own name, so that no event is left out.
    """
    event = bundle.first
    text = _TELL.get(event.kind, _unknown)(bundle, names, proposals)
    if event.proposal:
        return f"{names.system(proposals.system(event.proposal))}: {text}"
    return _capital(text, bundle, names)


def _capital(text: str, bundle: Bundle, names: Names) -> str:
    """Return a sentence with a capital, unless a name that is written otherwise begins it."""
    first = {names.written(event.subject) for event in bundle.events} - {""}
    named = text.startswith(tuple(first))
    return text if named else text[:1].upper() + text[1:]


def wording_of(name: object) -> str:
    """Return a wording of the rule in plain words."""
    return WORDINGS.get(str(name), f"“{str(name).replace('_', ' ')}”")


def _why(reason: object) -> str:
    text = str(reason or "").replace("_", " ").strip()
    return f" ({text})" if text else ""


def _unknown(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    details = ", ".join(f"{key} {value}" for key, value in bundle.data.items())
    text = f"{names.body(bundle.first.subject)}: {bundle.first.kind.replace('_', ' ')}"
    return f"{text} ({details})." if details else f"{text}."


def _start(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return f"England starts with {count_of(int(bundle.data['ccgs']), 'CCG')}."


def _rule(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return (
        f"The national rule now reads: {wording_of(bundle.data.get('wording'))}"
        f"{_why(bundle.data.get('why'))}."
    )


def _letter(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    deadline = str(data.get("deadline") or "")
    until = f", by {iso_to_long(deadline)}" if deadline else ""
    wording = data.get("wording")
    says = f": {wording_of(wording)}" if wording else ""
    strength = float(data.get("strength", 0.0))
    return f"{bundle.first.subject} region writes to its CCGs{says}{until} (strength {strength:g})."


def _statement(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    why = _why(bundle.data.get("why"))
    return f"A national statement restores the word “typically”{why}."


def _belief(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    subjects = list(dict.fromkeys(event.subject for event in bundle.events))
    wording = wording_of(bundle.data.get("wording"))
    if len(subjects) == 1:
        return f"{_any_body(subjects[0], names)} now understands the rule as: {wording}."
    ccgs = sum(1 for subject in subjects if subject.split("+")[0] in names.ccg_codes)
    systems = sum(1 for subject in subjects if names.is_system(subject))
    others = len(subjects) - ccgs - systems
    counted = [
        count_of(number, noun)
        for number, noun in ((others, "region"), (systems, "system"), (ccgs, "CCG"))
        if number
    ]
    who = listing([_any_body(subject, names) for subject in subjects])
    crowd = who if len(subjects) <= 3 else listing(counted)
    crowd = _capital(crowd, bundle, names)
    when = "" if bundle.last_day == bundle.day else f" by {long_date(bundle.last_day)}"
    return f"{crowd} now understand the rule{when} as: {wording}."


def _any_body(subject: str, names: Names) -> str:
    return names.system(subject) if names.is_system(subject) else names.body(subject)


def _window_opens(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    deadline = iso_to_long(str(bundle.data.get("deadline", "")))
    return f"The window for applications opens; it closes on {deadline}."


def _window_closes(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    number = int(bundle.data.get("applications", 0))
    return f"The window for applications closes with {count_of(number, 'application')} received."


def _pause(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    verb = "stops" if bundle.first.kind == "pause_begins" else "starts again"
    return f"Work on mergers {verb} everywhere."


def _rung(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    subjects = list(dict.fromkeys(event.subject for event in bundle.events))
    does = RUNGS.get(str(bundle.data.get("rung")), str(bundle.data.get("rung")))
    if len(subjects) == 1:
        also = " with others" if bundle.data.get("rung") != "separate" else ""
        plural = does.replace("share", "shares", 1).replace("run ", "runs ", 1)
        plural = plural.replace("meet as", "sits in", 1).replace("work ", "works ", 1)
        return f"{names.body(subjects[0])} now {plural}{also}."
    who = names.bodies(subjects, 8)
    within = "" if bundle.day == bundle.last_day else f" (during {month_year(bundle.day)})"
    return f"{who} now {does}{within}."


def _leader(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    why = leaders.EXITS.get(str(bundle.data.get("reason")), "leaves")
    did = f"{why}; the post is vacant" if bundle.first.kind == "leader_left" else "is appointed"
    return f"{names.system(bundle.first.subject)}: the system's leader {did}."


def _satisfaction(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return f"{names.system(bundle.first.subject)} is known to work well as it is."


def _mooted(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data, event = bundle.data, bundle.first
    footprint = tuple(data.get("footprint", ()))
    who = ORIGINS.get(str(data.get("origin")), "someone")
    known = str(data.get("known_since") or "")
    what = f"merging {names.bodies(footprint)}"
    if known:
        text = f"{what} has been under discussion in public since {_month(known)}"
    elif data.get("parent"):
        text = f"after the failed attempt {who} propose a narrower one, {what}"
    else:
        text = f"{who} {'suggests' if who == 'the centre' else 'suggest'} {what}"
    plan = proposals.plan(event.proposal)
    kind = "" if plan.startswith("the plan to merge") else f"; {plan}"
    return f"{text} [{event.proposal}]{kind}."


def _month(iso: str) -> str:
    try:
        return month_year(date.fromisoformat(iso))
    except ValueError:
        return iso


def _drafted(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return f"leaders have drafted {proposals.plan(bundle.first.proposal)}."


def _by_stance(bundle: Bundle) -> list[tuple[str, list[str]]]:
    """Return (stance, who) of a crowd of advisers or councils, in order of first appearance."""
    found: dict[str, list[str]] = {}
    for event in bundle.events:
        who = found.setdefault(str(event.data.get("stance")), [])
        if event.subject not in who:
            who.append(event.subject)
    return list(found.items())


def _advice(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    parts = []
    for stance, who in _by_stance(bundle):
        one = len(who) == 1
        named = listing([name if "LMC" in name else f"{name} LMC" for name in who])
        what = ADVICE.get(stance, stance)
        parts.append(f"{named} {'gives' if one else 'give'} members {what}")
    return "; ".join(parts) + "."


def _council_view(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    parts = []
    for stance, who in _by_stance(bundle):
        # the registers write "Bristol, City of"; a reader says Bristol
        plain = [name.removesuffix(", City of").removesuffix(", County of") for name in who]
        noun, verb = ("council", "is") if len(who) == 1 else ("councils", "are")
        parts.append(f"the {noun} of {listing(plain)} {verb} {STANCES.get(stance, stance)}")
    return "; ".join(parts) + "."


def _share_expected(log_odds: object) -> str:
    """Return leaders' estimate of support, in log-odds, as per cent of practices that vote."""
    bounded = max(min(float(str(log_odds)), 50.0), -50.0)
    return f"about {100 / (1 + math.exp(-bounded)):.0f}%"


def _engaged(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    seen = {"local": "a local idea", "centre": "driven from the centre"}
    origin = seen.get(str(bundle.data.get("perceived_origin")), "of unclear origin")
    text = f"engagement on {proposals.plan(bundle.first.proposal)} starts; members see it as"
    text += f" {origin}"
    chance = dict(bundle.first.terms).get("perceived_centre")
    if chance is not None:
        text += (
            f" (the probability of being seen as driven from the centre was {100 * chance:.0f}%)"
        )
    return f"{text}."


def _ballot_called(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    text = f"leaders call the ballots on {proposals.plan(bundle.first.proposal)}"
    if "expected" in bundle.data:
        text += f"; they expect {_share_expected(bundle.data['expected'])} in favour across the "
        text += "CCGs"
    return f"{text}."


def _postponed(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    text = f"leaders postpone the ballots on {proposals.plan(bundle.first.proposal)}"
    if "expected" in bundle.data:
        text += f"; they expect only {_share_expected(bundle.data['expected'])} in favour across "
        text += "the CCGs"
    return f"{text}."


def _ballot(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    data = bundle.data
    carried, quorate = bool(data["carried"]), bool(data["quorate"])
    ayes, noes = int(data["votes_for"]), int(data["votes_against"])
    again = "in a re-ballot, " if int(data.get("attempt", 1)) > 1 else ""
    members = f"{again}members of {names.body(bundle.first.subject)}"
    if carried:
        text = f"{members} vote for the merger, {ayes} to {noes}"
    elif noes == ayes:
        text = f"{members} do not approve the merger, with {ayes} votes on each side"
    elif noes > ayes:
        text = f"{members} vote against the merger, {noes} to {ayes}"
    else:
        text = f"{members} do not approve the merger, with {ayes} for and {noes} against"
    notes = [f"{int(data['abstained'])} of {int(data['practices'])} practices did not vote"]
    notes.append("quorate" if quorate else "not quorate")
    weights = (round(float(data["weight_for"])), round(float(data["weight_against"])))
    if weights != (ayes, noes):
        notes.append(f"weighted {weights[0]:,} for, {weights[1]:,} against")
    notes.append(LMC_SAID.get(str(data.get("lmc_advice")), "LMC advice unknown"))
    return f"{text} ({'; '.join(notes)})."


def _balloted(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    plan = proposals.plan(bundle.first.proposal)
    if bundle.data.get("carried"):
        return f"the members have approved {plan}."
    return f"the members have not approved {plan}."


def _applied(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    window = str(bundle.data.get("window") or "")
    until = f", for the window that closes on {iso_to_long(window)}" if window else ""
    return f"the CCGs apply for approval of {proposals.plan(bundle.first.proposal)}{until}."


def _assessed(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    waited = round(float(bundle.data.get("waited", 0.0)))
    queue = f"after {count_of(waited, 'day')} in the queue" if waited else "without delay"
    return f"the regional panel ({bundle.first.subject}) has assessed the application {queue}."


def _decided(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    decision = str(bundle.data.get("decision"))
    verb = {
        "approved": "approves",
        "approved_with_conditions": "approves with conditions",
        "deferred": "defers",
        "refused": "refuses",
    }.get(decision, decision)
    decider = bundle.first.subject  # the centre, or a system that decides itself
    if decider != "NHS England":
        decider = names.system(decider)
    failed = economies.failed_tests(bundle)
    return f"{decider} {verb} {proposals.plan(bundle.first.proposal)}{failed}."


def _conditions(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return "the conditions of the approval are met."


def _merged(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    parts = tuple(bundle.data["parts"])
    home = str(bundle.data.get("system", ""))
    ours = proposals.system(bundle.first.proposal) if bundle.first.proposal else ""
    where = f", which belongs to {names.system(home)}" if home and home != ours else ""
    return f"{names.bodies(parts)} become one CCG{where}."


def _effective(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    return "the merger takes effect."


def _ended(bundle: Bundle, names: Names, proposals: Proposals) -> str:
    verb = {
        "withdrawn": "is withdrawn",
        "lost": "is lost at the ballot",
        "refused": "ends because it was refused",
        "lapsed": "lapses",
    }[bundle.first.kind]
    reason = _why(names.in_text(str(bundle.data.get("reason") or "")))
    return f"{proposals.plan(bundle.first.proposal)} {verb}{reason}."


_TELL: Final[Sentences] = {
    "start": _start,
    "rule": _rule,
    "letter": _letter,
    "statement": _statement,
    "belief": _belief,
    "window_opens": _window_opens,
    "window_closes": _window_closes,
    "pause_begins": _pause,
    "pause_ends": _pause,
    "rung": _rung,
    "leader_left": _leader,
    "leader_joined": _leader,
    "satisfaction": _satisfaction,
    "mooted": _mooted,
    "drafted": _drafted,
    "advice": _advice,
    "council_view": _council_view,
    "engaged": _engaged,
    "ballot_called": _ballot_called,
    "postponed": _postponed,
    "ballot": _ballot,
    "balloted": _balloted,
    "applied": _applied,
    "assessed": _assessed,
    "decided": _decided,
    "conditions_met": _conditions,
    "merged": _merged,
    "effective": _effective,
    "withdrawn": _ended,
    "lost": _ended,
    "refused": _ended,
    "lapsed": _ended,
    **SENTENCES,
}
