"""The program's entry point; little is imported before Ctrl-C is handled."""

import sys


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with 0, 1 (a check failed or nothing was found), 2 (bad input) or 130 (Ctrl-C)."""
    try:
        from paramcount.cli import startup  # noqa: F401
        from paramcount.cli.streams import prepare

        prepare()
        from paramcount.cli.verbs import run

        status = run(arguments)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)
