"""A synchronous call: the sender holds one of its own threads until the receiver answers or the time is up.

    commit --> thread held --> receiver works --> answer --> thread free
                    |
                    +-- refused or timed out: again a few times, then given up

Given up means lost, unless the sender keeps what it could not send (outbox) and tries again later. The receiver of a
call that timed out goes on with its work, for nobody tells it to stop, and its late answer reaches nobody.
"""

from fixtures.variates import Variates
from model.resilience.retry import Attempted, RetryPolicy, Scheduled, TryAgain, after_failure
from model.vocabulary import Context
from simulations.channels.message import CONTEXTS, Deliver, Lose, Message
from simulations.engine import MINUTE, SECOND, Clock, HeldStation, Station, TimeoutLane, Timer
from simulations.engine.servers import Servers

SERVICE_MEAN = SECOND // 20
SERVICE_CV = 1.0
REFUSED_AFTER = SECOND // 20
CALL_TIMEOUT = 10 * SECOND
RETRY = RetryPolicy(backoff=Scheduled((SECOND, 5 * SECOND)), attempts=3)
TRY_AGAIN_AFTER = MINUTE
CALLER_THREADS = 16
CALLEE_THREADS = 8


class Call:
    """One message being called across."""

    __slots__ = ("attempts", "message")

    def __init__(self, message: Message) -> None:
        self.message = message
        self.attempts = 0


class Attempt:
    """One try of a call: the `number`-th. Each has a timer of its own, for a late answer must not end the next one."""

    __slots__ = ("call", "number", "timer")

    def __init__(self, call: Call, lane: TimeoutLane["Attempt"]) -> None:
        self.call = call
        self.number = call.attempts
        self.timer: Timer[Attempt] = lane.arm(self)


class CallChannel:
    """Every context calls every other directly. While the channel is down, callees refuse at once."""

    def __init__(
        self,
        clock: Clock,
        variates: Variates,
        deliver: Deliver,
        *,
        lose: Lose | None,
        contexts: tuple[Context, ...] = CONTEXTS,
    ) -> None:
        """`lose` hears of a message that was given up; None keeps it and tries again every minute (outbox)."""
        self._clock = clock
        self._variates = variates
        self._deliver = deliver
        self._lose = lose
        self._down = False
        self._lane: TimeoutLane[Attempt] = TimeoutLane(clock, CALL_TIMEOUT, self._timed_out)
        self.callers = {
            context: HeldStation(
                clock, f"{context} callers", servers=CALLER_THREADS, on_start=self._attempt, entity=_called
            )
            for context in contexts
        }
        self.callees = {
            context: Station(
                clock,
                f"{context} interface",
                servers=CALLEE_THREADS,
                service=self._service,
                on_done=self._answered,
                entity=_attempted,
            )
            for context in contexts
        }

    def send(self, message: Message) -> None:
        self._callers_of(message).put(Call(message))

    def fail(self) -> None:
        self._down = True

    def recover(self) -> None:
        self._down = False

    def stations(self) -> tuple[Servers[Call] | Servers[Attempt], ...]:
        return (*self.callers.values(), *self.callees.values())

    @property
    def is_down(self) -> bool:
        return self._down

    def _callers_of(self, message: Message) -> HeldStation[Call]:
        return self.callers[message.sender]

    def _service(self, attempt: Attempt) -> int:
        message = attempt.call.message
        ticks = self._variates.lognormal(
            "call.service", message.number, attempt.number, mean=SERVICE_MEAN, cv=SERVICE_CV
        )
        return int(ticks) + 1

    def _attempt(self, call: Call) -> None:
        call.attempts += 1
        if self._down:
            self._clock.call_in(REFUSED_AFTER, self._failed, call)
            return
        self.callees[call.message.to].put(Attempt(call, self._lane))

    def _answered(self, attempt: Attempt) -> None:
        self._deliver(attempt.call.message)
        if attempt.timer.cancel():
            self._release(attempt.call)

    def _timed_out(self, attempt: Attempt) -> None:
        self._failed(attempt.call)

    def _failed(self, call: Call) -> None:
        tried = Attempted(call.attempts, call.message.sent)
        again = after_failure(RETRY, tried, now=self._clock.tick, variate=0.0)
        if isinstance(again, TryAgain):
            self._clock.call_at(again.at, self._attempt, call)
            return
        self._give_up(call)

    def _give_up(self, call: Call) -> None:
        self._release(call)
        self._lose_or_keep(call.message)

    def _release(self, call: Call) -> None:
        self._callers_of(call.message).release(call)

    def _lose_or_keep(self, message: Message) -> None:
        if self._lose is not None:
            self._lose(message)
        else:
            self._clock.call_in(TRY_AGAIN_AFTER, self.send, message)


def _called(call: Call) -> int:
    return call.message.number


def _attempted(attempt: Attempt) -> int:
    return attempt.call.message.number
