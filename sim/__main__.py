"""``python -m sim`` is the same as ``python run_sim.py``."""

if __name__ == "__main__":
    from sim.cli import main

    raise SystemExit(main())
