"""The witness is a working decoder: it computes what transformers computes, learns, and sees only what it may."""

import pytest
import torch
import transformers
from torch.nn import functional

from paramcount.catalog import names
from paramcount.verification.witnesses.gpt import GPT, GPT1, OPT, AttentionOnly, initialise, sinusoids

SMALL = {"n_layers": 3, "d_model": 24, "n_heads": 4, "d_head": 6, "d_ff": 40, "n_vocab": 50, "n_ctx": 16}
BARE = {field: SMALL[field] for field in ("n_layers", "d_model", "n_heads", "d_head", "n_vocab")}
WIDE = {**SMALL, "d_head": 10}  # n_heads·d_head = 40, d_model = 24
ALL = [(GPT, SMALL), (GPT1, SMALL), (OPT, SMALL), (AttentionOnly, BARE), (GPT, WIDE), (GPT, {**SMALL, "tied": False})]
EACH = pytest.mark.parametrize(("witness", "sizes"), ALL, ids=["gpt", "gpt1", "opt", "bare", "wide", "untied"])


@pytest.fixture(autouse=True)
def one_thread():
    """Sizes are too small for several threads, and tests run in parallel."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def made(witness, sizes, **options):
    """A witness in double precision, with random weights large enough for every part to matter."""
    model = witness(**sizes, **options)
    initialise(model, scale=0.3)
    return model.double()


def tokens_of(t, b=2):
    return torch.randint(SMALL["n_vocab"], (b, t), generator=torch.Generator().manual_seed(1))


def loss_of(logits, tokens):
    """The mean cross-entropy of every token but the first, given those before it."""
    return functional.cross_entropy(logits[:, :-1].flatten(0, 1), tokens[:, 1:].flatten())


# --- what transformers' models call the same tensors, and how they lay them out ---


def from_gpt(tensors, top):
    """GPT-1 and GPT-2: one map produces queries, keys and values, and matrices are (inputs, outputs)."""
    yield "token_embedding.weight", tensors[top["tokens"]]
    yield "position_embedding.weight", tensors[top["positions"]]
    for i in range(SMALL["n_layers"]):
        theirs, ours = f"transformer.h.{i}", f"layers.{i}"
        for letter, matrix in zip("QKV", tensors[f"{theirs}.attn.c_attn.weight"].chunk(3, dim=1), strict=True):
            yield f"{ours}.attention.W_{letter}", matrix
        for letter, bias in zip("QKV", tensors[f"{theirs}.attn.c_attn.bias"].chunk(3), strict=True):
            yield f"{ours}.attention.b_{letter}", bias
        maps = {"attention.{}_O": "attn.c_proj", "feed_forward.{}_1": "mlp.c_fc", "feed_forward.{}_2": "mlp.c_proj"}
        for name, other in maps.items():
            yield f"{ours}.{name.format('W')}", tensors[f"{theirs}.{other}.weight"]
            yield f"{ours}.{name.format('b')}", tensors[f"{theirs}.{other}.bias"]
        for norm in (1, 2):
            yield from norm_of(tensors, f"{theirs}.ln_{norm}", f"{ours}.norm_{norm}")
    if "final" in top:
        yield from norm_of(tensors, top["final"], "final_norm")


def from_opt(tensors):
    """OPT: matrices are (outputs, inputs)."""
    top = "model.decoder"
    yield "token_embedding.weight", tensors[f"{top}.embed_tokens.weight"]
    yield "position_embedding.weight", tensors[f"{top}.embed_positions.weight"]
    maps = {"attention.{}_" + x: f"self_attn.{x.lower()}_proj" for x in "QKV"}
    maps |= {"attention.{}_O": "self_attn.out_proj", "feed_forward.{}_1": "fc1", "feed_forward.{}_2": "fc2"}
    for i in range(SMALL["n_layers"]):
        theirs, ours = f"{top}.layers.{i}", f"layers.{i}"
        for name, other in maps.items():
            yield f"{ours}.{name.format('W')}", tensors[f"{theirs}.{other}.weight"].T
            yield f"{ours}.{name.format('b')}", tensors[f"{theirs}.{other}.bias"]
        yield from norm_of(tensors, f"{theirs}.self_attn_layer_norm", f"{ours}.norm_1")
        yield from norm_of(tensors, f"{theirs}.final_layer_norm", f"{ours}.norm_2")
    yield from norm_of(tensors, f"{top}.final_layer_norm", "final_norm")


def norm_of(tensors, theirs, ours):
    yield f"{ours}.gain", tensors[f"{theirs}.weight"]
    yield f"{ours}.bias", tensors[f"{theirs}.bias"]


def their_gpt2(sizes):
    return transformers.GPT2LMHeadModel(
        transformers.GPT2Config(
            n_layer=sizes["n_layers"],
            n_embd=sizes["d_model"],
            n_head=sizes["n_heads"],
            n_inner=sizes["d_ff"],
            vocab_size=sizes["n_vocab"],
            n_positions=sizes["n_ctx"],
            tie_word_embeddings=sizes.get("tied", True),
            bos_token_id=0,
            eos_token_id=0,
        )
    )


def their_gpt1(sizes):
    """Its feed-forward is always 4·d_model wide."""
    return transformers.OpenAIGPTLMHeadModel(
        transformers.OpenAIGPTConfig(
            n_layer=sizes["n_layers"],
            n_embd=sizes["d_model"],
            n_head=sizes["n_heads"],
            vocab_size=sizes["n_vocab"],
            n_positions=sizes["n_ctx"],
        )
    )


def their_opt(sizes):
    return transformers.OPTForCausalLM(
        transformers.OPTConfig(
            num_hidden_layers=sizes["n_layers"],
            hidden_size=sizes["d_model"],
            word_embed_proj_dim=sizes["d_model"],
            num_attention_heads=sizes["n_heads"],
            ffn_dim=sizes["d_ff"],
            vocab_size=sizes["n_vocab"],
            max_position_embeddings=sizes["n_ctx"],
            pad_token_id=None,  # else the gradient of that token's row is thrown away
            bos_token_id=0,
            eos_token_id=0,
        )
    )


THEIR_GPT2 = {"tokens": "transformer.wte.weight", "positions": "transformer.wpe.weight", "final": "transformer.ln_f"}
THEIR_GPT1 = {"tokens": "transformer.tokens_embed.weight", "positions": "transformer.positions_embed.weight"}
OUTSIDE = {
    "gpt2": (their_gpt2, GPT, SMALL, lambda tensors: from_gpt(tensors, THEIR_GPT2)),
    "gpt1": (their_gpt1, GPT1, {**SMALL, "d_ff": 96}, lambda tensors: from_gpt(tensors, THEIR_GPT1)),
    "opt": (their_opt, OPT, SMALL, from_opt),
}


@pytest.fixture(params=OUTSIDE)
def pair(request):
    """A small transformers model with random weights, a witness with the same weights, and the map of their names."""
    outside, witness, sizes, renamed = OUTSIDE[request.param]
    theirs = outside(sizes).double().eval()
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for tensor in theirs.parameters():
            tensor.add_(0.2 * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype))
    ours = witness(**sizes).double()
    copied = dict(renamed(dict(theirs.named_parameters())))
    assert copied.keys() == dict(ours.named_parameters()).keys()
    with torch.no_grad():
        for name, tensor in ours.named_parameters():
            assert tensor.shape == copied[name].shape
            tensor.copy_(copied[name])
    return theirs, ours, renamed


def test_the_witness_has_the_logits_of_transformers(pair):
    theirs, ours, _ = pair
    for t in (1, 7, SMALL["n_ctx"]):
        tokens = tokens_of(t)
        torch.testing.assert_close(ours(tokens), theirs(tokens).logits)


def test_the_witness_has_the_loss_gradients_of_transformers(pair):
    """For every parameter, including the tied token embedding."""
    theirs, ours, renamed = pair
    tokens = tokens_of(SMALL["n_ctx"])
    their_loss, our_loss = loss_of(theirs(tokens).logits, tokens), loss_of(ours(tokens), tokens)
    their_loss.backward()
    our_loss.backward()
    torch.testing.assert_close(our_loss, their_loss)
    gradients = dict(renamed({name: tensor.grad for name, tensor in theirs.named_parameters()}))
    for name, tensor in ours.named_parameters():
        torch.testing.assert_close(tensor.grad, gradients[name], msg=lambda text, name=name: f"{name}: {text}")


def outside_models():
    """The catalog's models that a transformers class can build, whose heads are always d_model / n_heads wide."""
    makers = {"gpt": their_gpt2, "gpt-post-norm": their_gpt1, "opt": their_opt}
    for spec in names.everything():
        sizes = spec.sizes
        if spec.family.name in makers and sizes["n_heads"] * sizes["d_head"] == sizes["d_model"]:
            yield pytest.param(spec, makers[spec.family.name], id=spec.name)


@pytest.mark.parametrize(("spec", "maker"), list(outside_models()))
def test_transformers_has_as_many_parameters_as_the_ledger(spec, maker):
    """Its model of the same sizes, on the meta device, with shared tensors counted once."""
    with torch.device("meta"):
        theirs = maker(spec.sizes)
    assert sum(tensor.numel() for tensor in theirs.parameters()) == spec.model().total()


@EACH
def test_the_witness_learns_a_toy_text(witness, sizes):
    """After a few training steps its loss on a text is far below that of guessing."""
    text = torch.tensor([ord(letter) % 50 for letter in "what is counted adds up, and what adds up is counted. " * 4])
    batch = text[: 16 * 12].view(12, 16)
    model = witness(**sizes)
    initialise(model, scale=0.1)
    optimiser = torch.optim.AdamW(model.parameters(), lr=0.01)
    losses = []
    for _ in range(60):
        loss = loss_of(model(batch), batch)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] > 3.5
    assert losses[-1] < 0.5 * losses[0]


@EACH
def test_no_token_sees_a_later_one(witness, sizes):
    model, tokens = made(witness, sizes), tokens_of(12)
    changed = tokens.clone()
    changed[:, 8] = (changed[:, 8] + 1) % SMALL["n_vocab"]
    before, after = model(tokens), model(changed)
    torch.testing.assert_close(before[:, :8], after[:, :8])
    assert not torch.allclose(before[:, 8:], after[:, 8:])


@EACH
def test_the_order_of_tokens_matters(witness, sizes):
    """Learned or sinusoidal positions tell the last token the order of the earlier ones."""
    model, tokens = made(witness, sizes), torch.tensor([[3, 7, 5, 1]])
    assert not torch.allclose(model(tokens)[:, -1], model(tokens[:, [1, 0, 2, 3]])[:, -1])


@EACH
def test_a_band_has_no_parameters(witness, sizes):
    """GPT-3's alternating dense and banded layers have the same tensors as dense ones, but compute something else."""
    dense, banded = made(witness, sizes), made(witness, sizes, bands=[None, 3, None])
    assert {n: t.shape for n, t in dense.named_parameters()} == {n: t.shape for n, t in banded.named_parameters()}
    tokens = tokens_of(10)
    torch.testing.assert_close(dense(tokens)[:, :3], banded(tokens)[:, :3])
    assert not torch.allclose(dense(tokens)[:, 3:], banded(tokens)[:, 3:])


@EACH
def test_a_banded_token_sees_its_band_alone(witness, sizes):
    """Three layers with a band of 3 see 1 + 3 · 2 tokens: the last of 12 doesn't depend on the first 5."""
    model, tokens = made(witness, sizes, bands=[3, 3, 3]), tokens_of(12)
    changed = tokens.clone()
    changed[:, :5] = (changed[:, :5] + 1) % SMALL["n_vocab"]
    torch.testing.assert_close(model(tokens)[:, -1], model(changed)[:, -1])
    changed[:, 5] = (changed[:, 5] + 1) % SMALL["n_vocab"]
    assert not torch.allclose(model(tokens)[:, -1], model(changed)[:, -1])


def test_a_band_as_wide_as_the_text_is_dense():
    tokens = tokens_of(10)
    torch.testing.assert_close(made(GPT, SMALL)(tokens), made(GPT, SMALL, bands=[10] * 3)(tokens))


@pytest.mark.parametrize("d_model", [6, 7])
def test_sinusoids_are_those_of_the_paper(d_model):
    """Vaswani et al. 2017, sec. 3.5: PE(pos, 2i) = sin(pos / 10000^(2i / d_model)), PE(pos, 2i + 1) the cosine."""
    table = sinusoids(torch.empty(1, 4, d_model, dtype=torch.double))
    for position in range(4):
        for column in range(d_model):
            angle = torch.tensor(position / 10_000 ** ((column - column % 2) / d_model), dtype=torch.double)
            expected = angle.cos() if column % 2 else angle.sin()
            torch.testing.assert_close(table[position, column], expected, atol=1e-6, rtol=1e-5)


def test_attention_only_moves_no_positions_into_the_residual_stream():
    """Positions reach only queries and keys: with a single token they make no difference."""
    model = made(AttentionOnly, BARE, bands=[1, 1, 1])  # every token sees itself
    logits = model(torch.tensor([[4, 4, 4]]))
    torch.testing.assert_close(logits[:, 0], logits[:, 2])


def test_a_text_longer_than_the_context_is_refused():
    with pytest.raises(IndexError):
        made(GPT, SMALL)(tokens_of(SMALL["n_ctx"] + 1))
