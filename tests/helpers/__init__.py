"""Helpers shared by tests; on the path by `pythonpath` in pyproject.toml."""
