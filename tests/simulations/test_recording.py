from simulations.engine import Clock
from simulations.recording import offer, recorded, trace_frame, wanted


def test_a_trace_is_kept_in_full_only_when_somebody_asks():
    assert wanted() == "hash"
    with recorded() as traces:
        assert wanted() == "rows"
        clock = Clock(trace=wanted())
        offer(clock.trace)
        clock.note(3, 7, 9)
    assert wanted() == "hash"
    assert trace_frame(traces).rows() == [(3, "7", 9)]


def test_what_nobody_records_is_forgotten():
    offer(Clock().trace)
    with recorded() as traces:
        offer(None)
    assert traces == []
    assert trace_frame(traces).height == 0


def test_kinds_are_written_by_name():
    with recorded() as traces:
        clock = Clock(trace=wanted())
        offer(clock.trace)
        assert clock.trace is not None
        clock.note(1, clock.trace.kind("paid"), 5)
    assert trace_frame(traces).rows() == [(1, "paid", 5)]
