"""Where the program begins and ends: little is imported before an interrupt is provided for."""

import sys


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; exits 0, 1 (a check failed or nothing was found), 2 (wrong input) or 130 (interrupted)."""
    try:
        from paramcount.cli import startup  # noqa: F401
        from paramcount.cli.streams import prepare

        prepare()
        from paramcount.cli.verbs import run

        status = run(arguments)
    except KeyboardInterrupt:
        status = 130
    sys.exit(status)
