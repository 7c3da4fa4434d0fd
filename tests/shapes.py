"""Random shapes for property tests."""

from hypothesis import strategies as st

from paramcount.families import FAMILIES

RANGES = {
    "n_layers": (1, 200),
    "d_model": (1, 20_000),
    "n_heads": (1, 200),
    "d_head": (1, 300),
    "d_ff": (1, 80_000),
    "n_vocab": (1, 300_000),
    "n_ctx": (1, 100_000),
}


@st.composite
def shapes(draw, ranges=RANGES):
    """A family and settled sizes for it, n_heads·d_head and d_ff free of d_model."""
    family = draw(st.sampled_from(list(FAMILIES.values())))
    sizes = {field: draw(st.integers(*ranges[field])) for field in family.sizes}
    switches = {field: draw(st.booleans()) for field in family.switches}
    return family, family.settle({**sizes, **switches})
