"""The plain path is light: what is not needed is not imported."""

import json
import subprocess
import sys

import pytest
from checkpoints import entries, write_header

HEAVY = {"numpy", "sympy", "pandas", "matplotlib", "torch", "transformers", "scipy", "networkx"}


def _modules(code: str) -> set[str]:
    script = f"import sys\n{code}\nprint('\\n'.join(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stderr.split())


def _command(*arguments: str, code: int = 0) -> set[str]:
    call = f"from paramcount.cli import main\ntry: main({list(arguments)!r})"
    return _modules(f"{call}\nexcept SystemExit as stop: assert (stop.code or 0) == {code}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["gpt3-xl"],
        ["gpt2-small", "gpt3-175b"],
        ["gpt3-xl", "--tensors"],
        ["--help"],
        ["show", "-h"],
        ["models"],
        ["table", "gpt3"],
        ["compare", "gpt2-small", "gpt2-xl"],
        ["solve", "--params", "100T"],
        ["solve", "--memory", "80GB", "--dtype", "int4", "--flops", "1e23"],
        ["flops", "llama-3.1-8b", "--seq", "8192"],
        ["cache", "gpt3-175b"],
        ["memory", "llama-3.1-8b", "--dtype", "gguf:Q4_K_M", "--gpu", "h100-sxm"],
        ["memory", "gpt3-175b", "--for", "training"],
        ["train", "gpt3-175b", "--tokens", "300B", "--gpu", "v100", "--mfu", "20%"],
        ["scaling", "--flops", "3.14e23"],
        ["scaling", "--gpu", "h100-sxm", "--devices", "64", "--days", "30", "--mfu", "40%"],
    ],
    ids=" ".join,
)
def test_plain_commands_import_click_and_rich_and_nothing_heavier(arguments):
    assert not _command(*arguments) & HEAVY


# Of different kinds: dense, encoder, encoder with decoder, experts, state spaces, a text model among others.
@pytest.mark.parametrize("model_type", ["llama", "bert", "t5", "deepseek_v3", "mamba2", "gemma3"])
def test_counting_a_config_imports_click_and_rich_and_the_standard_library_alone(model_type, tmp_path):
    """No torch, transformers, huggingface_hub, safetensors or gguf, though they are installed here."""
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"model_type": model_type, "text_config": {"model_type": "gemma3_text"}}))
    imported = {module.partition(".")[0] for module in _command(str(path)) - _modules("")}
    assert imported <= {"paramcount", "click", "rich", *sys.stdlib_module_names}


def test_reading_a_checkpoint_beside_its_config_is_as_light(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    write_header(tmp_path / "model.safetensors", entries({"wte.weight": (2, 3)}))
    imported = {module.partition(".")[0] for module in _command(str(tmp_path), code=1) - _modules("")}
    assert imported <= {"paramcount", "click", "rich", *sys.stdlib_module_names}


@pytest.mark.parametrize("form", ["table", "json", "csv", "md", "tex"])
def test_no_format_waits_for_rich(form):
    assert not _command("gpt3-xl", "--format", form) & (HEAVY | {"rich"})


@pytest.mark.parametrize("arguments", ["gpt3-xl", "models", "solve --params 7B", "formula deepseek-v3"])
def test_terminals_wait_for_rich_no_more_than_pipes(arguments, monkeypatch):
    """It comes with the line of progress alone, which quick commands do without."""
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert not _command(*arguments.split()) & (HEAVY | {"rich"})


def test_the_plain_path_leaves_slow_parts_of_the_standard_library_alone():
    """Each costs a millisecond or more, which is as much as the whole count."""
    assert not _command("gpt3-xl", "--json") & {"pathlib", "tempfile", "tomllib", "random", "decimal", "difflib"}


def test_importing_the_library_imports_nothing_heavy():
    assert not _modules("import paramcount") & (HEAVY | {"click", "rich", "csv"})
    assert not _modules("import paramcount; paramcount.load('gpt3-xl').total()") & (HEAVY | {"click", "rich"})


def test_completion_is_light():
    """Completing a model's name imports nothing heavy either."""
    words = {"_PARAMCOUNT_COMPLETE": "bash_complete", "COMP_WORDS": "paramcount gpt3", "COMP_CWORD": "1"}
    code = f"import os; os.environ.update({words!r})"
    modules = _modules(
        f"{code}\nfrom paramcount.cli import main\ntry: main([])\nexcept SystemExit: pass",
    )
    assert not modules & (HEAVY | {"rich"})
