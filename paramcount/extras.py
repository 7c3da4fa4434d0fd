"""The extra that installs each optional library, and the error without it."""

from importlib.util import find_spec

from paramcount.errors import InputError

EXTRAS = {
    "sympy": "formula",
    "matplotlib": "plot",
    "numpy": "frame",
    "pandas": "frame",
    "scipy": "fit",
    "yaml": "files",
    "lxml": "files",
    "pylatexenc": "files",
    "markdown_it": "files",
    "jinja2": "page",
    "huggingface_hub": "hub",
    "torch": "verify",
    "transformers": "verify",
}
DISTRIBUTIONS = {"yaml": "PyYAML", "markdown_it": "markdown-it-py", "jinja2": "Jinja2"}


class MissingLibraryError(InputError):
    """A library is not installed; the message ends in the pip command that installs it."""


def need(what: str, *libraries: str) -> None:
    """Raise MissingLibraryError if one of the *libraries* that *what* needs is not installed."""
    missing = [library for library in libraries if find_spec(library) is None]
    if missing:
        raise MissingLibraryError(f"{what} needs {_named(missing)} installed; run: {pip_line(*missing)}")


def pip_line(*libraries: str) -> str:
    """The pip command that installs *libraries*."""
    extras = sorted({EXTRAS[library] for library in libraries})
    return f"pip install 'paramcount[{','.join(extras)}]'"


def _named(libraries: list[str]) -> str:
    *first, last = (DISTRIBUTIONS.get(library, library) for library in libraries)
    return f"{', '.join(first)} and {last}, which are not" if first else f"{last}, which is not"
