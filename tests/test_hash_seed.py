"""No result depends on the order of a set: every command prints the same bytes under any hash seed."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from checkpoints import entries, write_header

ROOT = Path(__file__).parent.parent
SEEDS = range(8)
# Every command of a list in one process, which starts anew for each seed.
COMMANDS = """
import json, sys
from paramcount.cli import main
for arguments in json.loads(sys.argv[1]):
    try:
        main(arguments)
    except SystemExit as stopped:
        print("exit", stopped.code, flush=True)
"""
CONFIG = {
    "model_type": "llama",
    "architectures": ["LlamaForCausalLM"],
    "vocab_size": 320,
    "hidden_size": 64,
    "intermediate_size": 128,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
}
LAYER = {
    "attn_q": (64, 64),
    "attn_k": (32, 64),
    "attn_v": (32, 64),
    "attn_output": (64, 64),
    "ffn_gate": (128, 64),
    "ffn_up": (128, 64),
    "ffn_down": (64, 128),
    "attn_norm": (64,),
    "ffn_norm": (64,),
}
SHAPES = {"token_embd.weight": (320, 64), "output_norm.weight": (64,)} | {
    f"blk.{layer}.{name}.weight": shape for layer in range(2) for name, shape in LAYER.items()
}


def under_seed(seed: int, commands: list[list[str]]) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", COMMANDS, json.dumps(commands)]
    ran = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, check=False)
    assert ran.returncode == 0, ran.stderr.decode()
    return ran.stdout + ran.stderr


def said_under_all_seeds(commands: list[list[str]]) -> str:
    first, *others = [under_seed(seed, commands) for seed in SEEDS]
    assert all(other == first for other in others)
    return first.decode()


def folder(path: Path, tied: bool, shapes: dict[str, tuple[int, ...]]) -> str:
    path.mkdir()
    (path / "config.json").write_text(json.dumps({**CONFIG, "tie_word_embeddings": tied}))
    write_header(path / "model.safetensors", entries(shapes))
    return str(path)


def test_checkpoints_of_other_names_are_held_alike_under_any_seed(tmp_path):
    tied = folder(tmp_path / "tied", True, SHAPES)
    own = folder(tmp_path / "own", False, {**SHAPES, "output.weight": (320, 64)})
    lacking = folder(tmp_path / "lacking", True, {n: s for n, s in SHAPES.items() if "norm" not in n})
    said = said_under_all_seeds([[tied], [own], [lacking], [lacking, "--json"]])
    assert said.count("agrees after named explanations.") == 2
    assert said.count("incomplete: ") == 1
    assert [line for line in said.splitlines() if line.startswith("exit")] == ["exit 0"] * 2 + ["exit 1"] * 2


@pytest.mark.thorough
def test_readings_are_alike_under_any_seed():
    said = said_under_all_seeds(
        [
            ["audit", "gpt2", "--json"],
            ["audit", "gopher", "--json"],
            ["solve", "--params", "7B", "--json"],
            ["solve", "--params", "2B", "--like", "qwen3-30b-a3b", "--json"],
            ["formula", "qwen3-30b-a3b", "--json"],
            ["compare", "gpt3-xl", "gpt2-xl", "--json"],
            ["derive", "docs.examples.my_model:MyModel", "--json"],
        ]
    )
    assert said.count("exit 2") == 0


@pytest.mark.slow
@pytest.mark.parametrize("model_type", ["mamba2", "jamba", "gemma", "albert", "t5"])
def test_derived_formulas_are_alike_under_any_seed(model_type):
    pytest.importorskip("transformers")
    assert "exit 0" in said_under_all_seeds([["derive", model_type, "--json"]])
