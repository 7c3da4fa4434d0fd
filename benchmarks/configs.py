"""How long `paramcount config.json` takes, against its imports and against building the model with transformers.

Prints medians of the ratios of alternating pairs, then the time for 100,000 tensors of a sharded checkpoint, read from
its headers. You may name an interpreter that has transformers: python benchmarks/configs.py /path/to/python
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from timed import RICH, paired, program, seconds

RUNS, SLOW_RUNS = 21, 3
META = """
import json, sys, torch, transformers
config = transformers.AutoConfig.for_model(**json.load(open(sys.argv[1])))
with torch.device("meta"):
    model = transformers.{auto}.from_config(config)
print(sum(parameter.numel() for parameter in model.parameters()))
"""
CAUSAL, SEQ2SEQ, MASKED = "AutoModelForCausalLM", "AutoModelForSeq2SeqLM", "AutoModelForMaskedLM"
FAMILIES = {
    "llama": CAUSAL,
    "gpt2": CAUSAL,
    "bert": MASKED,
    "t5": SEQ2SEQ,
    "mixtral": CAUSAL,
    "deepseek_v3": CAUSAL,
    "gemma3_text": CAUSAL,
}
SHARDS, LAYERS, D_MODEL, D_FF, N_VOCAB = 20, 11_111, 8, 16, 32  # nine tensors per layer


def count(model_type: str, folder: Path, python: str | None) -> None:
    path = folder / f"{model_type}.json"
    path.write_text(json.dumps({"model_type": model_type}))
    command = [program(), str(path)]
    ours, floor, quotient = paired(command, RICH, RUNS)
    line = f"{model_type:12} {1e3 * ours:5.0f} ms  {quotient:5.2f} x importing click and rich ({1e3 * floor:.0f} ms)"
    if python:
        meta = [python, "-c", META.format(auto=FAMILIES[model_type]), str(path)]
        ours, theirs, _ = paired(command, meta, SLOW_RUNS)
        line += f"  {theirs / ours:5.0f} x faster than transformers on the meta device ({theirs:.1f} s)"
    print(line, flush=True)


def checkpoint(folder: Path) -> None:
    """Write a llama of LAYERS layers in SHARDS sparse files, with its index and config."""
    tensors = {name: shape for i in range(LAYERS) for name, shape in layer(i).items()}
    tensors["model.embed_tokens.weight"] = tensors["lm_head.weight"] = [N_VOCAB, D_MODEL]
    tensors["model.norm.weight"] = [D_MODEL]
    shard_of = {name: f"model-{i % SHARDS + 1:05}-of-{SHARDS:05}.safetensors" for i, name in enumerate(tensors)}
    for shard in set(shard_of.values()):
        write(folder / shard, {name: tensors[name] for name in tensors if shard_of[name] == shard})
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": shard_of}))
    config = {"model_type": "llama", "hidden_size": D_MODEL, "intermediate_size": D_FF, "num_hidden_layers": LAYERS}
    config |= {"num_attention_heads": 2, "num_key_value_heads": 2, "vocab_size": N_VOCAB}
    (folder / "config.json").write_text(json.dumps(config))
    print(f"{len(tensors):,} tensors in {SHARDS} shards")


def layer(i: int) -> dict[str, list[int]]:
    shapes: dict[str, list[int]] = {f"self_attn.{side}_proj": [D_MODEL, D_MODEL] for side in "qkvo"}
    shapes |= {f"mlp.{side}_proj": [D_FF, D_MODEL] for side in ("gate", "up")}
    shapes |= {"mlp.down_proj": [D_MODEL, D_FF]}
    shapes |= {f"{place}_layernorm": [D_MODEL] for place in ("input", "post_attention")}
    return {f"model.layers.{i}.{name}.weight": shape for name, shape in shapes.items()}


def write(path: Path, tensors: dict[str, list[int]]) -> None:
    header: dict[str, Any] = {}
    end = 0
    for name, shape in tensors.items():
        begin, end = end, end + 2 * (shape[0] * (shape[1] if len(shape) > 1 else 1))
        header[name] = {"dtype": "BF16", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header).encode()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        file.truncate(8 + len(text) + end)


def main() -> None:
    python = sys.argv[1] if len(sys.argv) > 1 else sys.executable
    has = subprocess.run([python, "-c", "import torch, transformers"], stderr=subprocess.DEVNULL).returncode == 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for model_type in FAMILIES:
            count(model_type, folder, python if has else None)
        weights = folder / "weights"
        weights.mkdir()
        checkpoint(weights)
        took = statistics.median(seconds([program(), str(weights)]) for _ in range(5))
        print(f"beside their config {took:5.2f} s")
        (weights / "config.json").unlink()
        took = statistics.median(seconds([program(), str(weights)]) for _ in range(5))
        print(f"alone               {took:5.2f} s")


if __name__ == "__main__":
    main()
