"""Writes every generated page anew: ``python -m tools.docs``.

With ``--check`` it writes nothing and says which pages differ from the code.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from sim.errors import InputError
from sim.records.files import write_whole
from sim.views.exit_codes import print_plain
from tools.docs.mechanisms import check_registry
from tools.docs.pages import fresh_pages
from tools.docs.reading import ROOT


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the pages; returns 0, 1 where something is amiss, 2 where a page cannot be written.

    Amiss is a row of the list of mechanisms that points at nothing, or, with ``--check``, a page
    that differs from the code.
    """
    parser = argparse.ArgumentParser(
        prog="python -m tools.docs", description="Write the generated pages."
    )
    parser.add_argument("--check", action="store_true", help="write nothing; say what differs")
    check = parser.parse_args(arguments).check
    faults = [f"list of mechanisms, {fault}" for fault in check_registry()]
    try:
        for path, text in fresh_pages().items():
            if path.read_text(encoding="utf-8") == text:
                continue
            name = path.relative_to(ROOT).as_posix()
            if check:
                faults.append(f"{name} differs from the code; write it with: python -m tools.docs")
            else:
                write_whole(path, text)
                print_plain(f"written: {name}")
    except (InputError, OSError) as error:
        print_plain(str(error), error=True)
        return 2
    for fault in faults:
        print_plain(fault, error=True)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
