"""What ends a run before its end."""


class Stopped(Exception):
    """The run cannot go on. `advice` are lines that say what to do."""

    def __init__(self, problem: str, *advice: str) -> None:
        super().__init__(problem)
        self.advice = advice


class CommandFailed(Exception):
    """A command ended with an error; the text is what it wrote, which may have been `shown` already."""

    def __init__(self, text: str, *, shown: bool = False) -> None:
        super().__init__(text)
        self.shown = shown
