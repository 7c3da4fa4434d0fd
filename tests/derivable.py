"""Small torch modules whose formulas are known, for `paramcount derive` to find."""

import math
from dataclasses import dataclass

import torch
from torch import nn


class Plain(nn.Module):
    def __init__(self, n_vocab=1000, n_layers=6, d_model=64, d_ff=256):
        super().__init__()
        self.embedding = nn.Embedding(n_vocab, d_model)
        self.layers = nn.ModuleList(
            nn.Sequential(nn.Linear(d_model, d_ff), nn.ReLU(), nn.Linear(d_ff, d_model)) for _ in range(n_layers)
        )


class Tied(nn.Module):
    def __init__(self, n_vocab=1000, n_layers=6, d_model=64):
        super().__init__()
        self.embedding = nn.Embedding(n_vocab, d_model)
        self.layers = nn.ModuleList(nn.Linear(d_model, d_model, bias=False) for _ in range(n_layers))
        self.head = nn.Linear(d_model, n_vocab, bias=False)
        self.head.weight = self.embedding.weight


class Buffered(nn.Module):
    def __init__(self, n_ctx=128, d_model=64, d_ff=256):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_model, d_ff))
        self.register_buffer("mask", torch.empty(n_ctx, n_ctx))


class Rounded(nn.Module):
    """LLaMA's feed-forward: two thirds of four times the width, rounded up to a multiple of 256."""

    def __init__(self, d_model=512):
        super().__init__()
        hidden = int(2 * (4 * d_model) / 3)
        hidden = 256 * ((hidden + 256 - 1) // 256)
        self.weights = nn.ParameterList(torch.empty(hidden, d_model) for _ in range(3))


class Scaled(nn.Module):
    def __init__(self, d_model=512):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(int(float(str(int(d_model))) * 2.6875), d_model))


class Segmented(nn.Module):
    """Like DeBERTa, which has segment embeddings but by default no segments."""

    def __init__(self, n_vocab=1000, n_segments=0, d_model=64):
        super().__init__()
        self.embedding = nn.Embedding(n_vocab, d_model)
        if n_segments > 0:
            self.segments = nn.Embedding(n_segments, d_model)


class Listed(nn.Module):
    """Like Mllama: a list says which layers are of another kind, and ends with the default number of layers."""

    def __init__(self, n_layers=40, d_model=64):
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(d_model, d_model, bias=i in range(3, 40, 5)) for i in range(n_layers))


class Threshold(nn.Module):
    def __init__(self, d_model=256):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(d_model, d_model))
        if d_model > 512:
            self.extra = nn.Parameter(torch.empty(d_model))


class Periodic(nn.Module):
    def __init__(self, n_layers=6, d_model=64):
        super().__init__()
        self.layers = nn.ModuleList()
        for i in range(n_layers):
            layer = nn.Linear(d_model, d_model, bias=False)
            if (i + 1) % 3 == 0:
                layer.extra = nn.Parameter(torch.empty(d_model))
            self.layers.append(layer)


class FirstDense(nn.Module):
    def __init__(self, n_layers=6, n_dense=1, d_model=64, d_ff=256):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(d_model, d_ff if i < n_dense else 2 * d_ff + 1, bias=False) for i in range(n_layers)
        )


class Projected(nn.Module):
    def __init__(self, n_vocab=1000, d_embed=64, d_model=64):
        super().__init__()
        self.embedding = nn.Embedding(n_vocab, d_embed)
        self.weight = nn.Parameter(torch.empty(d_model, d_model))
        if d_embed != d_model:
            self.project = nn.Linear(d_embed, d_model, bias=False)


class ProjectedApart(Projected):
    def __init__(self, n_vocab=1000, d_embed=32, d_model=64):
        super().__init__(n_vocab, d_embed, d_model)


class Switched(nn.Module):
    def __init__(self, d_model=64, d_ff=256, bias=True, kind="gated"):
        super().__init__()
        self.up = nn.Linear(d_model, d_ff, bias=bias)
        if kind != "plain":
            self.gate = nn.Linear(d_model, d_ff, bias=bias)


class Shaken(nn.Module):
    def __init__(self, d_model=64, n_heads=4, dropout=0.1, causal=True):
        super().__init__()
        assert d_model % n_heads == 0
        self.weight = nn.Parameter(torch.empty(d_model, 3 * d_model))
        self.n_heads, self.dropout, self.causal = n_heads, nn.Dropout(min(dropout, 1.0)), causal


class LeftOut(nn.Module):
    def __init__(self, d_model=64, d_ff=None):
        super().__init__()
        self.up = nn.Linear(d_model, d_ff if d_ff is not None else 4 * d_model, bias=False)


@dataclass
class Config:
    n_layers: int = 4
    d_model: int = 32


class Configured(nn.Module):
    def __init__(self, config: Config):
        super().__init__()
        self.layers = nn.ModuleList(
            nn.Linear(config.d_model, config.d_model, bias=False) for _ in range(config.n_layers)
        )
        self.norm = nn.RMSNorm(config.d_model)


class ConfiguredToo(Configured):
    """Its constructor is the parent's."""


class Loud(nn.Module):
    def __init__(self, d_model=64):
        super().__init__()
        print("hello")
        self.weight = nn.Parameter(torch.empty(d_model))


class Undefaulted(nn.Module):
    def __init__(self, n_layers, d_model, n_heads):
        super().__init__()
        if d_model % n_heads:
            raise ValueError("heads must divide the width")
        self.layers = nn.ModuleList(nn.Linear(d_model, 3 * d_model, bias=False) for _ in range(n_layers))


class Divided(nn.Module):
    """Heads that together are narrower than the model if they don't divide its width."""

    def __init__(self, d_model=96, n_heads=4):
        super().__init__()
        d_head = d_model // n_heads
        self.query = nn.Linear(d_model, n_heads * d_head, bias=False)


class Primes(nn.Module):
    """As many rows as there are primes below the width, for which there is no expression."""

    def __init__(self, d_model=64):
        super().__init__()
        primes = [n for n in range(2, int(d_model)) if all(n % k for k in range(2, math.isqrt(n) + 1))]
        self.weight = nn.Parameter(torch.empty(len(primes), 3))


class Hidden(nn.Module):
    """One more parameter at the default width, which only the digits of the number reveal."""

    def __init__(self, d_model=777):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(int(d_model)))
        if str(int(d_model)) == "777":
            self.extra = nn.Parameter(torch.empty(1))


class Broken(nn.Module):
    def __init__(self, width):
        super().__init__()
        raise ValueError("never")
