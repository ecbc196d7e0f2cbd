"""Grade a class: run what is new or changed in the sandbox, then record everything at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from flyway_course.grading import graded_notebook, outcome, whole_files
from flyway_course.grading.answers.pieces import says_more
from flyway_course.grading.answers.program import program_of
from flyway_course.grading.answers.rebuild import RebuildError, Rebuilt
from flyway_course.grading.assignment import Assignment
from flyway_course.grading.cohort import Cohort
from flyway_course.grading.errors import GradingError, command
from flyway_course.grading.intake import manifest as m
from flyway_course.grading.intake.collecting import put_in_place, rebuilt_of
from flyway_course.grading.outcome import Outcome
from flyway_course.grading.records import gradebook, recorded
from flyway_course.grading.records.recorded import Recorded, fingerprint
from flyway_course.grading.sandbox import machine
from flyway_course.grading.sandbox.inside.wire import WireError
from flyway_course.grading.sandbox.session import Bounds

SANDBOX, STOCK = "sandbox", "nbgrader"
SEVERAL = 6  # submissions for which it pays to run the reference solution once more
LETTERS_IN_MEMORY = 20_000_000
"""Of notebooks that are built anew; what is more is built again when it is needed."""
Progress = Callable[[int, int, str], None]


@dataclass
class Job:
    """One submission to grade; what came of it lies in the file `kept` once it is `done`.

    Outcomes are read when they are needed, and so are many or large notebooks: they fill a memory.
    """

    entry: m.Entry
    kept: Path
    done: bool = False
    failed: str = ""
    in_memory: Rebuilt | None = None

    def rebuilt(self, asked: Assignment, home: Cohort) -> Rebuilt:
        """Return the notebook built anew."""
        return self.in_memory or rebuilt_of(self.entry, asked, home)


def grade(
    assignment: str,
    cohort: str | Path | Cohort = "class",
    *,
    engine: str = SANDBOX,
    unsafe: bool = False,
    again: bool = False,
    bounds: Bounds | None = None,
    progress: Progress | None = None,
    say: Callable[[str], None] = print,
) -> m.Manifest:
    """Run the tests of every collected submission, record the marks, return the manifest.

    A submission that has not changed since it was graded is not run again. One that cannot be
    graded is refused with a reason and stops nobody else's. Killed at any moment and started
    again, the command ends as if it had not been killed.

    Parameters
    ----------
    assignment, cohort
        Which work of which class.
    engine
        `sandbox`, or `nbgrader` for the stock engine, which runs submitted code as yourself.
    unsafe
        Say True to run submitted code as yourself; the manifest and the report are marked.
    again
        Run everything again, changed or not.
    bounds
        How much one submission may use.
    progress
        Called with (done, all, trainee) as submissions are finished.

    Raises
    ------
    GradingError
        No sandbox here, nothing collected, the tasks changed since earlier grading, the reference
        solution does not pass, or a file would stay unaccounted for.
    """
    home = Cohort.of(cohort)
    asked = Assignment.find(assignment, home.solutions)
    if engine not in (SANDBOX, STOCK):
        raise GradingError(f"There is no engine {engine!r}: choose {SANDBOX} or {STOCK}.")
    with home.one_writer():
        listed = m.Manifest.load(home.manifest_path(asked.name))
        if not listed.entries:
            raise GradingError(
                f"Nothing is collected for {asked.short} in the cohort {home.name!r}. First run: "
                f"{command(f'collect {asked.short} FOLDER_OR_ZIP', home.name)}"
            )
        known = recorded.read(home, asked.name)
        _believe(known, listed, home, say)
        if engine == STOCK or unsafe:
            from flyway_course.grading import stock

            stock.grade_entries(asked, home, listed, again=again, trusted=unsafe, progress=progress)
            return finish(listed)
        files, seed = asked.files(home.folder), home.seed()
        tests = asked.digest(files, seed)
        jobs = _jobs(asked, home, listed, tests, known, again)
        if jobs:
            _run(asked, home, jobs, files, tests, bounds or Bounds(), progress, say)
            _record(asked, home, jobs, tests, known)
        listed.save()
        return finish(listed)


def finish(listed: m.Manifest) -> m.Manifest:
    """Return the manifest if every file in it has an end."""
    if left := listed.unaccounted():
        raise GradingError(f"Not accounted for: {', '.join(e.file for e in left)}.")
    return listed


def _believe(
    known: dict[str, Recorded], listed: m.Manifest, home: Cohort, say: Callable[[str], None]
) -> None:
    """Count as graded only what the gradebook knows: it may be missing, or an older copy."""
    graded = [entry for entry in listed.current() if entry.state == m.GRADED]
    for entry in graded:
        if entry.student not in known:
            entry.state = m.COLLECTED
    if not home.gradebook.exists() and (graded or home.backups()):
        say(
            f"The gradebook {home.gradebook} is missing. It is made anew, from what was kept of each "
            "run. Marks given by hand may be in a copy; to bring it back, run: "
            f"{command('restore', home.name)}"
        )


def _jobs(
    asked: Assignment,
    home: Cohort,
    listed: m.Manifest,
    tests: str,
    known: dict[str, Recorded],
    again: bool,
) -> list[Job]:
    """Return what is to be done: everything that is new, changed, or asked for again."""
    jobs, room = [], LETTERS_IN_MEMORY
    for entry in [*listed.current(), *listed.to_retry()]:
        graded = home.graded(entry.student, asked.name)
        done = (entry.state, entry.tests, entry.engine) == (m.GRADED, tests, SANDBOX)
        mine = known.get(entry.student, Recorded())
        done = done and (mine.file, mine.tests) == (entry.sha256, tests)
        if done and graded.exists() and not again:
            continue
        try:
            rebuilt = rebuilt_of(entry, asked, home)
        except RebuildError as error:
            entry.state, entry.reason = m.REFUSED, str(error)
            continue
        if entry.state == m.REFUSED:
            entry.state, entry.reason = m.COLLECTED, ""
        entry.repairs = "; ".join(dict.fromkeys([*_intake_notes(entry), *rebuilt.repairs]))
        entry.program = program_of(rebuilt.pieces)
        kept = home.folder / "outcomes" / asked.name / f"{outcome.key(entry.program, tests)}.json"
        job = Job(entry, kept, not again and Outcome.load(kept) is not None)
        room -= sum(len(piece.source) for piece in rebuilt.pieces)
        job.in_memory = rebuilt if room >= 0 else None
        jobs.append(job)
    return jobs


def _intake_notes(entry: m.Entry) -> list[str]:
    """Return the repairs that only the file's name told."""
    return [note for note in entry.repairs.split("; ") if note.startswith("its name ended with")]


def _run(
    asked: Assignment,
    home: Cohort,
    jobs: list[Job],
    files: dict[str, str],
    tests: str,
    bounds: Bounds,
    progress: Progress | None,
    say: Callable[[str], None],
) -> None:
    """Run in the sandbox what no earlier run has finished; the same code runs once for all."""
    waiting: dict[Path, list[Job]] = {}
    for job in jobs:
        if not job.done:
            waiting.setdefault(job.kept, []).append(job)
    if not waiting:
        return
    from flyway_course.grading.pool import Pool

    found = machine.examine(say)
    with Pool(asked, found, files, home.seed(), bounds) as pool:
        pool.rehearse(outcome.of_the_reference(home.folder, asked.name, tests))
        if len(waiting) >= SEVERAL:
            pool.set_up_desk()
        with ThreadPoolExecutor(max_workers=pool.size) as workers:

            def run(job: Job) -> None:
                pool.grade(job.rebuilt(asked, home)).save(job.kept)

            futures = {workers.submit(run, same[0]): same for same in waiting.values()}
            done, total = 0, sum(map(len, waiting.values()))
            try:
                for future in as_completed(futures):
                    failed = ""
                    try:
                        future.result()
                    except (GradingError, OSError, WireError) as error:
                        failed = str(error) or "no reason"  # the sandbox's, so nobody's mark
                    except Exception as error:  # what nobody foresaw stops this file and no other
                        failed = f"{type(error).__name__}: {error}"
                    for job in futures[future]:
                        job.done, job.failed = not failed, failed
                        done += 1
                        if progress:
                            progress(done, total, job.entry.student)
            except BaseException:
                workers.shutdown(wait=False, cancel_futures=True)
                pool.close()
                raise


def _record(
    asked: Assignment, home: Cohort, jobs: list[Job], tests: str, known: dict[str, Recorded]
) -> None:
    """Write all marks in one transaction, then the notebooks that show them.

    In this order: a run that is killed between the two does the second part again.
    """
    done = [job for job in jobs if job.done]
    for job in jobs:
        if not job.done:
            job.entry.state, job.entry.tests = m.REFUSED, tests
            job.entry.reason = f"it could not be run ({job.failed}): run the command again"
    if not done:
        return
    home.backup()
    with gradebook.writing(home) as book:
        notebook = gradebook.save_assignment(book, asked, home)
        for job in done:
            marks = _marks(asked, home, job, tests, known.get(job.entry.student, Recorded()))
            gradebook.record(book, asked, notebook, job.entry.student, marks)
    home.refresh_source(asked.name)
    for job in done:
        entry, found, rebuilt = job.entry, Outcome.load(job.kept), job.rebuilt(asked, home)
        put_in_place(entry, asked, home, rebuilt)
        shown = graded_notebook.compose(asked, rebuilt, found)
        whole_files.write(home.graded(entry.student, asked.name), shown)
        entry.state, entry.tests, entry.engine = m.GRADED, tests, SANDBOX
        entry.reason = found.not_run(rebuilt.python)


def _marks(
    asked: Assignment, home: Cohort, job: Job, tests: str, known: Recorded
) -> gradebook.Marks:
    """Return what is to be recorded of one submission.

    An answer is the one that was marked only where both the gradebook and the notebook that
    formgrader showed have it: either may be a copy from another day.
    """
    rebuilt = job.rebuilt(asked, home)
    pieces = {p.step.id: p for p in rebuilt.pieces if p.step is not None}
    answers = rebuilt.answers()
    now = {name: fingerprint(answer) for name, answer in answers.items()}
    shown = graded_notebook.answers(home.graded(job.entry.student, asked.name))
    before = [] if shown is None else [{name: fingerprint(said) for name, said in shown.items()}]
    before += [] if known.answers is None else [known.answers]
    return gradebook.Marks(
        scores=Outcome.load(job.kept).scores,
        answered={
            name: pieces[name].answered or says_more(answer, pieces[name].step.released)
            for name, answer in answers.items()
        },
        changed=recorded.changed(asked.plan, now, before),
        time=job.entry.time,
        source=Recorded(job.entry.sha256, tests, now),
    )
