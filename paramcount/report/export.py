"""Reports as JSON, CSV, Markdown and LaTeX, and the one way in which a file is written."""

from __future__ import annotations

import os
from collections.abc import Callable

from paramcount.errors import InputError
from paramcount.report.rows import RIGHT, Report, Sheet, raw, text

_TEX = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "✓": r"$\checkmark$"}
_TEX |= {"✗": r"$\times$", "·": r"$\cdot$", "×": r"$\times$", "−": r"$-$", "–": "--", "≠": r"$\neq$", "≈": r"$\approx$"}
_TEX |= {"²": r"$^{2}$", "³": r"$^{3}$", "√": r"$\surd$", "→": r"$\to$", "…": r"\ldots{}", "≤": r"$\leq$"}
_TEX |= {char: "\\" + char for char in "&%$#_{}"}


SCHEMA = 1  # of the JSON documents; see docs/json.md


def to_json(report: Report) -> str:
    import json  # each format imports what it alone needs

    documents = [{"schema": SCHEMA, **document} for document in report.documents()]
    whole = documents if isinstance(report.data, list) else documents[0]
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def to_csv(report: Report) -> str:
    import csv
    import io

    sheet = report.sheets()[0]
    columns = [column for column in sheet.columns if column.kind != "bar"]
    lines = io.StringIO()
    writer = csv.writer(lines, lineterminator="\n")
    if sheet.header:
        writer.writerow(column.key for column in columns)
    writer.writerows([raw(row.get(column.key)) for column in columns] for row in sheet.rows)
    return lines.getvalue()


def to_markdown(report: Report) -> str:
    return "\n\n".join(_markdown(part) if isinstance(part, Sheet) else part for part in report.parts) + "\n"


def _markdown(sheet: Sheet) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    cells = [[text(column.kind, row.get(column.key)).replace("|", r"\|") for column in columns] for row in sheet.rows]
    rule = ["---:" if column.kind in RIGHT else "---" for column in columns]
    lines = [f"| {' | '.join(line)} |" for line in ([column.title for column in columns], rule, *cells)]
    return "\n".join(([f"**{sheet.title}**", ""] if sheet.title else []) + lines)


def to_latex(report: Report) -> str:
    """LaTeX: each sheet a booktabs tabular, text between as comments; needs booktabs and amsmath."""
    pieces = [
        _latex(part) if isinstance(part, Sheet) else "\n".join(f"% {line}" for line in part.splitlines())
        for part in report.parts
    ]
    return "\n\n".join(pieces) + "\n"


def _latex(sheet: Sheet) -> str:
    columns = [column for column in sheet.columns if column.kind != "bar"]
    lines = [
        r"\begin{tabular}{" + "".join("r" if column.kind in RIGHT else "l" for column in columns) + "}",
        r"\toprule",
        " & ".join(_escaped(column.title) for column in columns) + r" \\",
        r"\midrule",
    ]
    lines += [" & ".join(_latex_cell(c.kind, row.get(c.key)) for c in columns) + r" \\" for row in sheet.rows]
    lines += [r"\bottomrule", r"\end{tabular}"]
    return "\n".join(([f"% {sheet.title}"] if sheet.title else []) + lines)


def _latex_cell(kind: str, value: object) -> str:
    return f"${value.latex()}$" if hasattr(value, "latex") else _escaped(text(kind, value))


def _escaped(plain: str) -> str:
    return "".join(_TEX.get(char, char) for char in plain)


WRITERS: dict[str, Callable[[Report], str]] = {
    "json": to_json,
    "csv": to_csv,
    "md": to_markdown,
    "tex": to_latex,
}


def replace_file(path: str, write: Callable[[str], object]) -> None:
    """Let *write* fill a new file beside *path*, and put it in *path*'s place once it is complete.

    Raises InputError where that cannot be done; *path* is then what it was.
    """
    import tempfile  # slow to import, and only a written file needs it

    try:
        handle, fresh = tempfile.mkstemp(
            dir=os.path.dirname(path) or ".", prefix=".paramcount-", suffix=os.path.splitext(path)[1]
        )
    except OSError as error:
        raise InputError(f"-o {path}: {error.strerror}; valid: a file in an existing, writable folder") from None
    os.close(handle)
    try:
        write(fresh)
        os.chmod(fresh, os.stat(path).st_mode & 0o777 if os.path.exists(path) else 0o666 & ~_umask())
        os.replace(fresh, path)
    except OSError as error:
        raise InputError(f"-o {path}: {error.strerror}; valid: a file, not a folder") from None
    finally:
        if os.path.exists(fresh):
            os.unlink(fresh)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
