"""Entry point of `python -m paramcount`."""

from paramcount.cli import main

main()
