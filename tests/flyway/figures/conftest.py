"""What holds for the pictures of every lesson."""

from __future__ import annotations

import re
from types import ModuleType

import matplotlib.pyplot as plt
import pytest

NUMBER = re.compile(r"\d[\d,.]*\d")


def _public(module: ModuleType) -> set[str]:
    return {
        name
        for name, thing in vars(module).items()
        if callable(thing) and thing.__module__ == module.__name__ and not name.startswith("_")
    }


@pytest.fixture
def check_pictures():
    """Give a function that draws every picture of a module and reads its words.

    It takes the module and, for each picture, the values to draw it with. Each picture must have an
    `_alt`, labelled axes unless it hides them, and words that carry the numbers of its title.
    """

    def check(module: ModuleType, cases: dict[str, tuple]) -> None:
        pictures = {name for name in _public(module) if not name.endswith("_alt")}
        assert pictures == set(cases), "give each picture of the module its values here"
        assert _public(module) - pictures == {f"{name}_alt" for name in pictures}
        for name, values in cases.items():
            drawn = getattr(module, name)(*values)
            fig = drawn if hasattr(drawn, "axes") and isinstance(drawn.axes, list) else drawn.figure
            words = getattr(module, f"{name}_alt")(*values)
            assert 40 < len(words) < 400, f"{name}: {len(words)} letters of words"
            ax = fig.axes[0]
            if ax.axison:
                assert ax.get_xlabel() or ax.get_title("left"), f"{name} has no label below"
                assert ax.get_ylabel() or len(ax.get_yticklabels()), f"{name} has no label beside"
            title = set(NUMBER.findall(ax.get_title("left"))) - {"95"}
            assert title <= set(NUMBER.findall(words)), (
                f"{name}: its title says more than its words"
            )
            plt.close(fig)

    return check
