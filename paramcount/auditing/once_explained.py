"""The count of a row if an explanation is true."""

from paramcount.auditing.conventions import conventions
from paramcount.auditing.counting import count
from paramcount.auditing.edits import edited
from paramcount.auditing.explanation import Explanation
from paramcount.catalog.spec import Published, Spec


def recounted(spec: Spec, explanation: Explanation, figure: Published) -> int | None:
    """The count of *spec*, with the reading of *figure*, under the changes of *explanation*.

    None if it changes no count: the figure itself is misprinted, or another figure contradicts it.
    """
    edit = explanation.edit
    if not edit:
        return None
    if edit.keys() <= spec.sizes.keys():
        sizes = edited(spec, edit)
        return None if sizes is None else count(spec, sizes, figure.reading)
    shared = (convention for convention in conventions(spec) if convention.edit == edit)
    return next((convention.counted(spec, figure.reading) for convention in shared), None)
