"""An open-loop user of Locust: every arrival comes at its instant, whatever the deployment does meanwhile.

One dispatcher walks through the instants of the arrival curve and lets each journey begin in a greenlet of its own.
Latency counts from the intended instant, so that a stall of the deployment is felt by everyone who would have come
in it, and lateness of the generator itself is measured beside it. An arrival that finds `max_in_flight` journeys under
way is dropped and counted; delaying it would hide the stall (facts: Locust's own users wait for their answers, and show
a 98th percentile of 7 ms where 1300 ms is true).

Importing Locust changes sockets and threads of the whole process, so nothing but the generator's own process imports
this.
"""

import gc
import sys
from pathlib import Path
from time import perf_counter
from typing import Any, ClassVar, cast

import gevent
from gevent.pool import Pool
from locust import FastHttpUser, constant, task

from contracts.spelling import SILENCE, Reply, call_of, reply_of
from fixtures.people import person
from fixtures.variates import Variates
from loadtests.arrivals import arrival_times
from loadtests.asking import Advanced, Ask, Walk, advance
from loadtests.journeys import Journey, Scene, journey_of, requests_per_arrival
from loadtests.order import Order
from loadtests.record import Moment, dropped_row, line, row

PEOPLE = 50
HEAD_START_SECONDS = 0.5
LAST_ANSWERS_SECONDS = 5.0
FOREVER_SECONDS = 3_600.0
FAILED = 2
CUT_SHORT = Advanced(None, "unanswered", "the load ended before the answer came")


class OpenLoopUser(FastHttpUser):
    """The only user of its process. A subclass gives the order."""

    abstract = True
    wait_time = constant(0)
    order: ClassVar[Order]

    @task
    def dispatch(self) -> None:
        try:
            self._dispatch()
        except Exception as error:
            # Locust would write it down and begin the task again, for ever.
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            self.environment.process_exit_code = FAILED
        self.environment.runner.quit()
        gevent.sleep(FOREVER_SECONDS)

    def _dispatch(self) -> None:
        profile = self.order.profile
        dice = Variates(profile.seed)
        peak = profile.rate / requests_per_arrival(profile)
        instants = arrival_times(profile.arrivals, seconds=profile.seconds, peak=peak, dice=dice).tolist()
        scenes = _Scenes(self.order, dice)
        token = self.order.deployment.token()
        self.headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"
        # What lives by now lives until the end: the collector need not walk through it while arrivals wait.
        gc.collect()
        gc.freeze()
        with Path(self.order.lines).open("ab", buffering=0) as lines:
            self.lines = lines
            self._arrivals(scenes, instants)

    def _arrivals(self, scenes: "_Scenes", instants: list[float]) -> None:
        pool = Pool(self.order.profile.max_in_flight)
        self.begun = perf_counter() + HEAD_START_SECONDS
        for arrival, instant in enumerate(instants):
            wait = self.begun + instant - perf_counter()
            if wait > 0.0:
                gevent.sleep(wait)
            journey = scenes.journey(arrival)
            if pool.free_count() <= 0:
                self.lines.write(line(dropped_row(intended=instant, journey=journey.name, arrival=arrival)))
                self.environment.events.request.fire(
                    request_type="DROP",
                    name=journey.name,
                    response_time=0.0,
                    response_length=0,
                    exception=None,
                    context={},
                )
                continue
            pool.spawn(self._walk, scenes.scene(arrival), journey, instant)
        pool.join(timeout=self.order.deployment.http.timeout_seconds + LAST_ANSWERS_SECONDS)
        pool.kill()

    def _walk(self, scene: Scene, journey: Journey, instant: float) -> None:
        """One journey from its instant to its end."""
        walk = journey.walk(scene)
        ask: Ask | None = next(walk)
        intended, step = self.begun + instant, 0
        while ask is not None:
            if step and ask.after > 0.0:
                gevent.sleep(max(0.0, intended - perf_counter()))
            sent = perf_counter()
            reply, advanced = SILENCE, CUT_SHORT
            try:
                reply, advanced = self._asked(walk, ask, intended)
            finally:
                # Also when the load ends while the answer is still out: it may have happened.
                done = perf_counter()
                written = row(
                    ask,
                    reply,
                    advanced,
                    Moment(intended - self.begun, sent - self.begun, done - self.begun),
                    journey=journey.name,
                    arrival=scene.arrival,
                    step=step,
                )
                self.lines.write(line(written))
            ask, step = advanced.following, step + 1
            intended = done + (ask.after if ask else 0.0)

    def _asked(self, walk: Walk, ask: Ask, intended: float) -> tuple[Reply, Advanced]:
        call = call_of(self.order.deployment, ask.operation, ask.subject, ask.request, key=ask.key)
        reply, advanced = SILENCE, CUT_SHORT
        with self.client.request(
            call.method,
            call.target,
            name=ask.operation,
            # Locust's own annotation forgets that a body may be bytes.
            data=cast("Any", call.body),
            headers=self.headers | call.headers,
            allow_redirects=False,
            catch_response=True,
        ) as response:
            status = response.status_code or 0
            reply = reply_of(ask.operation, status, response.content or b"") if status else SILENCE
            advanced = advance(walk, ask, reply)
            response.request_meta["response_time"] = (perf_counter() - intended) * 1000.0
            if advanced.verdict in ("wrong", "unanswered"):
                response.failure(advanced.says or advanced.verdict)
            else:
                response.success()
        return reply, advanced


class _Scenes:
    """What each arrival starts from."""

    def __init__(self, order: Order, dice: Variates) -> None:
        self._order = order
        self._dice = dice
        people = (person(order.profile.seed, index).name for index in range(PEOPLE))
        self._people = ["".join(letter for letter in name if letter.isascii() and letter.isalpha()) for name in people]

    def journey(self, arrival: int) -> Journey:
        return journey_of(self._order.profile, self._dice, arrival)

    def scene(self, arrival: int) -> Scene:
        return Scene(
            arrival=arrival,
            dice=self._dice,
            today=self._order.today,
            run=self._order.run,
            person=self._people[arrival % len(self._people)],
            book=self._order.book,
            keys="taken" if self._order.deployment.idempotency.dialect == "header" else "not_taken",
            retry_share=self._order.profile.retry_share,
        )
