"""Aria: a tower, queries that attend to it, and a mixture of experts."""

from __future__ import annotations

from paramcount.blocks.parts import bare, dense, layer_norm
from paramcount.config import Config
from paramcount.ledger.model import Parts
from paramcount.ledger.sized import Sized
from paramcount.models.assembled import PROJECTOR, VISION, config_of, language_model, text_width, tower
from paramcount.models.vision.llava import LLAVA

QUERIES = 256  # transformers 5.23.0's maximum if the config has null: 128 for 1225 patches, 256 for 4900
NAME = "multi_modal_projector"


def aria(c: Config) -> Parts:
    """Li et al. 2024 (Aria), sec. 2.2: a query for each image token, up to a maximum, and a feed-forward."""
    d_seen, d_text, cross = config_of(c, VISION).size("hidden_size"), text_width(c), f"{NAME}.cross_attn"
    norms = (f"{cross}.layer_norm", f"{cross}.layer_norm_kv", f"{NAME}.layer_norm")
    return (
        *tower(c, VISION, "vision_tower"),
        bare(f"{NAME}.query", PROJECTOR, _n_queries(c), d_seen),
        *(dense(f"{cross}.{own}", PROJECTOR, d_seen, d_seen) for own in ("q_proj", "k_proj", "v_proj")),
        bare(f"{cross}.multihead_attn.in_proj_weight", PROJECTOR, 3 * d_seen, d_seen),
        bare(f"{cross}.multihead_attn.in_proj_bias", PROJECTOR, 3 * d_seen),
        dense(f"{cross}.multihead_attn.out_proj", PROJECTOR, d_seen, d_seen, bias=True),
        dense(f"{cross}.linear", PROJECTOR, d_seen, d_seen, bias=True),
        *(layer_norm(name, d_seen, component=PROJECTOR) for name in norms),
        dense(f"{NAME}.feed_forward.linear_in", PROJECTOR, d_seen, d_text),
        dense(f"{NAME}.feed_forward.linear_out", PROJECTOR, d_text, d_text),
        *language_model(c),
    )


def _n_queries(c: Config) -> Sized:
    """The number of queries for the largest image."""
    found = c.get("projector_patch_to_query_dict")
    numbers = found.values() if isinstance(found, dict) else [QUERIES]
    if (
        (found is not None and not isinstance(found, dict))
        or not numbers
        or any(type(one) is not int for one in numbers)
    ):
        raise c.refuse(
            "projector_patch_to_query_dict", "valid: an object from numbers of patches to numbers of queries"
        )
    return c.named("n_queries", max(numbers), "the largest number in projector_patch_to_query_dict")


ARIA = LLAVA._replace(source="Li et al. 2024 (Aria), sec. 2", body=aria)
