"""WHAT HAPPENED: observed history that results are held against."""
