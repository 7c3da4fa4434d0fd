"""The positions of a figure's texts on its page."""

from itertools import combinations

from paramcount.report.figures.style import styled


def texts(figure):
    """The visible texts of *figure*, with their boxes in points."""
    from matplotlib.text import Text

    with styled():
        figure.draw_without_rendering()
        ticks = [
            label for axes in figure.axes for axis in (axes.xaxis, axes.yaxis) for label in _labels(axis, axes.axison)
        ]
        own = [label for axes in figure.axes if axes.axison for label in (axes.xaxis.label, axes.yaxis.label)]
        rest = [text for axes in figure.axes for text in axes.texts]
        around = [text for item in (*figure.legends, *figure.texts) for text in item.findobj(Text)]
        slanted = [label for label in ticks if label.get_rotation() == 45]  # their boxes are larger than they
        shown = [*ticks, *own, *rest, *around]
        return [
            (text.get_text(), text.get_window_extent())
            for text in shown
            if text.get_text().strip() and text not in slanted
        ]


def _labels(axis, shown):
    """The labels of the visible ticks."""
    low, high = sorted(axis.get_view_interval())
    labels = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True) if shown else ()
    return [label for at, label in labels if low <= at <= high]


def covers(one, other):
    """Whether two boxes overlap noticeably."""
    across = min(one.x1, other.x1) - max(one.x0, other.x0)
    along = min(one.y1, other.y1) - max(one.y0, other.y0)
    return across > 0.5 and along > 0.5


def check_texts(figure):
    """Assert that no text of *figure* covers another or leaves the page."""
    found, page = texts(figure), figure.bbox
    for (one, box), (other, second) in combinations(found, 2):
        assert not covers(box, second), f"{one!r} covers {other!r}"
    for text, box in found:
        assert min(box.x0, box.y0, page.x1 - box.x1, page.y1 - box.y1) >= -0.5, f"{text!r} leaves the page"
