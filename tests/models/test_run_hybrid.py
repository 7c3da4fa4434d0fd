"""What state spaces, recurrences, delta nets and indexed attention multiply and cache, as in transformers' classes."""

import json
from collections import Counter

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.runnable import runnable
from models.special import VARY
from models.variations import documents
from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError
from paramcount.config.document import of
from paramcount.costs.cache import cache
from paramcount.costs.run import Run
from paramcount.costs.stated import costed, refuse_training, types_stated
from paramcount.errors import InputError
from paramcount.ledger.operation import CHUNK, CHUNK_PAIR, PAIR, SCORED, STEP, WITHIN
from paramcount.ledger.window import CHOSEN, Window

pytestmark = pytest.mark.thorough

torch = pytest.importorskip("torch")
from torch.utils.flop_counter import FlopCounterMode  # noqa: E402

from models import holding, running  # noqa: E402
from paramcount.classes import of_transformers  # noqa: E402

SCANS = ("mamba", "falcon_mamba", "jamba", "zamba", "recurrent_gemma", "rwkv", "lfm2", "lfm2_moe", "lfm3")
CHUNKED = ("mamba2", "bamba", "falcon_h1", "granitemoehybrid", "nemotron_h", "zamba2", "minimax")
DELTA = ("qwen3_next", "qwen3_5_text", "qwen3_5_moe_text", "kimi_linear", "bailing_hybrid", "olmo_hybrid")
INDEXED = ("deepseek_v32", "glm_moe_dsa", "axk2", "hy_v4")
OTHERS = ("hrm_text", "doge", "inkling_text", "zaya")
CHUNKS = {"minimax": "block_size", "bamba": "mamba_chunk_size", "falcon_h1": "mamba_chunk_size"}
CHUNKS |= {"granitemoehybrid": "mamba_chunk_size", **dict.fromkeys(("mamba2", "nemotron_h", "zamba2"), "chunk_size")}
STATES = ("state_size", "ssm_state_size", "mamba_d_state")
ALL = pytest.mark.parametrize("model_type", [*SCANS, *CHUNKED, *DELTA, *INDEXED, *OTHERS])
FEW = pytest.mark.parametrize("model_type", ["mamba", "lfm3", "mamba2", "minimax", "qwen3_next", "hy_v4"])


def runs(draw, model_type):
    """A config that the class can usually run, with short chunks if it has a key for them."""
    document = runnable(draw(documents(model_type, VARY.get(model_type))))
    document.pop("architectures", None)
    if model_type in CHUNKS:
        document[CHUNKS[model_type]] = draw(st.integers(2, 6))
    # torch.einsum makes no matrix product of a sum over one state, and with a window of one a slice from -0 keeps all.
    document |= {key: 2 for key in STATES if document.get(key) == 1}
    document |= {key: 2 for key in ("sliding_window_size", "attention_window_size") if document.get(key) == 1}
    if model_type in INDEXED:
        document["index_head_dim"] = max(document["index_head_dim"], document["qk_rope_head_dim"])
        document["num_key_value_heads"] = document["num_attention_heads"]
        document["index_topk"] = draw(st.integers(1, 9))
    return document


def differences(document, b, t):
    """Where the costs or cache of a run of *document* differ from transformers'; None if either refuses it."""
    try:
        spec = spec_of(of(document), "config")
        run = Run(b, t, attention="computed")
        ours = costed(spec, run).flops(run)
        config = spec.family.configured(spec.sizes).config
        theirs = running.flops(config, b, t)
    except (ConfigError, InputError):
        return None
    except Exception:  # a class may raise anything for a config that it doesn't accept
        return None
    found = [] if ours == theirs else [f"{json.dumps(document)}: {ours:,} FLOPs here, {theirs:,} by torch's counter"]
    try:
        kept = holding.held(config, b, t)
    except Exception:  # as above
        return found
    bytes_here = cache(spec, Run(b, t)).total_bytes
    return (
        found if kept == bytes_here else [*found, f"{json.dumps(document)}: {bytes_here:,} bytes here, {kept:,} held"]
    )


def vary(model_type, examples, longest=14):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), b=st.integers(1, 3), t=st.integers(2, longest))
    def holds(data, b, t):
        found = differences(runs(data.draw, model_type), b, t)
        assume(found is not None)
        assert found == []

    holds()


@pytest.mark.slow
@ALL
def test_random_configs_multiply_and_keep_what_the_class_does(model_type):
    vary(model_type, 20)


@FEW
def test_a_few_random_configs_multiply_and_keep_what_the_class_does(model_type):
    vary(model_type, 2)


@pytest.mark.slow
@pytest.mark.parametrize("model_type", DELTA)
def test_delta_nets_go_by_chunks_of_64(model_type):
    vary(model_type, 6, longest=150)


@given(b=st.integers(1, 3), t=st.integers(1, 40), c=st.integers(0, 39), chunk=st.integers(1, 9))
def test_chunks_are_counted_one_by_one(b, t, c, chunk):
    assume(c < t)
    tokens = range(t - c)
    chunks = {at // chunk for at in tokens}
    within = sum(at // chunk == other // chunk for at in tokens for other in tokens)
    counts = {CHUNK: len(chunks), CHUNK_PAIR: (len(chunks) + 1) ** 2, WITHIN: 0 if c else within, STEP: 0}
    if c and len(tokens) == 1:
        counts = {CHUNK: 0, CHUNK_PAIR: 0, WITHIN: 0, STEP: 1}
    assert {per: Run(b, t, c).times(per, True, chunk=chunk) for per in counts} == {
        per: b * count for per, count in counts.items()
    }


@given(size=st.integers(1, 9), t=st.integers(1, 20), c=st.integers(0, 19))
def test_an_indexer_chooses_as_many_as_there_are_up_to_its_number(size, t, c):
    assume(c < t)
    assert Window(size, CHOSEN).pairs(t, c) == sum(min(size, q + 1) for q in range(c, t))


LATENT = {"q_lora_rank": 12, "kv_lora_rank": 10, "qk_nope_head_dim": 8, "qk_rope_head_dim": 4, "v_head_dim": 6}
INDEXING = {
    "pad_token_id": 1,
    "vocab_size": 50,
    "hidden_size": 64,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "intermediate_size": 48,
    "moe_intermediate_size": 16,
    "first_k_dense_replace": 1,
    "n_routed_experts": 8,
    "n_group": 2,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "index_n_heads": 3,
    "index_head_dim": 6,
    "index_topk": 5,
    **LATENT,
}


@pytest.mark.parametrize("model_type", INDEXED)
@pytest.mark.parametrize("t", [4, 11])
def test_attention_needs_the_positions_that_the_indexer_chooses(model_type, t, monkeypatch):
    document = {"model_type": model_type, **INDEXING}
    spec = spec_of(of(document), "config")
    cost = costed(spec, Run(2, t))
    assert differences(document, 2, t) == []
    config = spec.family.configured(spec.sizes).config
    assert sum(line.flops(Run(2, t), True) for line in cost.work if line.per == PAIR) == chosen(config, t, monkeypatch)
    scored = next(line for line in cost.work if line.per == SCORED)
    assert scored.flops(Run(2, t), True) == 2 * int(scored.macs) * 2 * t * (t + 1) // 2


DOGE = {"model_type": "doge", "vocab_size": 50, "hidden_size": 24, "num_hidden_layers": 2, "intermediate_size": 20}
DOGE |= {"num_attention_heads": 6, "num_key_value_heads": 3, "pad_token_id": 1}


@pytest.mark.parametrize("kept", [1, 4, 50])
def test_attention_needs_the_positions_whose_values_stay_unmasked(kept, monkeypatch):
    spec = spec_of(of({**DOGE, "keep_window_size": kept}), "config")
    cost, config = costed(spec, Run(2, 9)), spec.family.configured(spec.sizes).config
    assert sum(line.flops(Run(2, 9), True) for line in cost.work if line.per == PAIR) == chosen(config, 9, monkeypatch)


def chosen(config, t, monkeypatch):
    """FLOPs of the pairs that the class leaves unmasked, for two sequences."""
    model = of_transformers.build(config).eval().to_empty(device="cpu")
    for tensor in (*model.parameters(), *model.buffers()):
        running._fill(tensor)
    model.set_attn_implementation("eager")
    seen = []

    def counting(module, query, key, value, attention_mask, **others):
        ones = (attention_mask > -1e30).sum().item() * query.shape[1] // attention_mask.shape[1]
        seen.append(2 * (query.shape[-1] + value.shape[-1]) * ones)
        return query.new_zeros(2, t, query.shape[1], value.shape[-1]), None

    name = type(model).__module__
    monkeypatch.setattr(f"{name}.eager_attention_forward", counting)
    tokens = torch.randint(0, config.size("vocab_size"), (2, t))
    with torch.no_grad():
        model(input_ids=tokens, attention_mask=torch.ones_like(tokens), use_cache=False)
    return sum(seen)


IMAGES = {
    "model_type": "mllama_text_model",
    "vocab_size": 50,
    "hidden_size": 24,
    "num_hidden_layers": 5,
    "num_attention_heads": 6,
    "num_key_value_heads": 3,
    "intermediate_size": 20,
    "cross_attention_layers": [1, 3],
    "pad_token_id": 1,
}


@pytest.mark.parametrize(("b", "t", "source"), [(1, 4, 7), (3, 7, 2)])
def test_layers_that_attend_to_an_image_multiply_and_keep_what_the_class_does(b, t, source):
    spec = spec_of(of(IMAGES), "config")
    run = Run(b, t, attention="computed", source=source)
    model = of_transformers.build(spec.family.configured(spec.sizes).config).eval()
    model.set_attn_implementation("eager")
    tokens = torch.zeros(b, t, dtype=torch.long, device="meta")
    image = torch.zeros(b, source, 24, device="meta")
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        out = model(input_ids=tokens, cross_attention_states=image, use_cache=True)
    assert costed(spec, run).flops(run) == counter.get_total_flops()
    held = sum(layer.keys.numel() + layer.values.numel() for layer in out.past_key_values.layers)
    assert cache(spec, run, "int8").total_bytes == held


def test_an_image_must_be_said_to_be_there():
    with pytest.raises(InputError, match="add --source"):
        costed(spec_of(of(IMAGES), "config"), Run(1, 4))


def test_a_state_stays_float32_whatever_the_cache_is_in():
    spec = spec_of(of({"model_type": "mamba2"}), "config")
    found = {kind.name: (kind.bytes_each, kind.total_bytes) for kind in cache(spec, Run(2, 64), "fp8").kinds}
    states = 64 * 2 * 4096 * 128
    convolved = 64 * 4 * (2 * 4096 + 2 * 8 * 128)
    assert found == {"mixer": (convolved, 2 * convolved), "mixer, always fp32": (4 * states, 8 * states)}


def test_layers_that_run_again_keep_each_time():
    spec = spec_of(of({"model_type": "hrm_text", "num_hidden_layers": 3, "H_cycles": 2, "L_cycles": 4}), "config")
    kept = cache(spec, Run(1, 8), "int8")
    assert [kind.keep.layers for kind in kept.kinds] == [3 * 2 * 4 + 3 * 2]
    once = Counter()
    for line in costed(spec, Run(1, 8)).work:
        once[line.component] += line.flops(Run(1, 8), True)
    assert once["feed-forward"] == 2 * 8 * 30 * 3 * 1536 * 4096


def test_what_pads_behind_a_cache_is_refused_and_not_needed():
    spec = spec_of(of({"model_type": "lfm3"}), "config")
    with pytest.raises(InputError, match="adds to a cache"):
        costed(spec, Run(1, 8, 7, "computed"))
    assert costed(spec, Run(1, 8, 7)).flops(Run(1, 8, 7)) > 0


@pytest.mark.parametrize("model_type", ["hrm_text", "deepseek_v32", "glm_moe_dsa", "axk2", "hy_v4"])
def test_a_training_with_parts_that_have_no_gradient_is_refused(model_type):
    with pytest.raises(InputError, match="its training can't be counted exactly"):
        refuse_training(spec_of(of({"model_type": model_type}), "config"))


def test_every_type_named_here_is_stated():
    assert {*SCANS, *CHUNKED, *DELTA, *INDEXED, *OTHERS, "mllama_text_model"} <= set(types_stated())
