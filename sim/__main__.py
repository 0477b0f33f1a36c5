"""``python -m sim`` is the same as ``python run_sim.py``."""

from __future__ import annotations

import os
import signal
import sys
import threading
from typing import Final

INTERRUPTED: Final = 130
AT_MOST: Final = 0.5
"""Seconds that the interpreter gets to end after Ctrl-C."""


def run() -> int:
    """Run the command line as a program of its own and return its exit code.

    Ctrl-C is met with a word and exit code 130 from the first moment on, also before the commands
    themselves have been loaded, and is no longer heard once the command has ended.
    """
    try:
        from sim.cli.main import main

        code = main()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted\n")
        code = INTERRUPTED
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if code == INTERRUPTED:  # whoever has pressed Ctrl-C waits for no library's tidying up
        last = threading.Timer(AT_MOST, os._exit, (code,))
        last.daemon = True
        last.start()
    return code


if __name__ == "__main__":
    raise SystemExit(run())
