"""The other families' witnesses compute what transformers computes or, if it has no class, what papers say."""

import math

import outside
import pytest
import torch
from torch.nn import functional

from paramcount.catalog.families import FAMILIES
from paramcount.verification.witnesses.attention import RelativeAttention, RotaryAttention, alibi_slopes
from paramcount.verification.witnesses.bert import Bert, Roberta
from paramcount.verification.witnesses.bloom import Bloom
from paramcount.verification.witnesses.gopher import Gopher
from paramcount.verification.witnesses.gpt import initialise
from paramcount.verification.witnesses.llama import Llama, Mixtral
from paramcount.verification.witnesses.opt import OPTProjected
from paramcount.verification.witnesses.palm import GPTNeoX, PaLM

BARE = {"n_layers": 3, "d_model": 32, "n_heads": 4, "d_head": 8, "d_ff": 40, "n_vocab": 50}
UNTIED = {**BARE, "tied": False}
MANY_KEYS, FEW_KEYS = {**UNTIED, "n_kv_heads": 4}, {**UNTIED, "n_kv_heads": 2, "d_head": 10}
SPARSE = {**FEW_KEYS, "n_experts": 5, "n_active_experts": 2}
SIX_HEADS = {**BARE, "d_model": 48, "n_heads": 6, "d_ff": 192, "tied": True}  # no power of two: ALiBi's odd slopes
LEARNED = {**BARE, "n_ctx": 16}
ENCODER = {**LEARNED, "n_segments": 2, "pooler": True}
PROJECTED = {**LEARNED, "d_embed": 12, "tied": True}
ONE_KEY = {**BARE, "n_kv_heads": 1}

PAIRS = {
    "llama": (outside.their_llama, Llama, MANY_KEYS, {}, outside.from_llama),
    "llama grouped": (outside.their_llama, Llama, FEW_KEYS, {}, outside.from_llama),
    "llama multi-query tied": (outside.their_llama, Llama, {**ONE_KEY, "tied": True}, {}, outside.from_llama),
    "mistral": (outside.their_mistral, Llama, FEW_KEYS, {}, outside.from_llama),
    "mistral windowed": (
        lambda sizes: outside.their_mistral(sizes, window=3), Llama, FEW_KEYS, {"bands": [3] * 3}, outside.from_llama,
    ),
    "mixtral": (outside.their_mixtral, Mixtral, SPARSE, {}, outside.from_llama),
    "gpt-neox": (outside.their_gpt_neox, GPTNeoX, UNTIED, {}, outside.from_gpt_neox),
    "bloom": (outside.their_bloom, Bloom, SIX_HEADS, {}, outside.from_bloom),
    "bert": (outside.their_bert, Bert, ENCODER, {}, outside.from_bert),
    "roberta": (outside.their_roberta, Roberta, {**ENCODER, "n_segments": 1}, {}, outside.from_bert),
    "opt-projected": (outside.their_opt_projected, OPTProjected, PROJECTED, {}, outside.from_opt_projected),
}  # fmt: skip
CAUSAL = {
    "llama": (Llama, FEW_KEYS),
    "mixtral": (Mixtral, SPARSE),
    "gpt-neox": (GPTNeoX, BARE),
    "palm": (PaLM, ONE_KEY),
    "bloom": (Bloom, SIX_HEADS),
    "gopher": (Gopher, BARE),
    "opt-projected": (OPTProjected, PROJECTED),
}
EACH = pytest.mark.parametrize(("witness", "sizes"), CAUSAL.values(), ids=CAUSAL)

# transformers takes norms and softmaxes in single precision, whatever its weights are in.
CLOSE = {"atol": 2e-5, "rtol": 2e-5}


@pytest.fixture(autouse=True)
def one_thread():
    """Sizes are too small for several threads, and tests run in parallel."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def filled(model, scale=0.3):
    """*model* in double precision, with random weights large enough for every part to matter."""
    initialise(model, scale=scale)
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.add_(0.1 * torch.randn(tensor.shape, generator=generator))
    return model.double()


def tokens_of(t, b=2):
    """Tokens from 2 up: RoBERTa's padding is 1."""
    return torch.randint(2, BARE["n_vocab"], (b, t), generator=torch.Generator().manual_seed(1))


def outputs(model, tokens):
    """Logits, or an encoder's states and pooled output, as a tuple."""
    out = model(tokens)
    if isinstance(out, torch.Tensor | tuple):
        return out if isinstance(out, tuple) else (out,)
    return (out.logits,) if "logits" in out else (out.last_hidden_state, out.pooler_output)


def loss_of(outs):
    """A weighted sum of the outputs, each number with its own weight."""
    generator = torch.Generator().manual_seed(3)
    return sum((out * torch.randn(out.shape, generator=generator)).mean() for out in outs)


@pytest.fixture(params=PAIRS)
def pair(request):
    """A small transformers model with random weights, a witness with the same weights, and the map of their names."""
    maker, witness, sizes, options, renamed = PAIRS[request.param]
    theirs = maker(sizes).double().eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in theirs.parameters():
            tensor.add_(0.2 * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype))
    ours = witness(**sizes, **options).double()
    copied = dict(renamed(dict(theirs.named_parameters()), sizes))
    assert copied.keys() == dict(ours.named_parameters()).keys()
    with torch.no_grad():
        for name, tensor in ours.named_parameters():
            assert tensor.shape == copied[name].shape
            tensor.copy_(copied[name])
    return theirs, ours, lambda tensors: renamed(tensors, sizes)


def test_the_witness_computes_what_transformers_computes(pair):
    theirs, ours, _ = pair
    for t in (1, 7, 16):
        for our, their in zip(outputs(ours, tokens_of(t)), outputs(theirs, tokens_of(t)), strict=True):
            torch.testing.assert_close(our, their, **CLOSE)


def test_the_witness_has_the_loss_gradients_of_transformers(pair):
    """For every parameter, including a tied token embedding."""
    theirs, ours, renamed = pair
    for model in (theirs, ours):
        loss_of(outputs(model, tokens_of(16))).backward()
    gradients = dict(renamed({name: tensor.grad for name, tensor in theirs.named_parameters()}))
    for name, tensor in ours.named_parameters():
        torch.testing.assert_close(tensor.grad, gradients[name], **CLOSE, msg=lambda text, name=name: f"{name}: {text}")
        assert tensor.grad.abs().max() > 1e-6 or name.endswith("b_K"), f"{name} has no say"  # keys' bias cancels


def test_segments_are_those_of_transformers():
    """The second sentence's tokens read the second row of BERT's segment table."""
    theirs, ours = outside.their_bert(ENCODER).double().eval(), Bert(**ENCODER).double()
    copied = dict(outside.from_bert(dict(theirs.named_parameters()), ENCODER))
    with torch.no_grad():
        for name, tensor in ours.named_parameters():
            tensor.copy_(copied[name])
    segments = torch.tensor([[0, 0, 0, 1, 1, 1, 1]]).expand(2, 7)
    theirs_out = theirs(tokens_of(7), token_type_ids=segments).last_hidden_state
    torch.testing.assert_close(ours(tokens_of(7), segments)[0], theirs_out)
    assert not torch.allclose(ours(tokens_of(7))[0], theirs_out)


FULL = [  # released models: n_layers, d_model, n_heads, and what else their family has; and their counts
    ("llama", outside.their_llama, (32, 4096, 32), {"d_ff": 11008, "n_vocab": 32000}, 6_738_415_616),
    ("llama", outside.their_mistral, (32, 4096, 32), {"n_kv_heads": 8, "d_ff": 14336, "n_vocab": 32000}, 7_241_732_096),
    (
        "mixtral", outside.their_mixtral, (32, 4096, 32),
        {"n_kv_heads": 8, "d_ff": 14336, "n_vocab": 32000, "n_experts": 8, "n_active_experts": 2}, 46_702_792_704,
    ),
    ("gpt-neox", outside.their_gpt_neox, (12, 768, 12), {"n_vocab": 50304}, 162_322_944),
    ("gpt-neox", outside.their_gpt_neox, (36, 5120, 40), {"n_vocab": 50688}, 11_846_072_320),
    ("bloom", outside.their_bloom, (24, 1024, 16), {"n_vocab": 250880}, 559_214_592),
    ("bloom", outside.their_bloom, (70, 14336, 112), {"n_vocab": 250880}, 176_247_271_424),
    ("bert", outside.their_bert, (12, 768, 12), {"n_vocab": 30522, "n_ctx": 512, "n_segments": 2}, 109_482_240),
    ("roberta", outside.their_roberta, (12, 768, 12), {"n_vocab": 50265, "n_ctx": 512, "n_segments": 1}, 124_645_632),
    (
        "opt-projected", outside.their_opt_projected, (24, 1024, 16),
        {"n_vocab": 50272, "n_ctx": 2048, "d_embed": 512}, 331_196_416,
    ),
]  # fmt: skip
NAMES = "llama-7b mistral-7b mixtral-8x7b pythia-160m pythia-12b bloom-560m bloom-176b bert-base roberta-base opt-350m"


@pytest.mark.parametrize(("family", "maker", "shape", "more", "count"), FULL, ids=NAMES.split())
def test_released_models_count_alike_in_the_ledger_and_in_transformers(family, maker, shape, more, count):
    n_layers, d_model, n_heads = shape
    sizes = FAMILIES[family].settle({"n_layers": n_layers, "d_model": d_model, "n_heads": n_heads, **more})
    with torch.device("meta"):
        theirs = maker(sizes)
    assert sum(tensor.numel() for tensor in theirs.parameters()) == FAMILIES[family].build(**sizes).total() == count


# --- PaLM, by its paper ---


def by_hand_norm(x, gain):
    centred = x - x.mean(dim=-1, keepdim=True)
    return gain * centred / (centred.square().mean(dim=-1, keepdim=True) + 1e-6).sqrt()


def test_palm_is_the_sum_of_what_attention_and_feed_forward_make_of_one_norm():
    """y = x + MLP(LayerNorm(x)) + Attention(LayerNorm(x)), no biases, logits by the embedding over √d_model."""
    model = filled(PaLM(**{**ONE_KEY, "n_layers": 1}))
    layer, embedding = model.layers[0], model.token_embedding.weight
    x = embedding[tokens_of(9)]
    read = by_hand_norm(x, layer.norm.gain)
    ffn = layer.feed_forward
    gate = read @ ffn.W_gate
    y = x + layer.attention(read) + (gate * gate.sigmoid() * (read @ ffn.W_up)) @ ffn.W_down
    logits = by_hand_norm(y, model.final_norm.gain) @ embedding.T / math.sqrt(BARE["d_model"])
    torch.testing.assert_close(model(tokens_of(9)), logits)
    assert all(not name.split(".")[-1].startswith("b") for name, _ in model.named_parameters())


@pytest.mark.parametrize("n_kv_heads", [1, 2, 4])
def test_shared_keys_are_keys_repeated_for_every_head_that_shares_them(n_kv_heads):
    shared = filled(RotaryAttention(32, 4, 8, bias=False, n_kv_heads=n_kv_heads))
    whole = RotaryAttention(32, 4, 8, bias=False).double()
    with torch.no_grad():
        for name, tensor in whole.named_parameters():
            owned = dict(shared.named_parameters())[name]
            if name in ("W_K", "W_V"):
                owned = torch.cat([owned[:, 8 * (h * n_kv_heads // 4) :][:, :8] for h in range(4)], dim=1)
            tensor.copy_(owned)
    x = torch.randn(2, 7, 32, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(shared(x), whole(x))


# --- Gopher, by Dai et al. 2019, sec. 3.3 ---


def by_hand_relative(attention, x):
    """One query, key and head at a time: x is (t, d_model)."""
    t, d_model, d_head = len(x), x.shape[1], attention.d_head
    q, k, v = (x @ getattr(attention, f"W_{n}") + getattr(attention, f"b_{n}") for n in "QKV")
    out = torch.zeros_like(q)
    for head in range(attention.n_heads):
        own = slice(head * d_head, (head + 1) * d_head)
        u_h, v_h = attention.u[own], attention.v[own]
        for i in range(t):
            scores = []
            for j in range(i + 1):
                r = [math.sin, math.cos]
                encoding = [r[c % 2]((i - j) / 10_000 ** ((c - c % 2) / d_model)) for c in range(d_model)]
                k_r = torch.tensor(encoding, dtype=x.dtype) @ attention.W_KR[:, own]
                scores.append(q[i, own] @ k[j, own] + q[i, own] @ k_r + u_h @ k[j, own] + v_h @ k_r)
            weights = (torch.stack(scores) / math.sqrt(d_head)).softmax(dim=0)
            out[i, own] = weights @ v[: i + 1, own]
    return out @ attention.W_O + attention.b_O


@pytest.mark.parametrize("t", [1, 2, 9])
def test_relative_attention_is_that_of_the_paper(t):
    """A_ij = q_i·k_j + q_i·W_KR R_(i-j) + u·k_j + v·W_KR R_(i-j), softmax over j ≤ i."""
    attention = filled(RelativeAttention(14, 3, 6))
    x = torch.randn(2, t, 14, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    for row, out in zip(x, attention(x), strict=True):
        torch.testing.assert_close(out, by_hand_relative(attention, row), atol=1e-6, rtol=1e-6)


def test_gopher_is_gpt2_with_rms_norm_around_relative_attention():
    model = filled(Gopher(**{**BARE, "n_layers": 1}))
    layer, ffn = model.layers[0], model.layers[0].feed_forward

    def norm(x, gain):
        return gain * x / (x.square().mean(dim=-1, keepdim=True) + 1e-6).sqrt()

    x = model.token_embedding.weight[tokens_of(9)]
    x = x + torch.stack([by_hand_relative(layer.attention, row) for row in norm(x, layer.norm_1.gain)])
    read = norm(x, layer.norm_2.gain)
    x = x + functional.gelu(read @ ffn.W_1 + ffn.b_1, approximate="tanh") @ ffn.W_2 + ffn.b_2
    logits = norm(x, model.final_norm.gain) @ model.token_embedding.weight.T
    torch.testing.assert_close(model(tokens_of(9)), logits, atol=1e-5, rtol=1e-5)


# --- all of them ---


@pytest.mark.parametrize(
    ("n_heads", "slopes"),
    [(8, [2.0**-i for i in range(1, 9)]), (1, [2.0**-8]), (3, [2.0**-4, 2.0**-8, 2.0**-2])],
)
def test_alibi_slopes_are_those_of_the_paper(n_heads, slopes):
    """Press et al. 2021, sec. 3: for 8 heads 1/2, 1/4, …, 1/256; other numbers as in its released code."""
    torch.testing.assert_close(alibi_slopes(n_heads, torch.device("cpu")), torch.tensor(slopes))


@EACH
def test_no_token_sees_a_later_one(witness, sizes):
    model, tokens = filled(witness(**sizes)), tokens_of(12)
    changed = tokens.clone()
    changed[:, 8] = changed[:, 8] % 40 + 2
    assert torch.all(changed[:, 8] != tokens[:, 8])
    before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :8], after[:, :8])
    assert not torch.allclose(before[:, 8:], after[:, 8:])


@EACH
def test_the_order_of_tokens_matters(witness, sizes):
    """Rotated, penalised or encoded positions tell the last token the order of the earlier ones."""
    model, tokens = filled(witness(**sizes)), torch.tensor([[3, 7, 5, 2]])
    assert not torch.allclose(model(tokens)[:, -1], model(tokens[:, [1, 0, 2, 3]])[:, -1])


@pytest.mark.parametrize("witness", [Bert, Roberta])
def test_an_encoder_sees_later_tokens_too(witness):
    model, tokens = filled(witness(**ENCODER)), tokens_of(12)
    changed = tokens.clone()
    changed[:, 11] = changed[:, 11] % 40 + 2
    assert not torch.allclose(model(tokens)[0][:, 0], model(changed)[0][:, 0])


def test_roberta_reads_two_positions_further_on_than_bert():
    roberta, bert = filled(Roberta(**ENCODER)), Bert(**ENCODER).double()
    rows = dict(roberta.named_parameters())
    with torch.no_grad():
        for name, tensor in bert.named_parameters():
            tensor.copy_(rows[name][2:] if name == "position_embedding.weight" else rows[name])
    torch.testing.assert_close(roberta(tokens_of(16)), bert(tokens_of(16)), **CLOSE)


def test_a_token_is_sent_to_its_two_experts_alone():
    """The router's weights are a softmax over the two largest logits, 0 for the others."""
    experts = filled(Mixtral(**SPARSE)).layers[0].experts
    x = torch.randn(2, 7, 32, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    for token, out in zip(x.flatten(0, 1), experts(x).flatten(0, 1), strict=True):
        logits = token @ experts.W_router
        best = sorted(range(5), key=lambda e: -logits[e])[:2]
        parts = []
        for weight, e in zip(logits[best].softmax(dim=0), best, strict=True):
            gate = token @ experts.W_gate[e]
            parts.append(weight * ((gate * gate.sigmoid() * (token @ experts.W_up[e])) @ experts.W_down[e]))
        torch.testing.assert_close(out, sum(parts))
