"""A colour for each component, with the same hue in terminals and figures, safe for colour-blind readers.

Source: Okabe and Ito 2008, Color Universal Design, with grey in place of its yellow (too light on white). Components
that only configs have are a tint or shade of a similar one; mixers are the wine of Tol 2021, Colour Schemes (muted).
"""

from paramcount.ledger.model import part_of, within_part

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

# For figures, which may be printed without colour: the same hues in steps of lightness, and hatches beyond those.
# The number after a colour is its grey out of 255 (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B).
PRINT = {
    "token embedding": ("#00446B", ""),  # 52
    "patch embedding": ("#00446B", ""),  # of images, where the token embedding is of text
    "position embedding": ("#A6D8F5", "...."),  # 204
    "segment embedding": ("#BBBBBB", "...."),
    "class token": ("#BBBBBB", "...."),
    "embedding norm": ("#CC79A7", "xxxx"),
    "projections": ("#E69F00", "////"),
    "attention": ("#D55E00", ""),  # 119
    "cross-attention": ("#F7C5A8", "\\\\\\\\"),  # 209
    "mixer": ("#882255", "////"),  # 70
    "relative positions": ("#E69F00", "...."),
    "feed-forward": ("#4DC29A", ""),  # 154
    "experts": ("#007A59", ""),  # 82
    "shared experts": ("#BFE8DB", "////"),  # 218
    "router": ("#002F22", ""),
    "layer norm": ("#CC79A7", "xxxx"),
    "norm": ("#CC79A7", "xxxx"),
    "final norm": ("#CC79A7", "xxxx"),
    "pooler": ("#E69F00", "oooo"),
    "head transform": ("#E69F00", "++++"),
    "classifier": ("#E69F00", "||||"),
    "output head": ("#F5D37E", ""),  # 211
}
OTHERS_PRINT = ("#888888", "----")
CROSSED = "\\\\"

# Where no components are shown; figures also use different marks for these.
AGREES = "#0072B2"
DISAGREES = "#D55E00"
EXPLAINED = "#009E73"


def colour(component: str) -> str:
    """The component's colour in terminals as #rrggbb; grey if it has none of its own."""
    return COLOURS.get(within_part(component), OTHER)


def shade(component: str) -> str:
    """The component's colour in figures, where colours also differ in lightness."""
    return PRINT.get(within_part(component), OTHERS_PRINT)[0]


def hatch(component: str) -> str:
    """The component's hatch in figures, mostly ""; parts other than the text model are hatched across."""
    crossed = "" if part_of(component) == "text" else CROSSED
    return PRINT.get(within_part(component), OTHERS_PRINT)[1] + crossed


def grey(colour: str) -> int:
    """The grey that a black-and-white printer prints for #rrggbb, from 0 (black) to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue)
