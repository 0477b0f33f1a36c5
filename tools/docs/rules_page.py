"""The rules of the model, written from the docstrings and formulas of the code that carries them.

Each section names where its words come from: a module of ``sim.rules`` gives everything that it
says, with the formula of each rule; any other module its docstring; a function its docstring.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from sim.records.markdown import row
from tools.docs.mechanisms import registry
from tools.docs.reading import (
    ROOT,
    Constant,
    EffectRow,
    Module,
    Reads,
    Rule,
    both,
    markdown,
    read_module,
)

UNITS: Final = {
    "start": "log-rate of starting, both origins",
    "start_local": "log-rate of starting, local leaders",
    "start_centre": "log-rate of starting, the centre",
    "footprint": "utility of a footprint",
    "consent": "log-odds of consent",
    "support": "log-odds of a yes",
    "approval": "log-odds of approval",
}
"""What an effect on each decision is added to."""

REGISTRY: Final = "sim.agents.mechanisms.registry"
MARGIN: Final = 96
"""Letters in a line of a formula before it is broken."""


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the page: its title, and the modules and functions that it is written from."""

    title: str
    places: tuple[str, ...]


CORE: Final[tuple[Section, ...]] = (
    Section(
        "The order of events, and the start",
        (
            "sim.agents.calendar",
            "sim.agents.clock",
            "sim.agents.engine",
            "sim.agents.replication",
        ),
    ),
    Section(
        "The rule, and how it is passed on",
        ("sim.rules.beliefs", "sim.agents.national", "sim.agents.region"),
    ),
    Section("Running costs", ("sim.rules.money",)),
    Section(
        "Starting proposals",
        (
            "sim.rules.starting",
            "sim.agents.rates",
            "sim.agents.profiles",
            "sim.agents.hazard",
            "sim.agents.system",
            "sim.agents.endless",
        ),
    ),
    Section(
        "Footprints",
        ("sim.world.footprints.list_footprints", "sim.rules.footprints", "sim.agents.choice"),
    ),
    Section(
        "Consent, and work hurried to a deadline",
        ("sim.rules.consent", "sim.agents.ccg", "sim.agents.proposal"),
    ),
    Section("Engagement", ("sim.rules.engagement", "sim.agents.council", "sim.agents.lmc")),
    Section("Support, and the call of the ballot", ("sim.rules.support", "sim.agents.opinion")),
    Section("Ballots", ("sim.rules.ballot", "sim.agents.ballots", "sim.agents.membership")),
    Section(
        "Application and decision",
        ("sim.rules.approval", "sim.rules.dates", "sim.agents.application"),
    ),
    Section("Merger", ("sim.agents.merger",)),
    Section(
        "The ladder of joint working",
        ("sim.rules.ladder", "sim.agents.ladder", "sim.agents.ladder.Ladder"),
    ),
    Section("Leaders who come and go", ("sim.agents.turnover",)),
    Section("Rules that vary", ("sim.rules.chosen", "sim.rules.agreement")),
    Section("Probabilities", ("sim.rules.logistic",)),
)
"""The chain of a proposal, in its order."""

MECHANISMS: Final = {
    "force": "Information and force",
    "economies": "Money, published tests and joint working",
    "leaders": "Leaders, councils and places",
    "boundaries": "Boundaries",
    "services": "Service change and alienation",
    "functions": "Functions",
    "providers": "Providers",
}
"""Titles of the mechanisms; one that is not named here is called as its module is."""

OUTCOMES: Final = {
    "economies": ("sim.records.mechanisms.economies", "sim.experiment.information"),
}
"""Where numbers of a mechanism enter outcomes alone, and no decision."""


def sections(root: Path = ROOT) -> tuple[Section, ...]:
    """Return all sections: the chain, then each mechanism with the agents of the same name."""
    rules = root / "sim/rules/mechanisms"
    subjects = {path.stem for path in rules.glob("*.py")} - {"__init__", "registry"}
    order = [*(s for s in MECHANISMS if s in subjects), *sorted(subjects - set(MECHANISMS))]
    agents = sorted(path.stem for path in (root / "sim/agents/mechanisms").glob("*.py"))
    effects = Section("Mechanisms", ("sim.rules.effect", "sim.agents.effects", REGISTRY))
    return (
        *CORE,
        effects,
        *(
            Section(
                MECHANISMS.get(subject, subject.replace("_", " ").capitalize()),
                (
                    f"sim.rules.mechanisms.{subject}",
                    *(
                        f"sim.agents.mechanisms.{agent}"
                        for agent in agents
                        if agent == subject or agent.startswith(f"{subject}_")
                    ),
                    *OUTCOMES.get(subject, ()),
                ),
            )
            for subject in order
        ),
    )


def rules_text(root: Path = ROOT) -> str:
    """Return all sections in Markdown."""
    lines: list[str] = []
    for section in sections(root):
        lines += [f"## {section.title}", ""]
        for place in section.places:
            lines += [*_place(place, root), ""]
    return "\n".join(lines).rstrip("\n")


def _place(place: str, root: Path) -> Iterator[str]:
    if not root.joinpath(*place.split(".")).with_suffix(".py").is_file():
        yield from _named(place, root)
        return
    module = read_module(place, root)
    link = f"[`{place}`](../{place.replace('.', '/')}.py)"
    yield f"**{link}.** {module.text}"
    is_rule = place.startswith("sim.rules.")
    constants = [c for c in module.constants if is_rule or c.comment or c.value[0].isdigit()]
    if place == REGISTRY:
        constants += _order(root)
    if constants:
        yield from ("", *_constants(constants))
    if not is_rule:
        return
    for facts in module.facts:
        unnamed = [f"`{name}`" for name in facts.fields if f"`{name}`" not in facts.text]
        fields = f" ({', '.join(unnamed)})" if unnamed else ""
        yield from ("", f"**{facts.name}**{fields}. {facts.text}")
    if module.effects:
        yield from ("", *_effects(module.effects))
    for rule in module.rules:
        if rule.public and not _is_effect(rule, module):
            yield from ("", *_rule(rule, place))


def _order(root: Path) -> Iterator[Constant]:
    """Yield the tuple in which the registry of agents lists them, in the order of set-up."""
    source = root.joinpath(*REGISTRY.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Tuple(elts=elts)):
                order = ", ".join(ast.unparse(one).removesuffix(".activate") for one in elts)
                yield Constant(name, order, "the order in which mechanisms are set up")


def _is_effect(rule: Rule, module: Module) -> bool:
    """Say whether a rule is shown in the table of effects already."""
    return any(rule.text and rule.text == effect.text for effect in module.effects)


def _named(place: str, root: Path) -> Iterator[str]:
    """Yield the docstring of a function or class of a module."""
    home, _, name = place.rpartition(".")
    source = root.joinpath(*home.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            link = f"[`{home}.{name}`](../{home.replace('.', '/')}.py)"
            yield f"**{link}.** {_plain(markdown(ast.get_docstring(node)))}"
            return
    raise LookupError(f"{place}: there is no such function or class")


def _constants(constants: Sequence[Constant]) -> Iterator[str]:
    yield row(("constant", "value", "what it is"))
    yield row(("---",) * 3)
    for one in constants:
        yield row((f"`{one.name}`", f"`{one.value}`", one.comment))


def _effects(effects: Sequence[EffectRow]) -> Iterator[str]:
    """Yield one row for each effect, however many decisions it is added to; long sizes below."""
    decisions: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    by_key = {}
    for one in effects:
        key = (one.name, one.in_force, one.size)
        decisions.setdefault(key, []).append(UNITS[one.decision])
        by_key[key] = one
    yield row(("effect", "added to", "in force where", "size", "what it means"))
    yield row(("---",) * 5)
    for key, units in decisions.items():
        one = by_key[key]
        yield row(
            (
                f"`{one.name}`",
                "; ".join(units),
                f"`{one.in_force[0]}`" if len(one.in_force) == 1 else _plain(_flat(one.when)),
                f"`{one.size[0]}`" if len(one.size) == 1 else "below",
                _plain(_flat(one.text)),
            )
        )
    for one in by_key.values():
        if len(one.size) > 1:
            yield from (
                "",
                f"The size of the effect `{one.name}`:",
                "",
                "```text",
                *_broken(one.size),
                "```",
            )
    yield from _reads(both(*(one.reads for one in effects)))


def _flat(text: str) -> str:
    return " ".join(text.split())


def _rule(rule: Rule, place: str) -> Iterator[str]:
    arguments = ", ".join(f"`{name}`" for name in rule.arguments)
    yield f"**`{rule.name}`** ({arguments}). {_plain(rule.text)}"
    if rule.formula:
        yield from ("", "```text", *_broken(rule.formula), "```")
    if rule.terms:
        yield from ("", row(("term", "value")), row(("---", "---")))
        for name, value in rule.terms:
            yield row((name, f"`{value}`"))
    yield from _reads(rule.reads, _rows_of(f"{place}.{rule.name}"))


def _broken(lines: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a formula, long ones broken at commas and operators."""
    for line in lines:
        rest, indent = line, ""
        while len(rest) > MARGIN:
            cut = max(rest.rfind(mark, 0, MARGIN) for mark in (", ", " + ", " and ", " or ", "  "))
            if cut <= 0:
                break
            cut += 1 if rest[cut] == "," else 0
            yield indent + rest[:cut]
            rest, indent = rest[cut:].lstrip(), "    "
        yield indent + rest


def _reads(reads: Reads, rows: Sequence[int] = ()) -> Iterator[str]:
    parts = [
        ("parameters", [f"`{name}`" for name in reads.parameters]),
        ("levers", [f"`{name}`" for name in reads.levers]),
    ]
    uses = "; ".join(f"{what} {', '.join(names)}" for what, names in parts if names)
    sentences = [f"Uses {uses}."] if uses else []
    if rows:
        sentences.append(f"Rows of the sources: {', '.join(map(str, rows))}.")
    if sentences:
        yield from ("", f"*{' '.join(sentences)}*")


@cache
def _served() -> dict[str, tuple[int, ...]]:
    """Return the rows of the list of mechanisms that each place in the code represents."""
    served: dict[str, tuple[int, ...]] = {}
    for mechanism in registry():
        for place in mechanism.where:
            served[place] = (*served.get(place, ()), mechanism.id)
    return served


def _rows_of(place: str) -> tuple[int, ...]:
    return _served().get(place, ())


def _plain(text: str) -> str:
    """Return a docstring as the page shows it: what a rule returns is what it is."""
    for opening in ("Return the ", "Return "):
        if text.startswith(opening):
            rest = text.removeprefix(opening if opening == "Return " else "Return ")
            return rest[:1].upper() + rest[1:]
    return text
