"""The page of rules is read from the code: formulas, what is read, and every module once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.docs.reading import ROOT, Reads, read_module
from tools.docs.rules_page import rules_text, sections

SOURCE = '''
"""Rules of tea, :func:`sim.rules.tea.brew` above all."""

import math
from typing import Final

LEAVES: Final = 2.0  # spoons
_HIDDEN: Final = 1.0
STEPS: Final = ("boil", "pour")
"""In this order."""
MADE: Final = brew(1)


class Pot(NamedTuple):
    """What is told: ``size`` in cups."""

    size: float


def brew(p, levers, facts, start_rate):
    """Return how strong it is.

    Source: a cup.
    """
    money = levers.money
    if facts.size > LEAVES:
        return 0.0
    return p.start_officer * math.exp(-money.running_cost_cut) + start_rate


def terms(p):
    """Return the terms."""
    return (("one", p.start_letter * 2.0), ("other", 0.0))


def loop(cups):
    """Return the cups, counted."""
    for cup in cups:
        print(cup)
    return 0


def _strong(levers, p, facts):
    """Return what strength adds."""
    return p.start_distress * facts.leaders.backing


EFFECTS = (Effect("strong", "start", lambda lv: lv.force.hard_rule, _strong),)
'''


@pytest.fixture
def module(tmp_path: Path):  # type: ignore[no-untyped-def]
    (tmp_path / "sim").mkdir()
    (tmp_path / "sim/tea.py").write_text(SOURCE, encoding="utf-8")
    return read_module("sim.tea", tmp_path)


def test_words_and_constants_are_read_with_their_comments(module) -> None:  # type: ignore[no-untyped-def]
    assert module.text == "Rules of tea, `brew` above all."
    constants = [(one.name, one.value, one.comment) for one in module.constants]
    assert constants == [
        ("LEAVES", "2", "spoons"),
        ("STEPS", '("boil", "pour")', "In this order."),
    ]
    [pot] = module.facts
    assert (pot.name, pot.fields, pot.text) == ("Pot", ("size",), "What is told: `size` in cups.")


def test_a_formula_is_that_of_the_code(module) -> None:  # type: ignore[no-untyped-def]
    brew, terms, loop, _strong = module.rules
    assert brew.formula == (
        "money = levers.money",
        "if facts.size > LEAVES:",
        "    result: 0",
        "result: p.start_officer * exp(-money.running_cost_cut) + start_rate",
    )
    assert terms.terms == (("one", "p.start_letter * 2"), ("other", "0"))
    assert terms.formula == ()
    assert loop.formula == (), "a loop is told in words"


def test_what_a_rule_reads_is_found_through_other_names(module) -> None:  # type: ignore[no-untyped-def]
    brew = module.rules[0]
    assert brew.reads == Reads(("start_officer",), ("money.running_cost_cut",))
    [effect] = module.effects
    assert (effect.name, effect.in_force, effect.size) == (
        "strong",
        ("levers.force.hard_rule",),
        ("p.start_distress * facts.leaders.backing",),
    )
    assert effect.reads == Reads(("start_distress",), ("force.hard_rule",)), "a fact is no lever"


def test_every_module_of_rules_and_every_agent_with_a_rule_is_on_the_page_once() -> None:
    places = [place for section in sections() for place in section.places]
    assert len(places) == len(set(places))
    modules = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for floor in ("rules", "agents")
        for path in (ROOT / "sim" / floor).rglob("*.py")
        if path.stem != "__init__"
    }
    left_out = {name for name in modules - set(places) if read_module(name).reads != Reads()}
    assert left_out == set(), "name its section in tools/docs/rules_page.py"
    rules = {name for name in modules if name.startswith("sim.rules.")}
    assert rules - set(places) == {"sim.rules.mechanisms.registry"}


def test_a_new_mechanism_has_its_section_without_being_named(tmp_path: Path) -> None:
    for floor in ("rules", "agents"):
        folder = tmp_path / f"sim/{floor}/mechanisms"
        folder.mkdir(parents=True)
        (folder / "tea_rooms.py").write_text('"""Tea."""\n', encoding="utf-8")
    section = sections(tmp_path)[-1]
    assert section.title == "Tea rooms"
    assert section.places == ("sim.rules.mechanisms.tea_rooms", "sim.agents.mechanisms.tea_rooms")


def test_every_rule_on_the_page_has_its_meaning() -> None:
    text = rules_text()
    bare = [line for line in text.split("\n") if line.startswith("**`") and line.endswith("). ")]
    assert bare == []


def test_the_fields_of_what_a_rule_is_told_are_all_explained() -> None:
    unexplained = [
        f"{place}: {facts.name}.{name}"
        for section in sections()
        for place in section.places
        if place.startswith("sim.rules.")
        for facts in read_module(place).facts
        for name in facts.fields
        if facts.name.endswith("Facts") and f"`{name}`" not in facts.text
    ]
    assert unexplained == []
