"""One HTML page on some models: a report when printed, a calculator when touched."""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from importlib.resources import files

from paramcount.catalog.spec import Spec
from paramcount.errors import InputError
from paramcount.report.page.data import as_script, page_data
from paramcount.report.page.mathml import mathml
from paramcount.report.page.render import Panel

SCRIPTS = ("numbers.js", "model.js", "hold.js", "drawing.js", "copies.js", "state.js", "view.js", "main.js")
WEIGHTS = {"fp32": 4, "bf16": 2, "int8": 1}  # bytes of a number, by the format's own width
MISSING = "a page needs Jinja2; pip install 'paramcount[page]'"


def page(specs: list[Spec], static: bool = False) -> str:
    """The page on *specs*, which loads nothing; *static*: without script and data, for reading and printing.

    Raises InputError where Jinja2 is missing, and on a model that has no formulas.
    """
    try:
        from jinja2 import Environment, PackageLoader, StrictUndefined
        from markupsafe import Markup
    except ModuleNotFoundError:
        raise InputError(MISSING) from None
    environment = Environment(
        loader=PackageLoader("paramcount.report", "page"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    environment.filters["mathml"] = lambda text: Markup(mathml(text))
    data = page_data(specs)
    style, script = _read("page.css"), "" if static else _script()
    return environment.get_template("page.html.j2").render(
        title=", ".join(spec.title() for spec in specs),
        models=[Panel(model, _command(spec)) for model, spec in zip(data["models"], specs, strict=True)],
        live=not static,
        csp=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(as_script(data)),
        dtypes=WEIGHTS,
        version=version("paramcount"),
    )


def _read(name: str) -> str:
    return (files("paramcount.report.page") / name).read_text(encoding="utf-8")


def _script() -> str:
    lines = (line for name in SCRIPTS for line in _read(name).splitlines() if line.strip() and line.strip() != "// @ts-check")
    body = "\n".join(lines)
    return f'"use strict";{{\n{body}\n}}'


def _policy(style: str, script: str) -> str:
    """What the page may do: run its own script, use its own style, and draw its own pictures."""
    run = f"script-src '{_hash(script)}'; " if script else ""
    return (
        f"default-src 'none'; {run}style-src '{_hash(style)}'; img-src data: blob:; base-uri 'none'; form-action 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _command(spec: Spec) -> str:
    changes = {**(spec.sizes if spec.name == spec.family.name else {}), **spec.overridden}
    settings = (f"--set {field}={str(value).lower()}" for field, value in changes.items())
    return " ".join(("paramcount", spec.name, *settings))
