"""`--format tex` output compiles with exactly the packages that its first line names."""

import re
import shutil
import subprocess

import pytest

from paramcount.report.foreign import tex
from paramcount.report.latex import to_latex
from paramcount.report.rows import Column, Report, Sheet

COMMANDS = [
    "gpt3-xl",
    "deepseek-v3",
    "gpt2-small gpt2-xl opt-1.3b",
    "gpt2-small --tensors",
    "qwen2.5-7b --tensors --as paper",
    "gpt2-xl --lora r=16,targets=c_attn",
    "gpt3-175b --tp 8 --pp 4",
    "formula gpt",
    "formula deepseek-v3",
    "formula gpt3-175b --leading",
    "formula gpt --leading",
    "formula gpt2-xl --assume n_heads*d_head=d_model --solve-for d_model",
    "table gpt3",
    "table chinchilla",
    "audit gpt3",
    "audit gpt2 chinchilla",
    "audit training-costs",
    "models",
    "models qwen",
    "compare gpt2-small gpt2-xl",
    "compare gpt1 gpt2-small llama-3.1-8b",
    "solve --params 100T",
    "solve --params 47B --like mixtral-8x7b",
    "solve --memory 80GB --dtype int4 --flops 1e23",
    "flops llama-3.1-8b --seq 8192",
    "flops gpt3-175b --seq 2048 --tokens 300B --conventions",
    "flops gemma-2-9b --seq 8192 --by layer",
    "flops llama-3.1-8b gemma-2-9b --seq 8192 --train --recompute full",
    "cache deepseek-v3 --seq 128000 --batch 16 --dtype fp8",
    "cache llama-3.1-8b gpt2",
    "memory llama-3.1-8b --seq 8192 --gpu rtx-4090",
    "memory gpt2-small gpt2-xl --for training",
    "memory gpt3-175b --for training --devices 64 --zero 3 --tp 8",
    "train gpt3-175b --tokens 300B --gpu v100 --tflops 28 --price 1.50",
    "scaling --flops 3.14e23",
    "scaling --params 175B --tokens 300B",
    "verify gpt2-small",
    "derive gpt2",
]
DOCUMENT = "\\documentclass{article}\n%s\n\\begin{document}\n%s\n\\end{document}\n"
NAMED = re.compile(r"% (\\usepackage\{([a-z,]+)\})")
KNOWN = {"booktabs", "longtable", "amsmath", "amssymb"}


def compiled(source, folder):
    """Compile *source* with the packages of its first line, and return pdflatex's log."""
    first, _, rest = source.partition("\n")
    named = NAMED.fullmatch(first)
    assert named, first
    assert set(named[2].split(",")) <= KNOWN
    (folder / "page.tex").write_text(DOCUMENT % (named[1], rest), encoding="utf-8")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "page.tex"], cwd=folder, capture_output=True
    )
    log = done.stdout.decode("latin-1")
    assert done.returncode == 0, log[-2000:]
    assert "Missing character" not in log
    return log


needs_latex = pytest.mark.skipif(not shutil.which("pdflatex"), reason="no pdflatex; Debian: texlive-latex-recommended")


@pytest.mark.slow
@needs_latex
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_compiles(command, run, tmp_path):
    ran = run(*command.split(), "--format", "tex")
    assert ran.exit_code in (0, 1)
    compiled(ran.stdout, tmp_path)


@needs_latex
@pytest.mark.parametrize("command", ["gpt3-xl", "formula deepseek-v3"])
def test_two_commands_compile_in_the_ordinary_run(command, run, tmp_path):
    compiled(run(*command.split(), "--format", "tex").stdout, tmp_path)


def test_the_first_line_names_what_is_used_and_nothing_else(run):
    assert run("models", "gpt3-xl", "--format", "tex").stdout.startswith("% \\usepackage{booktabs}\n")
    assert run("gpt3-xl", "--format", "tex").stdout.startswith("% \\usepackage{booktabs,amsmath}\n")
    assert "longtable" in run("models", "--format", "tex").stdout.partition("\n")[0]


def test_a_long_formula_stands_in_a_column_that_breaks(run):
    page = run("formula", "deepseek-v3", "--format", "tex").stdout
    assert re.search(r"\\begin\{tabular\}\{l(p\{0\.\d+\\linewidth\})", page)
    assert r"{\raggedright $" in page


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("✓", r"$\checkmark$"),
        ("⌈x⌉", "ceil(x)"),
        ("“a”", '"a"'),
        ("é", "é"),
        ("\u3042", r"\textbackslash{}u3042"),
        ("²", "$^{2}$"),
    ],
)
def test_what_latex_has_no_sign_for_is_spelled(text, written):
    assert tex(text) == written


def test_a_table_beyond_a_page_goes_over_pages():
    rows = [{"a": number} for number in range(100)]
    page = to_latex(Report({}, (Sheet((Column("a", "a", "count"),), rows),)))
    assert r"\begin{longtable}" in page
    assert r"\begin{tabular}" not in page
