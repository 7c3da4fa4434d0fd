"""Random shapes for property tests."""

from math import gcd

from hypothesis import strategies as st

from paramcount.catalog.families import FAMILIES

RANGES = {
    "n_layers": (1, 200),
    "d_model": (1, 20_000),
    "n_heads": (1, 200),
    "d_head": (1, 300),
    "d_ff": (1, 80_000),
    "n_vocab": (1, 300_000),
    "n_ctx": (1, 100_000),
    "n_kv_heads": (1, 200),
    "d_embed": (1, 20_000),
    "n_experts": (1, 64),
    "n_active_experts": (1, 64),
    "n_segments": (1, 4),
    "n_sparse_layers": (1, 200),
    "n_buckets": (1, 200),
    "patch_size": (1, 64),
    "n_channels": (1, 16),
    "n_patches": (1, 10_000),
    "n_classes": (1, 30_000),
}


@st.composite
def shapes(draw, ranges=RANGES):
    """A family and settled sizes for it, n_heads·d_head and d_ff free of d_model."""
    family = draw(st.sampled_from(list(FAMILIES.values())))
    return family, family.settle(draw(given_sizes(family, ranges)))


@st.composite
def given_sizes(draw, family, ranges):
    """Every field of *family*, with values that can run: heads share keys evenly, and enough experts exist."""
    sizes = {field: draw(st.integers(*ranges[field])) for field in family.sizes}
    if "n_kv_heads" in sizes:
        sizes["n_kv_heads"] = gcd(sizes["n_kv_heads"], sizes["n_heads"])
    if "n_sparse_layers" in sizes:
        sizes["n_sparse_layers"] = min(sizes["n_sparse_layers"], sizes["n_layers"])
        sizes["n_layers"] += 1
    if "n_active_experts" in sizes:
        sizes["n_active_experts"] = min(sizes["n_active_experts"], sizes["n_experts"])
    return {**sizes, **{field: draw(st.booleans()) for field in family.switches}}
