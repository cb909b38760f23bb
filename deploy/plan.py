"""The steps of a run: each looks first, and changes only what is not as it should be."""

from collections.abc import Callable

from deploy.failures import CommandFailed, Stopped
from deploy.google import Mode
from deploy.refusals import explain_policy, is_gcloud_old, is_login_expired, is_service_disabled
from deploy.terminal import complain, say

OWNER = "Your account needs the role Owner."
AGAIN = "Then run the same command again: what is already done is skipped."
FIX = "./deploy.sh"


class Plan:
    """Runs steps for real, shows them, or only looks at them."""

    def __init__(self, mode: Mode) -> None:
        self.mode = mode
        self.problems = 0
        """How many steps the doctor found not to be done."""
        self._title = ""
        self._hint = ""
        self._count = 0

    def step(
        self, title: str, hint: str, is_done: Callable[[], bool], make: Callable[[], None], fix: str = FIX
    ) -> None:
        """Make something unless it is there; `hint` helps if that fails, and `fix` is the doctor's advice."""
        if self.mode is Mode.DOCTOR:
            self._examine(title, hint, is_done, fix)
            return
        self._begin(title, hint)
        if self.mode is Mode.REAL and is_done():
            self._end("already done")
        else:
            make()
            self._end()

    def undo(self, title: str, hint: str, exists: Callable[[], bool], drop: Callable[[], None]) -> None:
        """Remove something if it is there."""
        if self.mode is Mode.DOCTOR:
            return
        self._begin(title, hint)
        if self.mode is Mode.DRY_RUN or _is_there(exists):
            drop()
            self._end()
        else:
            self._end("nothing to remove")

    def act(self, title: str, hint: str, run: Callable[[], None], *, reads: bool = False) -> None:
        """Do something every time; the doctor does it only if it `reads`."""

        def is_possible() -> bool:
            run()
            return True

        if self.mode is not Mode.DOCTOR:
            self._begin(title, hint)
            run()
            self._end()
        elif reads:
            self._examine(title, hint, is_possible, hint)

    def note(self, text: str) -> None:
        """Describe in a dry run what else happens here."""
        if self.mode is Mode.DRY_RUN:
            say(f"     # {text}")

    def report_stop(self, failure: CommandFailed | None = None) -> None:
        """Say where the run stopped, and what to do about it."""
        text = str(failure or "")
        if failure and not failure.shown:
            complain(text)
        if self._title:
            advice = [*self._advice(text), AGAIN]
            complain("", f"✗ Stopped at: {self._title}", *(f"  {line}" for line in advice))

    def report_problem(self, problem: Stopped) -> None:
        """Say why the run cannot go on."""
        complain("", f"✗ {problem}", *(f"  {line}" for line in problem.advice))

    def _advice(self, text: str) -> list[str]:
        if is_login_expired(text):
            return ["Your login has expired: gcloud auth login"]
        if is_gcloud_old(text):
            return ["This gcloud does not know that yet, it is too old: gcloud components update"]
        return explain_policy(text) or [self._hint]

    def _begin(self, title: str, hint: str) -> None:
        self._title, self._hint, self._count = title, hint, self._count + 1
        if self.mode is Mode.DRY_RUN:
            say("", f"{self._count}. {title}", f"   If it fails: {hint}")

    def _end(self, remark: str = "") -> None:
        if self.mode is Mode.REAL:
            say(f"✓ {self._title}{f': {remark}' if remark else ''}")
        self._title = ""

    def _examine(self, title: str, hint: str, is_done: Callable[[], bool], fix: str) -> None:
        self._title, self._hint = title, hint
        try:
            wrong = [] if is_done() else [fix, f"If that fails: {hint}"] if fix != hint else [fix]
        except (CommandFailed, OSError) as failure:
            wrong = [*str(failure).splitlines()[:3], *self._advice(str(failure))]
        except Stopped as problem:
            wrong = [str(problem), *problem.advice]
        self.problems += bool(wrong)
        say(f"{'✗' if wrong else '✓'} {title}", *(f"  {line}" for line in wrong))
        self._title = ""


def _is_there(exists: Callable[[], bool]) -> bool:
    """Return whether something exists; nothing does in a service that is not enabled."""
    try:
        return exists()
    except CommandFailed as failure:
        if is_service_disabled(str(failure)):
            return False
        raise
