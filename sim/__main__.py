"""``python -m sim`` is the same as ``python run_sim.py``."""

from __future__ import annotations

import signal
import sys


def run() -> int:
    """Run the command line as a program of its own and return its exit code.

    Ctrl-C is met with a word and exit code 130 from the first moment on, also before the commands
    themselves have been loaded, and is no longer heard once the command has ended.
    """
    try:
        from sim.cli import main

        code = main()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = 130
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return code


if __name__ == "__main__":
    raise SystemExit(run())
