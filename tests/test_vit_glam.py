"""The families ViT and GLaM: their published figures, and witnesses by their papers' equations."""

import math

import pytest
import torch
from test_witness_families import filled
from torch.nn import functional

from paramcount.catalog.families import FAMILIES
from paramcount.catalog.spec import Spec
from paramcount.costs.flops import flops
from paramcount.costs.run import Run
from paramcount.errors import InputError
from paramcount.models.design import SizeError
from paramcount.verification.witnesses.glam import BiasedAttention, GLaM, PlainExperts
from paramcount.verification.witnesses.vit import ViT

IMAGE = {"n_layers": 2, "d_model": 24, "n_heads": 3, "d_head": 8, "d_ff": 40, "patch_size": 4, "n_channels": 3,
         "n_patches": 9, "n_classes": 5}  # fmt: skip
SPARSE = {"n_layers": 4, "n_sparse_layers": 2, "d_model": 16, "n_heads": 2, "d_head": 6, "d_ff": 20, "n_vocab": 30,
          "n_experts": 4, "n_active_experts": 2, "n_buckets": 3}  # fmt: skip


def vit(**sizes):
    family = FAMILIES["vit"]
    return family.build(**family.settle({"n_channels": 3, "n_classes": 1000, **sizes}))


BASE = {"n_layers": 12, "d_model": 768, "n_heads": 12, "patch_size": 16, "n_patches": 196}
LARGE = {"n_layers": 24, "d_model": 1024, "n_heads": 16}


def test_vit_counts_what_transformers_counts():
    from transformers import ViTConfig, ViTForImageClassification

    for sizes in (BASE, {**LARGE, "patch_size": 32, "n_patches": 49}):
        own = {"hidden_size": sizes["d_model"], "num_hidden_layers": sizes["n_layers"]}
        own |= {"num_attention_heads": sizes["n_heads"], "intermediate_size": 4 * sizes["d_model"]}
        with torch.device("meta"):
            theirs = ViTForImageClassification(ViTConfig(**own, patch_size=sizes["patch_size"], num_labels=1000))
        assert vit(**sizes).total() == sum(tensor.numel() for tensor in theirs.parameters())


def test_vit_large_of_307_million_has_patches_of_32():
    """Dosovitskiy et al. 2020, Table 1 prints 86M, 307M and 632M; with 16 for 32, 304M would round."""
    assert vit(**LARGE, patch_size=32, n_patches=49).total() == 306_535_400
    assert vit(**LARGE, patch_size=16, n_patches=196).total() == 304_326_632
    assert vit(n_layers=32, d_model=1280, n_heads=16, patch_size=14, n_patches=256).total() == 632_045_800


def test_the_vit_witness_computes_what_transformers_computes():
    from transformers import ViTConfig, ViTForImageClassification

    config = ViTConfig(hidden_size=24, num_hidden_layers=2, num_attention_heads=3, intermediate_size=40, image_size=12,
                       patch_size=4, num_labels=5, layer_norm_eps=1e-6)  # fmt: skip
    theirs = filled_alike(ViTForImageClassification(config))
    ours = ViT(**IMAGE).double()
    copied = {name: their_own(name, dict(theirs.named_parameters())) for name, _ in ours.named_parameters()}
    with torch.no_grad():
        for name, tensor in ours.named_parameters():
            tensor.copy_(copied[name])
    images = torch.randn(2, 3, 12, 12, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    patches = functional.unfold(images, kernel_size=4, stride=4).transpose(1, 2)  # (b, 9, 48)
    torch.testing.assert_close(ours(patches), theirs(images).logits, atol=1e-6, rtol=1e-6)
    assert not torch.allclose(ours(patches.flip(1)), ours(patches))


def filled_alike(model):
    model = model.double().eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for tensor in model.parameters():
            tensor.add_(0.2 * torch.randn(tensor.shape, generator=generator, dtype=tensor.dtype))
    return model


def their_own(name, theirs):
    """transformers' parameter for our *name*, transposed like ours."""
    head, _, own = name.rpartition(".")
    if head == "class_token":
        return theirs["vit.embeddings.cls_token"][0]
    if head == "position_embedding":
        return theirs["vit.embeddings.position_embeddings"][0]
    if head == "patch_embedding":
        found = theirs[f"vit.embeddings.patch_embeddings.projection.{own}"]
        return found.flatten(1).T if own == "weight" else found
    if head == "final_norm":
        return theirs[f"vit.layernorm.{ {'gain': 'weight', 'bias': 'bias'}[own] }"]
    if head == "classifier":
        return theirs[f"classifier.{own}"].T if own == "weight" else theirs[f"classifier.{own}"]
    _, number, part = head.split(".")
    layer = {key.split(f".{number}.", 1)[1]: tensor for key, tensor in theirs.items() if f"layers.{number}." in key
             or f"layer.{number}." in key}  # fmt: skip
    ends = {
        "norm_1": "layernorm_before", "norm_2": "layernorm_after", "W_Q": "q", "W_K": "k", "W_V": "v", "W_O": "o",
        "b_Q": "q", "b_K": "k", "b_V": "v", "b_O": "o", "W_1": "1", "b_1": "1", "W_2": "2", "b_2": "2",
    }  # fmt: skip
    kind = {"gain": "weight", "W": "weight"}.get(own.split("_")[0], "bias")
    wanted = ends[part if part.startswith("norm") else own]
    (tensor,) = [tensor for key, tensor in layer.items() if of_kind(key) == (wanted, kind)]
    return tensor.T if own.startswith("W") else tensor


def of_kind(key):
    words = {"layernorm_before": "layernorm_before", "layernorm_after": "layernorm_after", "query": "q", "q_proj": "q",
             "key": "k", "k_proj": "k", "value": "v", "v_proj": "v", "attention.output.dense": "o", "o_proj": "o",
             "intermediate.dense": "1", "fc1": "1", "output.dense": "2", "fc2": "2"}  # fmt: skip
    return next(of for word, of in words.items() if word in key), key.rpartition(".")[2]


def test_glam_has_the_96_6_billion_active_parameters_that_are_printed():
    """Du et al. 2021, Table 4: 1.2T parameters, 96.6B of them active per token."""
    family = FAMILIES["glam"]
    sizes = {"n_layers": 64, "n_sparse_layers": 32, "d_model": 8192, "n_heads": 128, "d_head": 128, "d_ff": 32768,
             "n_vocab": 256_000, "n_experts": 64, "n_active_experts": 2, "n_buckets": 32}  # fmt: skip
    model = family.build(**family.settle(sizes))
    gated, expert, attention = 3 * 8192 * 32768, 2 * 8192 * 32768, 4 * 8192 * 16384
    norms, router, bias, table = (2 * 64 + 1) * 8192, 32 * 8192 * 64, 64 * 32 * 128, 256_000 * 8192
    rest = table + 64 * attention + 32 * gated + norms + router + bias
    assert model.total() == rest + 32 * 64 * expert == 1_161_756_418_048
    assert model.active() == rest + 32 * 2 * expert == 96_604_528_640


def test_a_glam_of_experts_alone_is_refused():
    family = FAMILIES["glam"]
    with pytest.raises(SizeError, match="n_sparse_layers = 4 does not fit n_layers = 4; valid: a number that is below"):
        family.settle({**SPARSE, "n_sparse_layers": 4})


def test_a_token_is_weighted_by_the_softmax_over_all_experts():
    experts = filled(PlainExperts(16, 20, 4, 2))
    x = torch.randn(2, 3, 16, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    for token, out in zip(x.flatten(0, 1), experts(x).flatten(0, 1), strict=True):
        weights = (token @ experts.W_router).softmax(dim=0)
        best = weights.argsort(descending=True)[:2]
        each = [functional.gelu(token @ experts.W_1[e], approximate="tanh") @ experts.W_2[e] for e in best]
        torch.testing.assert_close(out, sum(weights[e] * one for e, one in zip(best, each, strict=True)))


def test_every_score_has_the_bias_of_its_head_and_distance():
    attention = filled(BiasedAttention(16, 2, 6, 3))
    x = torch.randn(1, 5, 16, dtype=torch.double, generator=torch.Generator().manual_seed(0))
    q, k, v = (x[0] @ getattr(attention, f"W_{n}") for n in "QKV")
    out = torch.zeros_like(q)
    for head in range(2):
        own = slice(6 * head, 6 * head + 6)
        for i in range(5):
            scores = [q[i, own] @ k[j, own] / math.sqrt(6) + attention.relative_bias[min(i - j, 2), head]
                      for j in range(i + 1)]  # fmt: skip
            out[i, own] = torch.stack(scores).softmax(dim=0) @ v[: i + 1, own]
    torch.testing.assert_close(attention(x)[0], out @ attention.W_O)


def test_no_token_of_glam_sees_a_later_one():
    model = filled(GLaM(**SPARSE))
    tokens = torch.randint(2, 30, (2, 8), generator=torch.Generator().manual_seed(1))
    changed = tokens.clone()
    changed[:, 6] = (changed[:, 6] + 1) % 30
    torch.testing.assert_close(model(tokens)[:, :6], model(changed)[:, :6])
    assert not torch.allclose(model(tokens)[:, 6:], model(changed)[:, 6:])


def test_what_an_image_costs_is_not_stated_in_tokens():
    family = FAMILIES["vit"]
    with pytest.raises(InputError, match="image patches"):
        flops(Spec("vit", family, family.settle(IMAGE)), Run(1, 2))
