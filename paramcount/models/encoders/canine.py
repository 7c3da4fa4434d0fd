"""CANINE: a character encoder, with a shortened sequence between its first and last layer."""

from __future__ import annotations

from paramcount.blocks.encoder import layer, layers, of_the_first
from paramcount.blocks.leaves import Convolution
from paramcount.blocks.parts import layer_norm, table
from paramcount.blocks.task_heads import CLASSIFIERS, no_head
from paramcount.config import Config
from paramcount.ledger.model import Part, Parts, Stack
from paramcount.models.architecture import Architecture


def canine(c: Config) -> Parts:
    """Clark et al. 2021, sec. 3: hashed characters, downsampled for the layers between the first and the last."""
    d_model, n_hashes, n_buckets = c.size("hidden_size"), c.size("num_hash_functions"), c.size("num_hash_buckets")
    d_hash = c.quotient("d_hash", "hidden_size", "num_hash_functions")
    down = Convolution(d_model, d_model, c.size("downsampling_rate"), bias=True)
    up = Convolution(d_model, 2 * d_model, c.size("upsampling_kernel_size"), bias=True)
    name, one = "char_embeddings", layer(c)
    return (
        Stack(f"{name}.HashBucketCodepointEmbedder_{{}}", n_hashes, (table("", n_buckets, d_hash),)),
        table(f"{name}.char_position_embeddings", n_buckets, d_model, "position embedding"),
        table(f"{name}.token_type_embeddings", c.size("type_vocab_size", 0), d_model, "segment embedding"),
        layer_norm(f"{name}.LayerNorm", d_model, component="embedding norm"),
        Stack("initial_char_encoder.layer", 1, one),
        Part("chars_to_molecules.conv", "convolution", down),
        layer_norm("chars_to_molecules.LayerNorm", d_model),
        layers(c, one),
        Part("projection.conv", "convolution", up),
        layer_norm("projection.LayerNorm", d_model),
        Stack("final_char_encoder.layer", 1, one),
        of_the_first(d_model),
    )


CANINE = Architecture(
    summary="character encoder, with a shortened sequence between its first and last layer",
    source="Clark et al. 2021, sec. 3",
    body=canine,
    heads={"base": no_head, **CLASSIFIERS},
    prefix="canine",
    uncosted="attends in chunks of characters, and shortens and lengthens the sequence",
)
