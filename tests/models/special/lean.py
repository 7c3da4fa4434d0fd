"""Encoders with narrow embeddings, bottlenecks, groups: widths that may be equal, and numbers of groups that fit."""

from hypothesis import strategies as st

from models.special.bert import as_decoder, bert, labels
from models.variations import Document, Draw


def narrow(key: str = "embedding_size") -> object:
    """BERT's, and embeddings that are often as wide as the model."""

    def vary(draw: Draw, document: Document) -> None:
        labels(draw, document)
        document["type_vocab_size"] = draw(st.integers(0, 3))
        document[key] = draw(st.sampled_from([document["hidden_size"], draw(st.integers(1, 40))]))
        if "summary" not in document and draw(st.booleans()):
            document["summary_proj_to_labels"] = draw(st.booleans())

    return vary


def albert(draw: Draw, document: Document) -> None:
    narrow()(draw, document)
    document["num_hidden_groups"] = draw(st.integers(1, 3))
    document["inner_group_num"] = draw(st.integers(1, 3))


def electra(draw: Draw, document: Document) -> None:
    narrow()(draw, document)
    as_decoder(draw, document)


def rembert(draw: Draw, document: Document) -> None:
    bert(draw, document)
    for key in ("input_embedding_size", "output_embedding_size"):
        document[key] = draw(st.sampled_from([document["hidden_size"], draw(st.integers(1, 40))]))


def roformer(draw: Draw, document: Document) -> None:
    electra(draw, document)
    if draw(st.booleans()):
        document["embedding_size"] = None


def distilbert(draw: Draw, document: Document) -> None:
    labels(draw, document)
    if draw(st.booleans()):
        document["hidden_size"] = document.pop("dim")


def mobilebert(draw: Draw, document: Document) -> None:
    narrow()(draw, document)
    document["num_feedforward_networks"] = draw(st.integers(1, 4))
    document["intra_bottleneck_size"] = document["num_attention_heads"] * draw(st.integers(1, 8))
    document["normalization_type"] = draw(st.sampled_from(["no_norm", "layer_norm"]))


def squeezebert(draw: Draw, document: Document) -> None:
    labels(draw, document)
    document["embedding_size"] = document["hidden_size"]
    document["intermediate_size"] = draw(st.integers(1, 6)) * 6
    for own in ("q", "k", "v", "post_attention", "intermediate", "output"):
        document[f"{own}_groups"] = draw(st.sampled_from([1, 2, 3])) if document["hidden_size"] % 3 == 0 else 2


def convbert(draw: Draw, document: Document) -> None:
    electra(draw, document)
    document["conv_kernel_size"] = draw(st.sampled_from([1, 3, 5]))
    document["head_ratio"] = draw(st.integers(1, 5))
    document["num_groups"] = draw(st.integers(1, 3))
    document["intermediate_size"] = draw(st.integers(1, 5)) * document["num_groups"]


VARY = {
    "albert": albert,
    "electra": electra,
    "rembert": rembert,
    "roformer": roformer,
    "distilbert": distilbert,
    "mobilebert": mobilebert,
    "squeezebert": squeezebert,
    "convbert": convbert,
}
