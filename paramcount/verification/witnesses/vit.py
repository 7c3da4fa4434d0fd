"""ViT in torch, written by hand from the paper. Nothing here knows the ledger."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import BidirectionalAttention
from .layers import FeedForward, LayerNorm, Linear, PreNormLayer, exact_gelu, parameter


class ViTNorm(LayerNorm):
    """Layer normalisation with the epsilon of ViT's released code."""

    EPSILON = 1e-6


class ViTLayer(PreNormLayer):
    """A pre-norm layer with ViT's epsilon."""

    norm = ViTNorm


class ViT(nn.Module):
    """ViT (Dosovitskiy et al. 2020, eq. 1 to 4): patches (b, n_patches, patch_size² · n_channels) -> (b, n_classes).

    The class is read from the class token, or from the mean of all patches if there is none (appendix D.3).
    """

    def __init__(
        self,
        *,
        n_layers: int,
        d_model: int,
        n_heads: int,
        d_head: int,
        d_ff: int,
        patch_size: int,
        n_channels: int,
        n_patches: int,
        n_classes: int,
        class_token: bool = True,
    ) -> None:
        super().__init__()
        self.n_patches, self.n_values = n_patches, patch_size**2 * n_channels
        self.patch_embedding = Linear(self.n_values, d_model)
        self.class_token = ClassToken(d_model) if class_token else None
        self.position_embedding = Positions(n_patches + class_token, d_model)
        self.layers = nn.ModuleList(
            ViTLayer(BidirectionalAttention(d_model, n_heads, d_head), FeedForward(d_model, d_ff, exact_gelu), d_model)
            for _ in range(n_layers)
        )
        self.final_norm = ViTNorm(d_model)
        self.classifier = Linear(d_model, n_classes)

    def example(self, b: int) -> Tensor:
        """The patches of *b* images, without data, since images are not tokens."""
        return torch.empty(b, self.n_patches, self.n_values, device="meta")

    def forward(self, patches: Tensor) -> Tensor:
        x = self.patch_embedding(patches)  # (b, n_patches, d_model)
        if self.class_token is not None:
            x = self.class_token(x)
        x = x + self.position_embedding()
        for layer in self.layers:
            x = layer(x)
        x = self.final_norm(x)
        out: Tensor = self.classifier(x.mean(dim=1) if self.class_token is None else x[:, 0])
        return out


class ClassToken(nn.Module):
    """A learned vector placed before the patches of each image."""

    def __init__(self, d_model: int) -> None:
        super().__init__()
        self.weight = parameter(1, d_model)

    def forward(self, x: Tensor) -> Tensor:
        """(b, n_patches, d_model) -> (b, 1 + n_patches, d_model)."""
        b, n_patches, d_model = x.shape
        out = x.new_empty(b, 1 + n_patches, d_model)
        out[:, :1] = self.weight
        out[:, 1:] = x
        return out


class Positions(nn.Module):
    """A learned vector for each position."""

    def __init__(self, rows: int, d_model: int) -> None:
        super().__init__()
        self.weight = parameter(rows, d_model)

    def forward(self) -> Tensor:
        return self.weight
