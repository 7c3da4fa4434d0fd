"""Inputs that once went wrong, each with its right answer: one row each in tests/cases/cases.csv.

An answer is a total, or words of what is printed: `says: …`, of one line `refused: …`; several are parted by ` | `.
An input is a file beside the table, a model of the catalog, or what the function `made_<case>` writes.
"""

import csv
import json
import shutil
import sys
from pathlib import Path

import pytest
from checkpoints import entries, write_header

HERE = Path(__file__).parent / "cases"
with (HERE / "cases.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(line for line in file if not line.startswith("#")))
CODE = {"AutoConfig": "configuration.Config"}
NANO = {"n_layer": 2, "n_head": 4, "n_embd": 64, "block_size": 96, "bias": False, "vocab_size": 256}
META = {"dim": 64, "n_layers": 2, "n_heads": 4, "n_kv_heads": 4, "vocab_size": 192, "multiple_of": 32, "norm_eps": 1e-5}


def llama(layers, d, ff, vocab, d_kv=None, dtype="F16"):
    """The header of a Llama's file, written by hand."""
    d_kv = d_kv or d
    shapes = {"model.embed_tokens.weight": (vocab, d), "model.norm.weight": (d,), "lm_head.weight": (vocab, d)}
    for layer in range(layers):
        own = f"model.layers.{layer}."
        shapes |= {f"{own}self_attn.{name}_proj.weight": (d, d) for name in "qo"}
        shapes |= {f"{own}self_attn.{name}_proj.weight": (d_kv, d) for name in "kv"}
        shapes |= {f"{own}mlp.{name}_proj.weight": (ff, d) for name in ("gate", "up")}
        shapes |= {f"{own}mlp.down_proj.weight": (d, ff)}
        shapes |= {f"{own}{name}_layernorm.weight": (d,) for name in ("input", "post_attention")}
    return {name: (shape, dtype) for name, shape in shapes.items()}


def packed(tensors, pack):
    """*tensors*, with every linear map of the layers as *pack* stores it."""
    found = {}
    for name, (shape, dtype) in tensors.items():
        maps = ".layers." in name and len(shape) == 2
        found |= pack(name.removesuffix(".weight"), *shape) if maps else {name: (shape, dtype)}
    return found


def gptq(name, rows, columns, bits=4, group=32):
    words = 32 // bits
    return {
        f"{name}.qweight": ((columns // words, rows), "I32"),
        f"{name}.qzeros": ((columns // group, rows // words), "I32"),
        f"{name}.scales": ((columns // group, rows), "F16"),
        f"{name}.g_idx": ((columns,), "I32"),
    }


def w4a16(name, rows, columns, bits=4, group=128):
    return {
        f"{name}.weight_packed": ((rows, columns * bits // 32), "I32"),
        f"{name}.weight_scale": ((rows, columns // group), "BF16"),
        f"{name}.weight_shape": ((2,), "I64"),
    }


def mlx(name, rows, columns, bits=8, group=64):
    found = {f"{name}.weight": ((rows, columns * bits // 32), "U32")}
    return found | {f"{name}.{own}": ((rows, columns // group), "BF16") for own in ("scales", "biases")}


def stored(path, tensors):
    """Write a file of *tensors*, name: (shape, dtype), without their data."""
    header, end = {}, 0
    for name, (shape, dtype) in tensors.items():
        [one] = entries({name: shape}, dtype).values()
        size = one["data_offsets"][1]
        header[name] = {**one, "data_offsets": [end, end + size]}
        end += size
    return write_header(path, header)


def config(folder, **keys):
    (folder / "config.json").write_text(json.dumps(keys))
    return folder


LLAMA = {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "num_hidden_layers": 2}
LLAMA |= {"num_attention_heads": 4, "num_key_value_heads": 4}


def folder_of(folder, d, ff, vocab, tensors, **keys):
    stored(folder / "model.safetensors", tensors)
    return config(folder, **{**LLAMA, "hidden_size": d, "intermediate_size": ff, "vocab_size": vocab, **keys})


def index(folder, total_size, **keys):
    (folder / "model.safetensors.index.json").write_text(
        json.dumps(
            {"metadata": {"total_size": total_size}, "weight_map": {"a.weight": "model-00001-of-00002.safetensors"}}
        )
    )
    return config(folder, **keys)


def made_A116(folder):
    keys = {**LLAMA, "hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 32}
    keys |= {"num_attention_heads": 32, "num_key_value_heads": 32, "attention_bias": True, "mlp_bias": True}
    return index(folder, 6_965_007_360, **keys, tie_word_embeddings=True, torch_dtype="bfloat16", vocab_size=49152)


def made_A118(folder):
    keys = {**LLAMA, "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32, "vocab_size": 64000}
    return index(folder, 12_122_071_040, **keys | {"num_attention_heads": 32, "torch_dtype": "bfloat16"})


def made_A123(folder):
    keys = {**LLAMA, "hidden_size": 4096, "intermediate_size": 14336, "num_hidden_layers": 32, "vocab_size": 128256}
    del keys["num_key_value_heads"]
    return config(folder, **keys | {"num_attention_heads": 32, "n_kv_heads": 8})


def made_A125(folder):
    return config(folder, model_type="gpt2", n_layer=6, n_head=6, n_embd=384, block_size=256, bias=False, vocab_size=65)


def made_A127(folder):
    return config(folder, model_type="bert", architectures=["BertModel"], pruned_heads={"0": [0, 1, 2], "5": [7]})


def nano_gpt():
    """A model of nanoGPT's shape with a tied head, as hand-written modules."""
    torch = pytest.importorskip("torch")
    nn, d = torch.nn, NANO["n_embd"]

    def layer():
        norms = {"ln_1": nn.LayerNorm(d, bias=False), "ln_2": nn.LayerNorm(d, bias=False)}
        attn = nn.ModuleDict({"c_attn": nn.Linear(d, 3 * d, bias=False), "c_proj": nn.Linear(d, d, bias=False)})
        mlp = nn.ModuleDict({"c_fc": nn.Linear(d, 4 * d, bias=False), "c_proj": nn.Linear(4 * d, d, bias=False)})
        return nn.ModuleDict({**norms, "attn": attn, "mlp": mlp})

    tables = {"wte": nn.Embedding(NANO["vocab_size"], d), "wpe": nn.Embedding(NANO["block_size"], d)}
    layers = {"h": nn.ModuleList(layer() for _ in range(NANO["n_layer"])), "ln_f": nn.LayerNorm(d, bias=False)}
    model = nn.ModuleDict({"transformer": nn.ModuleDict({**tables, **layers})})
    model["lm_head"] = nn.Linear(d, NANO["vocab_size"], bias=False)
    model["lm_head"].weight = model["transformer"]["wte"].weight
    return torch, model


def made_A129(folder):
    torch, model = nano_gpt()
    optimizer = torch.optim.AdamW(model.parameters()).state_dict()
    torch.save({"model": model.state_dict(), "model_args": NANO, "optimizer": optimizer}, folder / "ckpt.pt")
    return folder / "ckpt.pt"


def made_A131(folder):
    torch, model = nano_gpt()
    path = folder / "mp_rank_00_model_states.pt"
    torch.save({"module": model.state_dict(), "global_steps": 3, "mp_world_size": 1}, path)
    return path


def made_A133(folder):
    torch = pytest.importorskip("torch")
    d, ff = META["dim"], 192  # 2/3 of 4·64, rounded up to a multiple of 32
    shapes = {"tok_embeddings.weight": (META["vocab_size"], d), "norm.weight": (d,), "rope.freqs": (8,)}
    for layer in range(META["n_layers"]):
        own = f"layers.{layer}."
        shapes |= {f"{own}attention.{name}.weight": (d, d) for name in ("wq", "wk", "wv", "wo")}
        shapes |= {f"{own}feed_forward.{name}.weight": (ff, d) for name in ("w1", "w3")}
        shapes |= {f"{own}feed_forward.w2.weight": (d, ff)}
        shapes |= {f"{own}{name}_norm.weight": (d,) for name in ("attention", "ffn")}
    shapes["output.weight"] = (META["vocab_size"], d)
    torch.save({name: torch.zeros(shape) for name, shape in shapes.items()}, folder / "consolidated.00.pth")
    (folder / "params.json").write_text(json.dumps(META))
    return folder


def made_A136(folder):
    quantised = packed(llama(2, 128, 256, 100), mlx)
    return folder_of(folder, 128, 256, 100, quantised, quantization={"group_size": 64, "bits": 8})


def made_A138(folder):
    quantised = packed(llama(2, 128, 256, 100), gptq)
    zero_biases = {name.replace("qweight", "bias"): (shape[1:], "F16") for name, (shape, _) in quantised.items()
                   if name.endswith("qweight")}  # fmt: skip
    stated = {"quant_method": "gptq", "bits": 4, "group_size": 32}
    return folder_of(folder, 128, 256, 100, quantised | zero_biases, quantization_config=stated)


def made_A140(folder):
    more = {"score.weight": ((1, 128), "F16")}
    return folder_of(folder, 128, 256, 100, llama(2, 128, 256, 100) | more)


def made_A141(folder):
    return stored(folder / "gptq4.safetensors", packed(llama(2, 256, 512, 768), gptq))


def made_A146(folder):
    (folder / "tf_model.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    return folder / "tf_model.h5"


def made_B010(folder):
    return stored(folder / "stories15M.safetensors", llama(6, 288, 768, 32000))


def made_B022(folder):
    tensors = packed(llama(32, 4096, 14336, 128256, 1024, "BF16"), w4a16)
    group = {"weights": {"num_bits": 4, "group_size": 128}, "targets": ["Linear"], "format": "pack-quantized"}
    stated = {"quant_method": "compressed-tensors", "format": "pack-quantized", "config_groups": {"group_0": group}}
    keys = {"num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 8}
    return folder_of(folder, 4096, 14336, 128256, tensors, **keys, quantization_config=stated)


def made_B045(folder):
    keys = {"model_type": "qwen2_5_vl_vision", "depth": 32, "hidden_size": 1280, "intermediate_size": 3420}
    keys |= {"num_heads": 16, "in_chans": 3, "out_hidden_size": 3584, "patch_size": 14, "spatial_merge_size": 2}
    return config(folder, **keys | {"window_size": 112, "fullatt_block_indexes": [7, 15, 23, 31]})


def made_B023(folder):
    return made_A136(folder)


def made_B038(folder):
    keys = {"peft_type": "LORA", "r": 16, "target_modules": ["q_proj", "v_proj"]}
    path = folder / "adapter_config.json"
    path.write_text(json.dumps({**keys, "modules_to_save": ["embed_tokens", "lm_head"]}))
    return folder


def base_of_b038(folder):
    return "llama-3.1-8b"


def base_of_a107(folder):
    return saved(folder / "base", {"model_type": "whisper", "architectures": ["WhisperForConditionalGeneration"],
                 "d_model": 1280, "encoder_layers": 32, "decoder_layers": 4, "encoder_attention_heads": 20,
                 "decoder_attention_heads": 20, "encoder_ffn_dim": 5120, "decoder_ffn_dim": 5120,
                 "vocab_size": 51866, "num_mel_bins": 128})  # fmt: skip


def base_of_a109(folder):
    return saved(folder / "base", {"model_type": "hunyuan_v1_dense", "hidden_size": 2048, "intermediate_size": 6144,
                 "num_hidden_layers": 32, "num_attention_heads": 16, "num_key_value_heads": 4, "head_dim": 128,
                 "vocab_size": 120818, "tie_word_embeddings": True})  # fmt: skip


def saved(folder, document):
    folder.mkdir()
    return str(config(folder, **document))


def input_of(row, folder):
    """The input of the command: a file copied to its own folder, what a function here makes, or a name."""
    if make := getattr(sys.modules[__name__], f"made_{row['case']}", None):
        return str(make(folder))
    if (HERE / row["input"]).is_file():
        return shutil.copy(HERE / row["input"], folder)
    return row["input"]


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['case']}-{at}" for at, row in enumerate(ROWS)])
def test_its_answer_is_right(row, tmp_path, run):
    if row["needs"]:
        pytest.importorskip(row["needs"])
    arguments = row["arguments"].split()
    if "BASE" in arguments:
        base = getattr(sys.modules[__name__], f"base_of_{row['case'].lower()}")(tmp_path)
        arguments[arguments.index("BASE")] = base
    given = input_of(row, tmp_path)
    asked = [argument.replace("INPUT", given) for argument in arguments] if "INPUT" in row["arguments"] else None
    asked = asked if asked is not None else [given, *arguments]
    for answer in row["answer"].split(" | "):
        kind, _, words = answer.partition(": ")
        if kind == "refused":
            ran = run(*asked)
            assert ran.exit_code == 2
            assert words in ran.stderr
            assert ran.stderr.count("\n") == 1
        elif kind in ("says", "fails and says"):
            ran = run(*asked)
            assert ran.exit_code == (kind != "says"), ran.stderr
            assert words in " ".join(ran.stdout.split())
        else:
            ran = run(*asked, "--json")
            assert ran.exit_code == 0, ran.stderr
            document = json.loads(ran.stdout)
            key, _, number = answer.rpartition("=")
            assert document[key or "total"] == int(number.replace(",", ""))


def test_every_file_has_its_row():
    named = {row["input"] for row in ROWS} | {"cases.csv", "README.md"}
    assert {path.name for path in HERE.iterdir()} <= named
