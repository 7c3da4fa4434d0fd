"""One colour a component, of one hue in terminals and figures, told apart by colour-blind eyes.

Source: Okabe and Ito 2008, Color Universal Design, with its yellow left out (too light on white)
and a grey in its place. What a config's model has beside the papers' components is a tint or a shade of what
it is like; mixers are the wine of Tol 2021, Colour Schemes (muted).
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

# In print, where a figure may lose its colours: the same hues in steps of lightness, and hatches where steps run out.
# The first number behind each is its grey of 255 (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B).
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

# Where no components are shown; figures give the two different marks as well.
AGREES = "#0072B2"
DISAGREES = "#D55E00"
EXPLAINED = "#009E73"


def colour(component: str) -> str:
    """The component's colour in terminals as #rrggbb, grey for one that has none of its own."""
    return COLOURS.get(within_part(component), OTHER)


def shade(component: str) -> str:
    """The component's colour in figures, which differ in lightness too."""
    return PRINT.get(within_part(component), OTHERS_PRINT)[0]


def hatch(component: str) -> str:
    """The component's hatch in figures, "" for most; those of a part beside the text model are crossed."""
    crossed = "" if part_of(component) == "text" else CROSSED
    return PRINT.get(within_part(component), OTHERS_PRINT)[1] + crossed


def grey(colour: str) -> int:
    """What a black-and-white printer makes of #rrggbb, from 0 (black) to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
    return round(0.299 * red + 0.587 * green + 0.114 * blue)
