"""What goes wrong in the sandbox itself is nobody's mark."""

import a_class
import ordinary
import pytest

from flyway_course.grading.answers.rebuild import Piece, Rebuilt
from flyway_course.grading.pool import Pool
from flyway_course.grading.sandbox import box
from flyway_course.grading.sandbox.session import Bounds

FULL = {s.id: s.points for s in a_class.X0.plan if s.kind == "test"}


def whole():
    """The reference solution, ready to grade."""
    steps = a_class.X0.plan
    return Rebuilt([Piece(s, s.source, "code" if s.is_code else "markdown", True) for s in steps])


@pytest.mark.parametrize("ended", [1, 2])
def test_where_the_tests_side_is_killed_it_runs_once_more_or_says_so(monkeypatch, ended):
    found = ordinary.need_sandbox()
    begun = []
    fork = box.Box.fork

    def fork_and_kill(self, role, files):
        number = fork(self, role, files)
        if role == "tests":
            begun.append(number)
            if len(begun) <= ended:
                self.stop(number)
        return number

    monkeypatch.setattr(box.Box, "fork", fork_and_kill)
    with Pool(a_class.X0, found, a_class.X0.files(), None, Bounds()) as pool:
        if ended == 1:
            assert pool.grade(whole()).scores == FULL
        else:
            with pytest.raises(box.BoxError, match="lost the process of the tests"):
                pool.grade(whole())
    assert len(begun) == 2


def test_only_the_list_of_fonts_is_shown_and_nothing_beside_it(monkeypatch, tmp_path):
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path))
    for name in ("fontlist-v390.json", "gradebook.db"):
        (tmp_path / name).write_text("{}")
    line = box._command(ordinary.need_sandbox(), 3, 0)
    shown = [part for part in line if part.startswith(str(tmp_path))]
    assert shown == [str(tmp_path / "fontlist-v390.json")]
