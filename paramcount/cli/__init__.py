"""The command line: one file per command, which parses its input, calls the library and returns a report."""

from paramcount.cli.main import main

__all__ = ["main"]
