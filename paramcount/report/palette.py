"""One colour a component, the same in terminals and figures, told apart by colour-blind eyes.

Source: Okabe and Ito 2008, Color Universal Design, with its yellow left out (too light on white)
and a grey in its place. What a config's model has beside the papers' components is a tint or a shade of what
it is like; mixers are the wine of Tol 2021, Colour Schemes (muted).
"""

COLOURS = {
    "token embedding": "#0072B2",
    "position embedding": "#56B4E9",
    "segment embedding": "#999999",
    "patch embedding": "#0072B2",
    "class token": "#999999",
    "embedding norm": "#CC79A7",
    "projections": "#E69F00",
    "attention": "#D55E00",
    "cross-attention": "#F2A67C",
    "mixer": "#882255",
    "relative positions": "#E69F00",
    "feed-forward": "#009E73",
    "experts": "#007A59",
    "shared experts": "#66C5AB",
    "router": "#005A41",
    "layer norm": "#CC79A7",
    "norm": "#CC79A7",
    "final norm": "#CC79A7",
    "pooler": "#E69F00",
    "head transform": "#E69F00",
    "classifier": "#E69F00",
    "output head": "#E69F00",
}
OTHER = "#888888"

# Where no components are shown; figures give the two different marks as well.
AGREES = "#0072B2"
DISAGREES = "#D55E00"
EXPLAINED = "#009E73"


def colour(component: str) -> str:
    """The component's colour as #rrggbb, grey for one that has none of its own."""
    return COLOURS.get(component, OTHER)
