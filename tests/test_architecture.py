"""The house: floors, what each floor may load, no places in rules, every lever and number used."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from sim.scenario.levers import lever_table
from sim.scenario.parameters import PARAMETER_COLUMNS, PARAMETER_TABLE
from sim.world import World, load_world

ROOT = Path(__file__).parents[1]
SIM = ROOT / "sim"
FLOORS = (
    "world",
    "streams",
    "scenario",
    "rules",
    "agents",
    "records",
    "experiment",
    "evidence",
    "views",
    "cli",
)
RULE_IMPORTS = {
    "__future__",
    "math",
    "statistics",
    "typing",
    "collections",
    "datetime",
    "dataclasses",
}
# An influence is told the levers and parameters whole: their types, and nothing they do.
RULE_TYPES = {"sim.scenario.levers", "sim.scenario.parameters"}
BELOW = {"adding", "errors", "units"}  # below all floors: files that import nothing of ours
MOST_LINES = 400
MECHANISMS = range(1, 109)


def sources(*folders: str) -> list[Path]:
    found = [path for folder in folders for path in sorted((SIM / folder).rglob("*.py"))]
    assert found
    return found


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """Yield the full name of everything imported, anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide the floor"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def floor_of(name: str) -> int | None:
    """Return the floor of a module's full name, or None where it is not ours."""
    parts = name.split(".")
    if parts[0] != "sim":
        return None
    room = parts[1] if len(parts) > 1 else ""
    if room in BELOW:
        return -1
    if room not in FLOORS:
        return len(FLOORS)  # the package itself offers everything
    return FLOORS.index(room)


def climbs(own: int, tree: ast.Module) -> list[str]:
    """Return the imports that reach above a floor."""
    floors = ((name, floor_of(name)) for name in imported(tree))
    return [name for name, floor in floors if floor is not None and floor > own]


def top_names(tree: ast.Module) -> set[str]:
    return {name.split(".")[0] for name in imported(tree)}


# -- Floors --------------------------------------------------------------------------------------


def test_every_floor_imports_only_from_below() -> None:
    wrong = {}
    for path in sorted(SIM.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        own = floor_of(".".join(parts))
        assert own is not None
        if found := climbs(own, tree_of(path)):
            wrong[str(path.relative_to(ROOT))] = found
    assert not wrong


def test_the_floor_check_sees_an_import_from_above() -> None:
    lazy = ast.parse("def f():\n    from sim.views import plots\n")
    assert climbs(FLOORS.index("agents"), lazy) == ["sim.views.plots"]
    assert climbs(FLOORS.index("cli"), lazy) == []
    upstairs = ast.parse("from sim.cli.places import places")
    assert climbs(FLOORS.index("views"), upstairs) == ["sim.cli.places.places"]
    assert climbs(FLOORS.index("world"), ast.parse("import sim")) == ["sim"]
    assert climbs(-1, ast.parse("import sim.world")) == ["sim.world"]
    assert climbs(0, ast.parse("from sim.adding import add_up")) == []


@pytest.mark.parametrize("path", sources("rules"), ids=lambda path: path.stem)
def test_rules_are_plain_python_without_input_output_or_chance(path: Path) -> None:
    tree = tree_of(path)
    ours = {name for name in imported(tree) if name.startswith("sim.")}
    for name in ours:
        room = name.rpartition(".")[0]
        assert name.startswith("sim.rules.") or room in RULE_TYPES | {"sim.adding", "sim.units"}, (
            name
        )
    assert top_names(tree) - {"sim"} <= RULE_IMPORTS
    calls = {
        node.func.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    assert not calls & {"open", "print", "input", "exec", "eval", "__import__"}
    # A rule keeps nothing between two calls.
    assert not [n for n in ast.walk(tree) if isinstance(n, ast.Global | ast.Nonlocal)]


def test_simpy_only_in_agents_and_tables_only_from_records_up() -> None:
    for path in sorted(SIM.rglob("*.py")):
        names, floor = top_names(tree_of(path)), path.relative_to(SIM).parts[0].removesuffix(".py")
        if floor != "agents":
            assert "simpy" not in names, path
        if floor in FLOORS[: FLOORS.index("records")]:
            assert not names & {"pandas", "pyarrow", "seaborn", "matplotlib"}, path


def test_a_worker_loads_no_tables_and_no_plots() -> None:
    program = (
        "import sys\n"
        "import sim, sim.experiment.workers, sim.records.folds, sim.agents\n"
        "from sim.world import load_world\n"
        "from sim.scenario import load_scenario\n"
        "sim.agents.replicate_log(load_world(), load_scenario('as_written'), 1, 0)\n"
        "heavy = 'pandas seaborn matplotlib pyarrow scipy.stats'.split()\n"
        "print([name for name in heavy if name in sys.modules], 'simpy' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.stdout.strip() == "[] True", done.stderr


# -- No places in rules, agents and parameters ---------------------------------------------------

# Words of English, of health policy or of the compass that also occur in names of places.
ORDINARY = {
    "accountable", "partnership", "partnerships", "health", "healthcare", "social", "system",
    "systems", "england", "english", "north", "south", "eastern", "western", "northern",
    "southern", "central", "great", "greater", "inner", "outer", "upper", "lower", "local",
    "vale", "valley", "coast", "coastal", "county", "city", "borough", "metropolitan", "council",
    "under", "waters", "forest", "beach", "wells", "rural", "royal", "mid", "peninsula", "union",
    "place", "places", "integrated", "together", "better", "healthier", "united", "hundred",
    "clinical", "commissioning", "group", "groups", "region", "fields", "castle", "bridge",
    "and", "part", "joined", "care", "committee", "medical", "humber and", "within", "yours",
    "partners", "reading",  # also what leaders do with their members' mood
}  # fmt: skip


@pytest.fixture(scope="module")
def england() -> World:
    return load_world()


def place_words(world: World) -> set[str]:
    groups: tuple[Iterable[str], ...] = (
        (body.name for body in world.ccgs),
        (body.name for body in world.systems),
        (body.name for body in world.regions),
        (body.name for body in world.councils),
        (body.name for body in world.lmcs),
    )
    words = {
        word.lower()
        for names in groups
        for name in names
        for word in re.findall(r"[A-Za-z]+", name)
    }
    return {word for word in words if len(word) > 4} - ORDINARY


def written(source: str) -> set[str]:
    """Return every word of a file: names, texts, docstrings and comments, by their parts.

    Names are taken apart at underscores and capitals too.
    """
    words: set[str] = set()
    for word in re.findall(r"[A-Za-z]+", source):
        words.add(word.lower())
        words.update(part.lower() for part in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", word))
    return words


def test_the_place_check_knows_places_and_overlooks_nothing(england: World) -> None:
    words = place_words(england)
    assert {"london", "surrey", "devon", "leeds", "midlands"} <= words
    assert len(words) > 200
    for source in (
        'def in_london(): return "Devon"',
        '"""As in London and in\nDevon."""',
        'def f():\n    """London."""  # Devon',
        "# London\nx = 1  # as Devon's",
        "class LondonAndDevon: ...",
        "LONDON = DEVON = 1",
    ):
        assert written(source) & words >= {"london", "devon"}, source
    assert not written('"""As in a northern county."""') & words


def test_no_rule_or_agent_names_a_place(england: World) -> None:
    """Not in a name, a text, a docstring or a comment."""
    words = place_words(england)
    for path in sources("rules", "agents"):
        assert not written(path.read_text(encoding="utf-8")) & words, path
    names = [row.name for row in PARAMETER_TABLE] + [row.name for row in lever_table()]
    assert not {part for name in names for part in re.split(r"[._]", name)} & words


def test_no_rule_or_agent_holds_a_code(england: World) -> None:
    codes = {ccg.code for ccg in england.ccgs} | {system.code for system in england.systems}
    codes |= {council.code for council in england.councils}
    for path in sources("rules", "agents"):
        found = set(re.findall(r"\b[0-9A-Z]{3,9}\b", path.read_text(encoding="utf-8"))) & codes
        assert not found, (path, found)


# -- Size, levers, parameters --------------------------------------------------------------------

MOST_ARGUMENTS = 7


MOST_ARGUMENTS_ELSEWHERE = 9
MANY_ARGUMENTS = {
    # the public door to a batch: each argument is one choice of the user, all with defaults
    "experiment/api.py": {"run_batch"},
    "experiment/batch.py": {"run_batch"},
    # one row of the table of parameters, stated as a keyword per column
    "scenario/parameter_field.py": {"parameter"},
    # commands, whose arguments are their options
    "cli/calibrate.py": {"calibrate"},
    "cli/sweep.py": {"sweep"},
}


def crowded(tree: ast.Module, most: int = MOST_ARGUMENTS) -> dict[str, int]:
    """Return the functions with too many arguments, all counted but self, and how many."""
    found = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            a = node.args
            more = [one for one in (a.vararg, a.kwarg) if one is not None]
            every = [one.arg for one in (*a.posonlyargs, *a.args, *a.kwonlyargs, *more)]
            count = len([name for name in every if name not in ("self", "cls")])
            if count > most:
                found[node.name] = count
    return found


def test_rules_and_agents_take_the_parameters_whole_and_few_arguments() -> None:
    """A rule takes the parameters object and its facts; more than a few facts are one object."""
    found = {
        str(path.relative_to(SIM)): crowded(tree_of(path)) for path in sources("rules", "agents")
    }
    assert not {path: functions for path, functions in found.items() if functions}


def test_only_a_few_public_functions_take_many_arguments() -> None:
    """What goes together is one object, such as the settings of a fit."""
    found = {
        str(path.relative_to(SIM)): set(crowded(tree_of(path), MOST_ARGUMENTS_ELSEWHERE))
        for path in sorted(SIM.rglob("*.py"))
    }
    assert {path: functions for path, functions in found.items() if functions} == MANY_ARGUMENTS


def test_the_check_of_arguments_counts_every_kind() -> None:
    every = ast.parse("class A:\n    def f(self, a, b, /, c, d, *e, g, h, **i): ...\n")
    assert crowded(every) == {"f": 8}
    assert crowded(every, 7) == {"f": 8}
    assert not crowded(every, 8)
    assert not crowded(ast.parse("def f(self, a, b, /, c, d, *e, g, h): ...\n"))


def test_no_file_is_longer_than_agreed() -> None:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for folder in ("sim", "tests")
        for path in sorted((ROOT / folder).rglob("*.py"))
    }
    assert not {path: lines for path, lines in lengths.items() if lines > MOST_LINES}


def names_used(*folders: str) -> set[str]:
    """Return the attributes read in these rooms: a lever or parameter is read as one."""
    return {
        node.attr
        for path in sources(*folders)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    }


def test_every_lever_is_used_and_explained() -> None:
    used, rows = names_used("rules", "agents"), list(lever_table())
    unused = [row.name for row in rows if row.name.split(".")[1] not in used]
    assert not unused
    assert len({row.name for row in rows}) == len(rows) >= 20
    for row in rows:
        assert row.unit, row.name
        assert len(row.meaning) > 10, row.name
        assert row.allowed, row.name
        assert row.mechanisms, row.name
        assert set(row.mechanisms) <= set(MECHANISMS), row.name


def texts_used(*folders: str) -> set[str]:
    """Return the texts in these rooms: outcomes read a parameter's value by its name."""
    return {
        node.value
        for path in sources(*folders)
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_parameter_is_used_by_a_rule_an_agent_or_an_outcome() -> None:
    used = names_used("rules", "agents") | texts_used("records", "experiment")
    assert not [row.name for row in PARAMETER_TABLE if row.name not in used]


def test_every_parameter_has_number_unit_origin_and_mechanisms() -> None:
    numbers = [row.number for row in PARAMETER_TABLE]
    assert len(set(numbers)) == len(numbers) > 50
    assert all(0 < number < PARAMETER_COLUMNS for number in numbers)
    for row in PARAMETER_TABLE:
        assert row.unit, row.name
        assert len(row.meaning) > 10, row.name
        assert re.match(r"(evidence|computed|assumed): \S", row.origin), row.name
        assert row.mechanisms, row.name
        assert set(row.mechanisms) <= set(MECHANISMS), row.name
        assert row.low < row.high, row.name
        assert row.low <= row.prior.quantile(0.5) <= row.high, row.name


def test_parameters_keep_their_permanent_numbers() -> None:
    """A few of them pinned: a renumbered parameter would change every published result."""
    numbers = {row.name: row.number for row in PARAMETER_TABLE}
    pinned = {"start_rate": 1, "consent_base": 19, "support_mean": 33, "support_sd": 34}
    pinned |= {"approval_probability": 56, "fixed_cost": 64, "unseen_months": 74}
    assert {name: numbers[name] for name in pinned} == pinned
