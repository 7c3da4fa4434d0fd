"""The command line: one file a command, each parsing its input, calling the library and handing back a report."""

from paramcount.cli.main import main

__all__ = ["main"]
