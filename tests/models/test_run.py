"""What model types multiply and cache, against torch's counter on transformers' classes and their caches."""

import json

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from models.runnable import runnable
from models.special import DEFAULTS, VARY
from models.variations import documents
from paramcount.catalog.from_config import spec_of
from paramcount.config import ConfigError
from paramcount.config.document import of
from paramcount.costs.cache import Kind, cache
from paramcount.costs.run import Run
from paramcount.costs.stated import costed, types_stated
from paramcount.errors import InputError
from paramcount.ledger.operation import CROSS_PAIR, PAIR, SEQUENCE, TOKEN
from paramcount.ledger.window import AROUND, CHUNKED, SLIDING, Window
from paramcount.models.reach import REACH
from paramcount.models.registry import accepted, architecture_of

pytestmark = pytest.mark.thorough

torch = pytest.importorskip("torch")
transformers = pytest.importorskip("transformers")
from models import holding, running  # noqa: E402

ATTENDS_TO_IMAGES = "mllama_text_model"  # as test_run_hybrid runs it
EACH = pytest.mark.parametrize("model_type", [one for one in types_stated() if one != ATTENDS_TO_IMAGES])
LATENT = {
    "model_type": "deepseek_v3",
    "architectures": ["DeepseekV3ForCausalLM"],
    "vocab_size": 50,
    "hidden_size": 64,
    "num_hidden_layers": 4,
    "num_attention_heads": 4,
    "num_key_value_heads": 4,
    "intermediate_size": 48,
    "moe_intermediate_size": 16,
    "first_k_dense_replace": 1,
    "n_routed_experts": 8,
    "n_group": 2,
    "topk_group": 1,
    "num_experts_per_tok": 2,
    "q_lora_rank": 12,
    "kv_lora_rank": 10,
    "qk_nope_head_dim": 8,
    "qk_rope_head_dim": 4,
    "v_head_dim": 6,
}


def asked(document, b, t, attention="needed"):
    """The costs of *document* for *b* sequences of *t* tokens, and that run, with a source if one is read."""
    spec = spec_of(of(document), "config")
    config = spec.family.configured(spec.sizes).config
    run = Run(b, t, attention=attention)
    try:
        return costed(spec, run), run, config
    except InputError as error:
        if "needs a source" not in str(error):
            raise
    run = run._replace(source=config.get("max_source_positions") or t + b)
    return costed(spec, run), run, config


def differences(document, b, t):
    """Where the costs of a run of *document* differ from transformers'; None if either refuses the config."""
    try:
        cost, run, config = asked(document, b, t, "computed")
    except (ConfigError, InputError):
        return None
    try:
        theirs = running.flops(config, b, t, run.source)
    except Exception:  # a class may raise anything for a config that it doesn't accept
        return None
    ours = sum(line.flops(run, cost.causal) for line in cost.work)
    return [] if ours == theirs else [f"{json.dumps(document)}: {ours:,} FLOPs here, {theirs:,} by torch's counter"]


def vary(model_type, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), b=st.integers(1, 3), t=st.integers(2, 9))
    def holds(data, b, t):
        found = differences(runnable(data.draw(documents(model_type, VARY.get(model_type)))), b, t)
        assume(found is not None)
        assert found == []

    holds()


@pytest.mark.slow
@EACH
def test_random_configs_multiply_what_torch_counts(model_type):
    vary(model_type, 20)


@pytest.mark.parametrize("model_type", ["llama", "gpt2", "gemma2", "mixtral", "qwen3_moe", "falcon", "bert", "albert"])
def test_a_few_random_configs_multiply_what_torch_counts(model_type):
    vary(model_type, 3)


WINDOWS = ("sliding_window", "local_attention")
# Types whose class narrows what it sees without a mask: by an indexer, by values, or by a bias of its own.
IN_THE_CLASS = {"gpt_neo", "doge", "deepseek_v32", "glm_moe_dsa", "axk2", "hy_v4"}


def window_differences(document, window, b, t):
    """Where the needed pairs of *document* with a *window* differ from what the masks let through; None if refused."""
    try:
        keys = [key for key in WINDOWS if key in of({"model_type": document["model_type"]}).values]
        spec = spec_of(of({**document, **dict.fromkeys(keys, window)}), "config")
        cost = costed(spec, Run(b, t))
    except (ConfigError, InputError):
        return None
    try:
        theirs = running.needed(spec.family.configured(spec.sizes).config, b, t)
    except Exception:  # as above
        return None
    ours = sum(line.flops(Run(b, t), cost.causal) for line in cost.work if line.per == PAIR)
    return [] if ours == theirs else [f"{json.dumps(document)}, window {window}: {ours:,} here, {theirs:,} let through"]


def vary_windows(model_type, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), window=st.integers(2, 8), b=st.integers(1, 2), t=st.integers(2, 14))
    def holds(data, window, b, t):
        document = runnable(data.draw(documents(model_type, VARY.get(model_type))))
        found = window_differences(document, window, b, t)
        assume(found is not None)
        assert found == []

    holds()


@pytest.mark.slow
@pytest.mark.parametrize("model_type", sorted(set(REACH) & set(types_stated()) - IN_THE_CLASS))
def test_windows_let_through_what_the_masks_do(model_type):
    vary_windows(model_type, 12)


@pytest.mark.parametrize("model_type", ["gemma3_text", "mistral", "qwen2", "gpt_oss", "modernbert", "gemma4_text"])
def test_a_few_windows_let_through_what_the_masks_do(model_type):
    vary_windows(model_type, 3)


@given(window=st.integers(1, 9), t=st.integers(1, 12), kinds=st.lists(st.booleans(), min_size=1, max_size=3))
@settings(max_examples=10, deadline=None)
def test_gpt_neo_sees_what_the_masks_in_its_class_let_through(window, t, kinds):
    named = [[["global" if kind else "local"], 1] for kind in kinds]
    document = {"model_type": "gpt_neo", "hidden_size": 8, "num_heads": 2, "num_layers": len(kinds), "vocab_size": 9}
    document |= {"attention_types": named, "window_size": window, "max_position_embeddings": 16}
    spec = spec_of(of(document), "config")
    with torch.device("cpu"):
        built = transformers.GPTNeoForCausalLM(transformers.GPTNeoConfig(**document))
    seen = sum(int(layer.attn.attention.bias[0, 0, :t, :t].sum()) for layer in built.transformer.h)
    ours = sum(line.flops(Run(1, t), True) for line in costed(spec, Run(1, t)).work if line.per == PAIR)
    assert ours == 2 * 2 * 8 * seen


@pytest.mark.parametrize("kind", [SLIDING, CHUNKED, AROUND])
@given(size=st.integers(1, 7), t=st.integers(1, 20), c=st.integers(0, 19), causal=st.booleans())
def test_the_pairs_of_a_window_are_those_that_one_counts(kind, size, t, c, causal):
    assume(c < t and (causal or c == 0))

    def sees(q, k):
        near = {SLIDING: abs(q - k) < size, AROUND: abs(q - k) <= size, CHUNKED: q // size == k // size}[kind]
        return near and (k <= q or not causal)

    counted = sum(sees(q, k) for q in range(c, t) for k in range(t))
    assert Window(size, kind).pairs(t, c, causal) == counted


@pytest.mark.parametrize(("b", "t"), [(1, 4), (3, 7)])
def test_latent_attention_multiplies_and_keeps_what_the_class_does(b, t):
    spec = spec_of(of(LATENT), "config")
    config = spec.family.configured(spec.sizes).config
    assert differences(LATENT, b, t) == []
    assert cache(spec, Run(b, t), "int8").total_bytes == running.cached(config, b, t) == 4 * (10 + 4) * b * t


def differences_behind(document, b, c, t):
    """Where the costs of tokens behind a cache differ from transformers'; None if either refuses."""
    try:
        document = {key: value for key, value in document.items() if key != "architectures"}
        _, run, config = asked(document, b, t, "computed")
        run = run._replace(cached=c)
        cost = costed(spec_of(of(document), "config"), run)
    except (ConfigError, InputError):
        return None
    try:
        theirs = running.flops_behind(config, b, c, t, run.source)
    except Exception:  # as above
        return None
    ours = cost.flops(run)
    return [] if ours == theirs else [f"{json.dumps(document)}: {ours:,} behind a cache, {theirs:,} by torch's counter"]


def vary_behind(model_type, examples):
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), b=st.integers(1, 2), c=st.integers(1, 4), more=st.integers(1, 3))
    def holds(data, b, c, more):
        document = runnable(data.draw(documents(model_type, VARY.get(model_type))))
        found = differences_behind(document, b, c, c + more)
        assume(found is not None)
        assert found == []

    holds()


def costed_by_default(model_type):
    return asked({"model_type": model_type, **DEFAULTS.get(model_type, {})}, 1, 4)[0]


@pytest.mark.slow
@EACH
def test_tokens_behind_a_cache_multiply_what_torch_counts(model_type):
    if not costed_by_default(model_type).causal:
        pytest.skip(f"{model_type} keeps nothing")
    vary_behind(model_type, 8)


@pytest.mark.parametrize("model_type", ["llama", "deepseek_v2", "doge", "gpt2", "t5", "bart"])
def test_a_few_tokens_behind_a_cache_multiply_what_torch_counts(model_type):
    vary_behind(model_type, 3)


def held_by_default(model_type):
    """How many numbers a default config caches, here and in transformers."""
    document = {"model_type": model_type, **DEFAULTS.get(model_type, {})}
    cost, run, config = asked(document, 1, 4)
    spec = spec_of(of(document), model_type)
    if not cost.causal:
        with pytest.raises(InputError, match="keeps no cache"):
            cache(spec, run)
        return 0, 0
    states = any(keep.per == SEQUENCE for keep in cost.keeps)
    try:
        theirs = holding.held(config, 1, 4) if states else running.cached(config, 1, 4, run.source)
    except Exception as error:  # as above; the slow test varies its configs
        pytest.skip(f"{model_type}: transformers does not run its defaults ({error})")
    return cache(spec, run, "bf16" if states else "int8").total_bytes, theirs


@pytest.mark.slow
@EACH
def test_what_a_token_leaves_is_what_transformers_cache_holds(model_type):
    ours, theirs = held_by_default(model_type)
    assert ours == theirs


@pytest.mark.parametrize("model_type", ["llama", "gemma2", "gpt2", "bert", "qwen3"])
def test_what_a_token_leaves_some_is_what_transformers_cache_holds(model_type):
    ours, theirs = held_by_default(model_type)
    assert ours == theirs


WITH_A_SOURCE = ["t5", "bart", "marian", "whisper", "trocr", "encoder-decoder", "t5gemma", "fsmt"]
CROSSING = ["gpt2", "xglm", "bert", "xlm-roberta-xl"]


def crosses(document):
    """*document* with attention to a source, if its type has a switch for it."""
    document = {key: value for key, value in document.items() if key != "architectures"}
    return {**document, "is_decoder": True, "add_cross_attention": True}


@pytest.mark.parametrize("model_type", [*WITH_A_SOURCE, *CROSSING])
def test_what_is_kept_of_a_source_is_what_transformers_cache_holds(model_type):
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), b=st.integers(1, 2), t=st.integers(2, 5))
    def holds(data, b, t):
        document = data.draw(documents(model_type, VARY.get(model_type)))
        document = crosses(document) if model_type in CROSSING else document
        found = differences(document, b, t)
        assume(found is not None)
        assert found == []
        cost, run, config = asked(document, b, t)
        assume(run.source)
        try:
            theirs = running.cached(config, b, t, run.source)
        except Exception:  # as above
            assume(False)
        assert sum(Kind(keep, run, "int8").total_bytes for keep in cost.keeps) == theirs

    holds()


CACHED_ALONE = [name for name in accepted() if architecture_of(name).caches]


@pytest.mark.parametrize("model_type", CACHED_ALONE)
def test_caches_of_types_whose_operations_are_not_stated(model_type):
    @settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data(), b=st.integers(1, 2), t=st.integers(2, 8), chunk=st.integers(2, 6))
    def holds(data, b, t, chunk):
        document = runnable(data.draw(documents(model_type, VARY.get(model_type))))
        document = {key: value for key, value in document.items() if key != "architectures"}
        if model_type == "llama4_text":
            document["attention_chunk_size"] = chunk
        source = 0 if model_type == "llama4_text" else t + b
        try:
            spec = spec_of(of(document), "config")
            ours = cache(spec, Run(b, t, source=source), "int8").total_bytes
            theirs = running.cached(spec.family.configured(spec.sizes).config, b, t, source)
        except Exception:  # as above
            assume(False)
        assert ours == theirs
        with pytest.raises(InputError, match="can't be counted exactly: it"):
            costed(spec, Run(b, t, source=source))

    holds()


def test_a_source_that_is_read_once_costs_nothing_to_the_tokens_behind():
    spec = spec_of(of({"model_type": "t5"}), "t5")
    whole, last = Run(2, 9, source=5), Run(2, 9, cached=8, source=5)
    assert costed(spec, last).flops(last) < costed(spec, whole).flops(whole)
    pers = {line.per for line in costed(spec, last).work if line.flops(last, True)}
    assert pers == {TOKEN, PAIR, CROSS_PAIR}


def test_a_source_is_stated_where_one_is_read_and_nowhere_else():
    for model_type, run, said in (
        ("t5", Run(1, 4), "needs a source; add --source"),
        ("llama", Run(1, 4, source=3), "it reads no source"),
    ):
        with pytest.raises(InputError, match=said):
            costed(spec_of(of({"model_type": model_type}), model_type), run)
