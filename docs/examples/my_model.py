"""A small model of one's own, for docs/derive.md."""

from torch import nn


class MyModel(nn.Module):
    def __init__(self, n_vocab=32000, n_layers=12, d_model=512, d_embed=512, expert_period=3):
        super().__init__()
        self.embedding = nn.Embedding(n_vocab, d_embed)
        if d_embed != d_model:
            self.project = nn.Linear(d_embed, d_model, bias=False)
        hidden = 256 * ((8 * d_model // 3 + 255) // 256)
        self.layers = nn.ModuleList()
        for i in range(n_layers):
            experts = 4 if i % expert_period == 0 else 1
            self.layers.append(nn.ModuleList(nn.Linear(d_model, hidden, bias=False) for _ in range(experts)))
        self.head = nn.Linear(d_model, n_vocab, bias=False)
