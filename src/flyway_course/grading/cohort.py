"""One class: its folder, its gradebook, and nbgrader's settings for it.

The folder is an ordinary nbgrader course (`source/ submitted/ autograded/ feedback/ gradebook.db`),
so every nbgrader tool works in it. It lies in `flyway-cohorts/` in the instructor's home.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from flyway_course.grading import whole_files
from flyway_course.grading.errors import GradingError, command
from flyway_course.grading.records import backups
from flyway_course.paths import ROOT, SOLUTIONS, put_tools_on_path

if TYPE_CHECKING:
    from nbgrader.apps.api import NbGraderAPI
    from traitlets.config import Config

COHORTS = Path(os.environ.get("FLYWAY_COHORTS") or Path.home() / "flyway-cohorts")
"""Classes lie outside the checkout, so that names and marks reach no repository by accident."""
OLD_COHORTS = ROOT / "cohorts"
"""Where older versions of the course made them; git ignores it."""
MOST_LETTERS = 60
CONFIGURATION = '''"""Lets nbgrader and formgrader, started in this folder, find this class."""

from pathlib import Path

from flyway_course.grading.cohort import settings

c = get_config()
c.merge(settings(Path(__file__).resolve().parent))
'''
TEMPLATES = Path(__file__).parent / "templates"
SECONDS_PER_CELL = 60
NOT_SOURCES = [".ipynb_checkpoints", "*.pyc", "__pycache__", ".*"]


@dataclass(frozen=True)
class Cohort:
    """One class and its folder."""

    folder: Path
    solutions: Path = SOLUTIONS

    @classmethod
    def of(cls, cohort: str | Path | Cohort = "class") -> Cohort:
        """Return a cohort from its name (a folder in `COHORTS`) or from the path of its folder."""
        if isinstance(cohort, Cohort):
            return cohort
        if isinstance(cohort, Path):
            return cls(cohort.resolve())
        if not re.fullmatch(r"\w[\w-]*", cohort):
            raise GradingError(
                f"{cohort!r} cannot name a cohort: use letters, digits, '-' and '_' only."
            )
        if len(cohort) > MOST_LETTERS:
            raise GradingError(
                f"The name of the class has {len(cohort)} letters: use {MOST_LETTERS} at most."
            )
        if not (COHORTS / cohort).exists() and (OLD_COHORTS / cohort).exists():
            return cls(OLD_COHORTS / cohort)
        return cls(COHORTS / cohort)

    @classmethod
    def existing(cls, name: str) -> Cohort:
        """Return a class that is there.

        Raises
        ------
        GradingError
            There is none of that name; the message lists those that there are.
        """
        home = cls.of(name)
        if not home.folder.is_dir():
            places = [place for place in (COHORTS, OLD_COHORTS) if place.is_dir()]
            names = sorted({p.name for place in places for p in place.iterdir() if p.is_dir()})
            raise GradingError(
                f"There is no class {home.name!r}. Classes: {', '.join(names) or 'none yet'}. "
                f"Write --cohort NAME, or make it with: {command(f'cohort new {home.name}')}"
            )
        return home

    @property
    def name(self) -> str:
        """The name of the cohort's folder."""
        return self.folder.name

    @property
    def gradebook(self) -> Path:
        """The SQLite gradebook of nbgrader."""
        return self.folder / "gradebook.db"

    def submitted(self, student: str, assignment: str) -> Path:
        """The folder of one trainee's submission."""
        return self.folder / "submitted" / student / assignment

    def graded(self, student: str, assignment: str) -> Path:
        """The graded notebook of one trainee."""
        return self.folder / "autograded" / student / assignment / f"{assignment}.ipynb"

    def configure(self) -> Path:
        """Write the file through which nbgrader's own tools find this class; return it."""
        path = self.folder / "nbgrader_config.py"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o700)  # names and marks are nobody else's business
        if not path.exists() or path.read_text(encoding="utf-8") != CONFIGURATION:
            whole_files.write(path, CONFIGURATION.encode())
        return path

    @property
    def seed_path(self) -> Path:
        """The file with the private seed of the class."""
        return self.folder / "private-seed.txt"

    def seed(self) -> str | None:
        """Return the private seed of the class, from which its own data are made; None without one.

        Raises
        ------
        GradingError
            The file is there and holds no whole number.
        """
        try:
            seed = self.seed_path.read_bytes().decode("ascii", "replace").strip()
        except FileNotFoundError:
            return None
        if not seed.isdigit():
            raise GradingError(
                f"The private seed of the class {self.name!r} is damaged: {self.seed_path} must hold "
                "one whole number. The data of the class are made from it, so bring the file back "
                "from a copy of the folder. Only where no data were handed out yet, write any whole "
                "number into it."
            )
        return seed

    def make_seed(self) -> str:
        """Draw the private seed of the class, once; only its owner may read the file."""
        if (old := self.seed()) is not None:
            return old
        whole_files.write(self.seed_path, b"%d\n" % secrets.randbelow(2**53), mode=0o600)
        return self.seed() or ""

    def manifest_path(self, assignment: str) -> Path:
        """The list of every file handed in for an assignment."""
        return self.folder / "manifests" / f"{assignment}.csv"

    def marks_path(self, assignment: str) -> Path:
        """Where the marks of an assignment are exported."""
        return self.folder / "marks" / f"{assignment}.csv"

    @contextmanager
    def one_writer(self) -> Iterator[None]:
        """Keep two commands from writing to the class at the same time; tidy up after killed ones.

        Raises
        ------
        GradingError
            Another one is at work.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / ".grading.lock").open("w") as file:
            try:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise GradingError(
                    f"Another command is at work on the cohort {self.name!r}. Wait until it has "
                    "ended, then run this one again."
                ) from None
            except (ImportError, OSError):  # Windows, or a disk without locks such as a network's
                pass  # the gradebook's own lock must do
            whole_files.sweep(self.folder)
            yield

    def backup(self) -> Path | None:
        """Copy the gradebook before it is written to; return the copy (None: no gradebook yet)."""
        return backups.back_up(self)

    def backups(self) -> list[Path]:
        """Return the copies of the gradebook, oldest first."""
        return backups.copies(self)

    def restore(self, which: int | str = 1) -> tuple[Path, Path | None]:
        """Bring back a copy of the gradebook: see `backups.restore`."""
        return backups.restore(self, which)

    def refresh_source(self, assignment: str) -> Path:
        """Copy the assignment to where nbgrader's own tools look for it; return the copy's folder."""
        target = self.folder / "source" / assignment
        shutil.rmtree(target, ignore_errors=True)
        ignore = shutil.ignore_patterns(*NOT_SOURCES)
        shutil.copytree(self.solutions / assignment, target, ignore=ignore)
        return target

    def api(self) -> NbGraderAPI:
        """Return nbgrader's Python API for this cohort."""
        put_tools_on_path()  # nbgrader calls `alembic` by name
        from nbgrader.apps.api import NbGraderAPI

        self.folder.mkdir(parents=True, exist_ok=True)
        _quiet_sqlalchemy()
        api = NbGraderAPI(config=settings(self.folder))
        api.log_level = "ERROR"  # its results carry the log, from which refusals get their reason
        return api


def _quiet_sqlalchemy() -> None:
    """Silence one warning that nbgrader's own queries cause at each new submission."""
    import warnings

    from sqlalchemy.exc import SAWarning

    warnings.filterwarnings("ignore", "Object of type <Submitted", category=SAWarning)


def settings(folder: Path) -> Config:
    """Return nbgrader's settings for a course folder: the one place where they are made.

    The commands use them, and so does `nbgrader_config.py`, through which formgrader and the
    `nbgrader` command find the same course.
    """
    from traitlets.config import Config

    config = Config()
    config.CourseDirectory.root = str(folder)
    config.CourseDirectory.db_url = f"sqlite:///{(folder / 'gradebook.db').as_posix()}"
    config.CourseDirectory.ignore = NOT_SOURCES
    config.ClearSolutions.code_stub = {"python": "# Write your code here."}
    config.ClearSolutions.text_stub = "Write your answer here, in place of this line."
    config.Execute.timeout = SECONDS_PER_CELL
    # other users of the machine could read an open port: answers and hidden tests pass through it
    config.KernelManager.transport_encryption = "auto"
    config.Autograde.autograde_preprocessors = [
        "nbgrader.preprocessors.Execute",
        "flyway_course.grading.authoring.preprocessors.ForgiveWarnings",
        "nbgrader.preprocessors.IgnorePattern",
        "nbconvert.preprocessors.ClearMetadataPreprocessor",
        "nbgrader.preprocessors.LimitOutput",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "nbgrader.preprocessors.CheckCellMetadata",
    ]
    config.GenerateFeedback.preprocessors = [
        "nbgrader.preprocessors.GetGrades",
        "flyway_course.grading.authoring.preprocessors.NoTestsInFeedback",
    ]
    return config
