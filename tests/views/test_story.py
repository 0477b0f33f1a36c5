"""The story tells events by name and date, sums up crowds, and says where things stand."""

from __future__ import annotations

import re
from datetime import date

import pytest

from sim.agents.event_register import EVENTS
from sim.agents.log import Event, Terms
from sim.errors import InputError
from sim.views.story.names import main_reasons, term_label
from sim.views.story.sentences import _TELL, WORDINGS
from sim.views.story.story import story_lines
from sim.world import World, load_world

START = date(2019, 6, 1)
STAFFS = "E54000010"
PLAN = f"{STAFFS}-0"


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture(scope="module")
def members(world: World) -> tuple[str, ...]:
    return tuple(c.code for c in world.ccgs if world.systems[c.system].code == STAFFS)


def event(
    day: float, kind: str, subject: str, proposal: str = "", terms: Terms = (), **data: object
) -> Event:
    return Event(day, kind, subject, proposal, data, terms)


def ballot(day: float, ccg: str, ayes: int, noes: int, terms: Terms = (), **more: object) -> Event:
    data: dict[str, object] = {
        "attempt": 1,
        "practices": 26,
        "votes_for": ayes,
        "votes_against": noes,
        "abstained": 26 - ayes - noes,
        "weight_for": float(ayes),
        "weight_against": float(noes),
        "quorate": True,
        "carried": ayes > noes,
        "lmc_advice": "oppose",
    }
    return Event(day, "ballot", ccg, PLAN, data | more, terms)


def mooted(members: tuple[str, ...]) -> Event:
    return event(
        0, "mooted", STAFFS, PLAN, footprint=members, origin="local", parent="", known_since=""
    )


def test_a_lost_ballot_reads_as_in_the_press(world: World, members: tuple[str, ...]) -> None:
    terms = (("identity", -0.5), ("lmc_advice", -1.0), ("shared_officer", 0.1))
    events = (mooted(members), ballot(103.9, members[0], 4, 18, terms))
    lines = list(story_lines(events, world, START))
    assert "September 2019" in lines
    line = next(text for text in lines if "members of Cannock Chase" in text)
    assert line.startswith("  12 September 2019  Staffordshire and Stoke on Trent: ")
    assert re.findall(r"\d+", line.partition("Chase")[2].partition("Main reasons")[0]) == [
        *("18", "4"),
        *("4", "26"),
    ]
    assert "; quorate;" in line
    advice, identity = term_label("lmc_advice"), term_label("identity")
    assert line.endswith(f"Main reasons: {advice} -1.0, {identity} -0.5.")


@pytest.mark.parametrize(
    ("ayes", "noes", "more", "words"),
    [
        (18, 4, {}, "vote for the merger, 18 to 4"),
        (
            3,
            1,
            {"quorate": False, "carried": False},
            "do not approve the merger, with 3 for and 1 against",
        ),
        (3, 1, {"quorate": False, "carried": False}, "not quorate"),
        (11, 11, {}, "do not approve the merger, with 11 votes on each side"),
        (18, 4, {"attempt": 2}, "in a re-ballot, members of"),
        (18, 4, {"weight_for": 120000.0}, "weighted 120,000 for, 4 against"),
        (18, 4, {"lmc_advice": "none"}, "no LMC advice"),
    ],
)
def test_ballots_in_all_their_forms(
    world: World,
    members: tuple[str, ...],
    ayes: int,
    noes: int,
    more: dict[str, object],
    words: str,
) -> None:
    events = (mooted(members), ballot(9, members[0], ayes, noes, **more))
    assert words in "\n".join(story_lines(events, world, START))


def test_a_crowd_of_beliefs_is_one_line(world: World) -> None:
    events = tuple(
        event(12 + i / 100, "belief", ccg.code, wording="expected", terms=(("letter", 0.8),))
        for i, ccg in enumerate(world.ccgs[:90])
    )
    told = [line for line in story_lines(events, world, START) if WORDINGS["expected"] in line]
    assert len(told) == 1
    assert told[0].startswith("  13 June 2019 ")
    assert "90 CCGs" in told[0]
    assert told[0].endswith("Main reasons, on average: the region's letter +0.8.")


def test_crowds_of_different_wording_or_month_stay_apart(world: World) -> None:
    codes = [ccg.code for ccg in world.ccgs[:8]]
    events = [event(1, "belief", code, wording="typically") for code in codes[:3]]
    events += [event(2, "belief", code, wording="expected") for code in codes[3:6]]
    events += [event(40, "belief", code, wording="expected") for code in codes[6:]]
    lines = list(story_lines(events, world, START))
    assert [
        sum(WORDINGS[name] in line for line in lines) for name in ("typically", "expected")
    ] == [1, 2]


def test_a_system_s_story_leaves_the_others_out(world: World, members: tuple[str, ...]) -> None:
    other = next(system for system in world.systems if system.code == "E54000037")
    events = (
        event(0, "start", "England", ccgs=191),
        mooted(members),
        event(3, "mooted", other.code, f"{other.code}-0", footprint=(), origin="local"),
        event(4, "letter", "Midlands", strength=1.0, deadline="2021-04-01", wording="expected"),
        event(5, "letter", "London", strength=1.0, deadline="", wording="required"),
        event(6, "drafted", STAFFS, PLAN),
    )
    by_name = list(story_lines(events, world, START, system="staffordshire and stoke on trent"))
    by_code = list(story_lines(events, world, START, system=STAFFS))
    assert by_name == by_code
    text = "\n".join(by_code)
    assert "Midlands region writes" in text
    assert "by 1 April 2021" in text
    assert "London" not in text
    assert "Devon" not in text
    assert "England starts with 191 CCGs" in text


def test_an_unknown_system_is_refused_with_the_nearest(world: World) -> None:
    with pytest.raises(InputError, match="did you mean 'Lincolnshire'"):
        list(story_lines((), world, START, system="Lincolnshir"))


def test_it_ends_with_where_things_stand(world: World, members: tuple[str, ...]) -> None:
    new = "+".join(sorted(members[:3]))
    events = (
        mooted(members[:3]),
        event(305, "merged", new, PLAN, parts=members[:3], system=STAFFS),
        event(305, "effective", STAFFS, PLAN, body=new),
        event(400, "mooted", STAFFS, f"{STAFFS}-1", footprint=(new, members[3]), origin="centre"),
        event(1126, "end", "England", ccgs=189),
    )
    text = "\n".join(story_lines(events, world, START))
    assert "Where things stand on 1 July 2022" in text
    assert "England has 189 CCGs, one of them formed by merger since 1 June 2019" in text
    assert "Still open: one proposal: Staffordshire and Stoke on Trent" in text
    assert text.count("become one CCG") == 1
    local = "\n".join(story_lines(events, world, START, system=STAFFS))
    assert "has four CCGs: " in local
    assert "the merged CCG of Cannock Chase, East Staffordshire and North Staffordshire" in local


def test_a_merger_across_systems_says_where_it_went(world: World, members: tuple[str, ...]) -> None:
    neighbour = next(c.code for c in world.ccgs if world.systems[c.system].code == "E54000011")
    parts = (members[0], neighbour)
    home = "E54000011"
    events = (
        event(0, "mooted", home, f"{home}-0", footprint=parts, origin="local"),
        event(305, "merged", "+".join(sorted(parts)), f"{home}-0", parts=parts, system=home),
        event(1126, "end", "England", ccgs=190),
    )
    text = "\n".join(story_lines(events, world, START, system=STAFFS))
    assert "Part of it is now in the merged CCG of" in text
    assert "of Shropshire and Telford and Wrekin" in text


def test_every_kind_of_the_log_has_its_sentence() -> None:
    assert len(EVENTS) >= 60
    assert set(EVENTS) - {"end"} == set(_TELL)


def test_an_unknown_kind_is_told_by_its_own_name(world: World) -> None:
    events = (event(1, "moon_asked", STAFFS, parts="two"),)
    assert "moon asked (parts two)." in "\n".join(story_lines(events, world, START))


def test_terms_have_plain_names_and_signs() -> None:
    assert main_reasons((("a", 0.01), ("new_thing", -0.8), ("shared_officer", 1.42))) == (
        "shared officer +1.4, new thing -0.8"
    )
    assert main_reasons(()) == ""
    assert term_label("ballot.partner_distress") == "partners' financial distress"
    assert main_reasons((("a", 0.01),)) == ""


def test_engagement_calls_and_reasons_are_in_plain_words(
    world: World, members: tuple[str, ...]
) -> None:
    events = (
        mooted(members),
        event(5, "engaged", STAFFS, PLAN, (("perceived_centre", 0.6),), perceived_origin="centre"),
        event(5, "council_view", "Stoke-on-Trent", PLAN, stance="oppose"),
        event(5, "council_view", "Herefordshire, County of", PLAN, stance="neutral"),
        event(5, "council_view", "Staffordshire", PLAN, stance="neutral"),
        event(6, "postponed", STAFFS, PLAN, expected=-0.2),
        event(7, "ballot_called", STAFFS, PLAN, expected=2.0),
        event(8, "lost", STAFFS, PLAN, reason=f"members refused: {members[0]}, {members[1]}"),
    )
    text = "\n".join(story_lines(events, world, START))
    others = "the councils of Herefordshire and Staffordshire are neither for nor against"
    for words in (
        "members see it as driven from the centre (",
        "was 60%).",
        f"the council of Stoke-on-Trent is against; {others}.",
        "the ballots on the plan for a single CCG out of six CCGs; they expect only about 45%",
        "they expect about 88%",
        "is lost at the ballot (members refused: Cannock Chase, East Staffordshire).",
    ):
        assert words in text


def test_joint_working_in_different_places_is_not_one_crowd(world: World) -> None:
    homes = {ccg.system: ccg.code for ccg in world.ccgs}
    events = tuple(
        event(1, "rung", code, rung="committees_in_common", officer_group="")
        for code in list(homes.values())[:3]
    )
    told = [line for line in story_lines(events, world, START) if "committees in common" in line]
    assert len(told) == 3
