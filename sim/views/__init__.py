"""WHAT IS SHOWN: tables, plots, maps and stories for people."""
