"""Writers of the generated pages under docs/ and scenarios/."""
