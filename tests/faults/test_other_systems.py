"""Windows and macOS, as far as Linux can tell: calls of Unix, names, line ends, case."""

from __future__ import annotations

import ast
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import sim.experiment.workers as workers_module
from sim.records.file_names import file_name, file_names
from sim.records.files import write_whole
from sim.records.ledger import owned, strangers
from tests.faults.injected import disk
from tests.faults.small import ROOT, batch, contents, leftovers, small_world

UNIX_ONLY = {
    "os": {
        "fork", "forkpty", "getppid", "getpgid", "getuid", "geteuid", "getgid", "kill", "killpg",
        "nice", "sched_getaffinity", "setsid", "statvfs", "sync", "uname", "wait3", "wait4",
        "waitid", "WEXITSTATUS", "O_BINARY", "O_CLOEXEC", "O_DIRECT", "O_DIRECTORY", "O_NOFOLLOW",
        "O_SYNC", "O_TMPFILE", "chown", "lchown", "mkfifo", "mknod", "pread", "pwrite", "readv",
        "sendfile", "posix_fadvise", "posix_spawn", "register_at_fork",
    },
    "signal": {
        "SIGKILL", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE", "SIGCHLD", "SIGQUIT",
        "SIGSTOP", "SIGCONT", "alarm", "setitimer", "pause", "pthread_sigmask", "pthread_kill",
        "sigwait", "siginterrupt", "SIG_BLOCK", "SIG_UNBLOCK", "SIG_SETMASK",
    },
}  # fmt: skip
"""What Windows (or macOS) lacks, or does otherwise, as ``os.kill`` and ``os.getppid``."""
MODULES = {"fcntl", "grp", "pwd", "resource", "termios", "tty", "pty", "syslog", "posix", "msvcrt"}
ASKS = ("os.name", "sys.platform", "hasattr(", "getattr(")


def guarded(parents: list[ast.AST]) -> bool:
    """Tell whether a use stands in code that has asked what system it is on.

    That is, under an ``if`` that asks, or after one that asks and returns, in the same function.
    """
    for outer, inner in zip(parents, [*parents[1:], None], strict=True):
        if isinstance(outer, ast.If | ast.IfExp) and inner is not outer.test and _asks(outer.test):
            return True
        if isinstance(outer, ast.FunctionDef):
            for statement in outer.body:
                if statement is inner:
                    break
                asked = isinstance(statement, ast.If) and _asks(statement.test)
                if asked and isinstance(statement.body[-1], ast.Return):
                    return True
    return False


def _asks(test: ast.expr) -> bool:
    return any(word in ast.unparse(test) for word in ASKS)


def uses(tree: ast.Module) -> Iterator[tuple[str, int, bool]]:
    """Yield every use of what only Unix has: its name, its line, whether it is guarded."""
    stack: list[tuple[ast.AST, list[ast.AST]]] = [(tree, [])]
    while stack:
        node, parents = stack.pop()
        if isinstance(node, ast.Import | ast.ImportFrom):
            module = getattr(node, "module", None) or ""
            for alias in node.names:
                if {alias.name.split(".")[0], module.split(".")[0]} & MODULES:
                    yield alias.name, node.lineno, guarded(parents)
                if alias.name in UNIX_ONLY.get(module, ()):
                    yield f"{module}.{alias.name}", node.lineno, guarded(parents)
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.attr in UNIX_ONLY.get(node.value.id, ())
        ):
            yield f"{node.value.id}.{node.attr}", node.lineno, guarded(parents)
        stack += [(child, [*parents, node]) for child in ast.iter_child_nodes(node)]


def test_no_call_of_unix_is_unguarded() -> None:
    found = []
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for name, line, safe in uses(ast.parse(path.read_text(encoding="utf-8"))):
            found.append((name, f"{path.relative_to(ROOT).as_posix()}:{line}", safe))
    assert [f"{where}: {name}" for name, where, safe in found if not safe] == []
    assert {"os.getppid", "os.kill", "os.sched_getaffinity"} <= {name for name, _, _ in found}


@pytest.mark.parametrize(
    ("code", "safe"),
    [
        ("import os\nos.kill(1, 9)", [False]),
        ("import fcntl", [False]),
        ("from os import fork", [False]),
        ("import os\nif os.name != 'nt':\n    os.kill(1, 9)", [True]),
        ("import os\nif os.name == 'nt':\n    pass\nelse:\n    os.kill(1, 9)", [True]),
        ("import os\nif os.getppid() == 1:\n    pass", [False]),
        ("def f():\n    if os.name == 'nt':\n        return\n    os.setsid()", [True]),
        ("def f():\n    os.setsid()\n    if os.name == 'nt':\n        return", [False]),
    ],
)
def test_the_check_itself(code: str, safe: list[bool]) -> None:
    assert [ok for _, _, ok in uses(ast.parse(code))] == safe


# -- As if this were Windows ---------------------------------------------------------------------


def test_folders_are_not_flushed_on_windows(tmp_path: Path) -> None:
    with disk() as standing:
        standing.name = "nt"  # type: ignore[attr-defined]
        write_whole(tmp_path / "a", "text")
        assert standing.calls == ["open", "write", "fsync", "replace"]
    with disk() as standing:
        write_whole(tmp_path / "a", "text")
        assert standing.calls == ["open", "write", "fsync", "replace", "fsync"]


def test_files_are_opened_without_changing_line_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows would write CR LF through a descriptor that is not opened as binary."""
    asked: list[int] = []

    def opened(path: Any, flags: int, *rest: Any) -> int:
        asked.append(flags)
        return os.open(path, flags & ~0x8000, *rest)

    with disk() as standing:
        standing.O_BINARY = 0x8000  # type: ignore[attr-defined]
        monkeypatch.setattr(standing, "open", opened)
        standing.name = "nt"  # type: ignore[attr-defined]
        write_whole(tmp_path / "a", "text\n")
    assert [flags & 0x8000 for flags in asked] == [0x8000]


def test_workers_wait_for_their_parent_without_unix(monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows the number of the parent stays when it has died; its handle tells."""
    left: list[int] = []

    class Parent:
        sentinel = 7

    waited: list[Any] = []
    monkeypatch.setattr(workers_module.os, "name", "nt")
    monkeypatch.setattr(workers_module, "parent_process", Parent)
    monkeypatch.setattr(workers_module.connection, "wait", waited.append)
    monkeypatch.setattr(workers_module.os, "_exit", left.append)
    monkeypatch.setattr(workers_module, "Path", _NoPath)
    workers_module._leave_with(os.getppid(), "job", True)
    monkeypatch.setattr(workers_module.os, "name", "posix")
    assert (waited, left) == ([[7]], [1])


class _NoPath:
    """Stands for a path where ``os.name`` is not to be believed."""

    def __init__(self, text: str) -> None:
        self.parent = self

    def glob(self, pattern: str) -> list[Path]:
        return []

    def unlink(self, *, missing_ok: bool) -> None:
        assert missing_ok


def test_workers_are_ended_without_signals(monkeypatch: pytest.MonkeyPatch) -> None:
    class Process:
        pid = -1
        ended = False

        def terminate(self) -> None:
            self.ended = True

    process = Process()
    monkeypatch.setattr(workers_module.os, "name", "nt")
    monkeypatch.setattr(workers_module.os, "kill", None)
    workers_module._kill(process)
    monkeypatch.undo()
    assert process.ended


def test_interrupts_need_no_mask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(signal, "pthread_sigmask")
    with workers_module._interrupts_held():
        pass


# -- Names, line ends, case ----------------------------------------------------------------------


def test_no_file_of_ours_has_a_name_that_windows_keeps(tmp_path: Path) -> None:
    world = small_world(tmp_path)
    batch(world, tmp_path / "o", 6)
    for path in (tmp_path / "o").rglob("*"):
        assert file_name(path.name) == path.name
        assert path.name == path.name.lower() or path.suffix == ".png"


@pytest.mark.parametrize("name", ["CON", "nul", "com1.toml", "AUX ", "a:b", "end.", "q?", "x*y"])
def test_names_that_windows_does_not_take_are_changed(name: str) -> None:
    made = file_name(name)
    assert made != name
    assert file_name(made) == made
    assert not set(made) & set('<>:"/\\|?*')


def test_names_that_differ_in_case_only_do_not_meet() -> None:
    made = file_names(["Plan", "plan", "PLAN", "ﬁt", "FIT"])
    assert len({name.casefold() for name in made.values()}) == len(made)


def test_text_files_end_their_lines_as_everywhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = small_world(tmp_path)
    batch(world, tmp_path / "unix", 6)
    monkeypatch.setattr(os, "linesep", "\r\n")
    batch(world, tmp_path / "windows", 6)
    assert contents(tmp_path / "windows") == contents(tmp_path / "unix")
    texts = [p for p in (tmp_path / "unix").rglob("*") if p.suffix in {".csv", ".json"}]
    assert len(texts) >= 4
    for path in texts:
        data = path.read_bytes()
        assert b"\r" not in data
        assert data.endswith(b"\n")


def test_nothing_is_written_past_the_one_module_that_keeps_line_ends() -> None:
    """``write_text`` and ``open(..., "w")`` would write CR LF on Windows."""
    found = []
    for path in sorted((ROOT / "sim").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            called = ast.unparse(node.func).rpartition(".")[2]
            modes = [a.value for a in node.args if isinstance(a, ast.Constant)]
            writes = any(isinstance(m, str) and m in {"w", "a", "x", "wt", "w+"} for m in modes)
            if called in {"write_text", "to_csv"} or (called == "open" and writes):
                found.append(f"{path.relative_to(ROOT).as_posix()}:{node.lineno}")
    assert found == []


def test_a_folder_written_in_another_case_is_still_ours(tmp_path: Path) -> None:
    """What a system that ignores case shows as ours under another spelling is told as a stranger's.

    Such a file is refused rather than removed: the safe side.
    """
    world = small_world(tmp_path)
    out = tmp_path / "o"
    batch(world, out, 6)
    (out / "summary.csv").rename(out / "Summary.csv")
    assert strangers(out) == ["Summary.csv"]
    assert "Summary.csv" not in owned(out)
    batch(world, out, 6)
    assert (out / "Summary.csv").exists()
    assert leftovers(out) == []
