"""What became of a mail, recipient by recipient."""

from collections.abc import Mapping, Sequence

from forwarders.base import Failure, MessageRefused, Misconfigured, TransientFailure
from forwarders.email.compose import Recipient
from forwarders.email.failures import Refusal, Unwelcome, counted


class Report:
    """What was accepted so far and what was refused, for an operator who has `total` recipients."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._accepted: set[str] = set()
        self._refused: dict[str, str] = {}
        self._open: list[Failure] = []
        self._remarks: list[str] = []

    def accept(self, to: Sequence[Recipient], refusals: Mapping[str, Refusal]) -> None:
        """Note a mail that was accepted for all of `to` but those who were refused."""
        refused = {each.number: refusals[each.address] for each in to if each.address in refusals}
        final = {number: refusal for number, refusal in refused.items() if refusal.final}
        later = {number: refusal for number, refusal in refused.items() if not refusal.final}
        self._accepted.update(*(each.owed for each in to if each.address not in refusals))
        if final:
            self.refuse([each for each in to if each.number in final], counted(final, self._total))
        if later:
            self.defer(TransientFailure(counted(later, self._total)))

    def accept_words(
        self, to: Sequence[Recipient], refusals: Mapping[str, Refusal], refused: Unwelcome
    ) -> None:
        """Note the same of a mail that went in its plain form, because the whole one was refused."""
        taken = [each for each in to if each.address not in refusals]
        self.accept([each._replace(files="") if each in taken else each for each in to], refusals)
        if not any(each.files for each in to):
            self._remarks.append(f"sent as plain text: {refused.meaning.reason}")
        elif refused.for_files:
            self.refuse([each._replace(words="") for each in taken], refused.meaning.reason)
        else:
            self.defer(_to_try_alone(refused.meaning))

    def refuse(self, to: Sequence[Recipient], reason: str) -> None:
        """Note that these will never get what they are owed."""
        self._refused |= {part: reason for each in to for part in each.owed}

    def defer(self, failure: Failure) -> None:
        """Note why something is still open."""
        self._open.append(failure)

    def conclude(self) -> str | None:
        """Return the remarks on a mail that all have got.

        Raises:
            TransientFailure, Misconfigured: something is still open.
            MessageRefused: nothing is, but something was refused for good.
        """
        if self._open and not self._accepted and not self._refused and len(self._open) == 1:
            raise self._open[0]
        reasons = [*(failure.reason for failure in self._open), *self._refused.values(), *self._remarks]
        reason = "; ".join(dict.fromkeys(reasons))
        if self._open or self._refused:
            raise self._kind()(reason, accepted=self._accepted, refused=self._refused)
        return reason or None

    def _kind(self) -> type[Failure]:
        if not self._open:
            return MessageRefused
        operators = any(isinstance(failure, Misconfigured) for failure in self._open)
        return Misconfigured if operators else TransientFailure


def _to_try_alone(meaning: Failure) -> Failure:
    """Return why the files wait: without the rest of the mail they may pass."""
    return TransientFailure(meaning.reason) if isinstance(meaning, MessageRefused) else meaning
