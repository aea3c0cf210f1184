from concurrent.futures import Executor, ThreadPoolExecutor
from math import sqrt
from pathlib import Path
from statistics import stdev

import pytest
from msgspec.structs import replace

from simulations.catalogue import find_kind
from simulations.engine import combine
from simulations.experiment import Experiment, Setting, compare, replicate
from simulations.run import Answer, Run

TOY = find_kind(str(Path(__file__).with_name("toy.py")))
STORM = TOY.scenario(claims=100)


def toy(replications: int, *, seed: int = 1, workers: int = 1, executor: Executor | None = None) -> Experiment:
    return replicate(TOY, STORM, seed=seed, replications=replications, workers=workers, executor=executor)


def same(one: Experiment, other: Experiment) -> bool:
    frames = zip(
        (one.frames().daily, one.frames().cycles, one.frames().drift, one.frames().stations),
        (other.frames().daily, other.frames().cycles, other.frames().drift, other.frames().stations),
        strict=True,
    )
    return (
        one.trace_hash == other.trace_hash
        and one.outcomes() == other.outcomes()
        and all(first.equals(second) for first, second in frames)
    )


def test_replications_differ_and_a_seed_gives_the_same_ones_again():
    experiment = toy(3)
    hashes = [run.trace_hash for run in experiment.runs]
    assert len(set(hashes)) == 3
    assert [run.replication for run in experiment.runs] == [0, 1, 2]
    assert same(experiment, toy(3))
    assert toy(3, seed=2).trace_hash != experiment.trace_hash


def test_more_replications_begin_with_the_same_ones():
    assert [run.trace_hash for run in toy(4).runs][:2] == [run.trace_hash for run in toy(2).runs]


def test_one_hash_stands_for_all_replications_in_their_order():
    experiment = toy(3)
    assert experiment.trace_hash == combine(run.trace_hash for run in experiment.runs)


def test_processes_give_what_one_process_gives():
    assert same(toy(5, workers=2), toy(5))


def test_any_executor_does():
    with ThreadPoolExecutor(3) as threads:
        assert same(toy(4, executor=threads), toy(4))
        assert threads.submit(len, "still at work").result() == 13


@pytest.mark.parametrize("workers", [1, 2])
def test_progress_grows_to_one(workers: int):
    heard: list[float] = []
    replicate(TOY, STORM, seed=1, replications=2, workers=workers, progress=lambda done: heard.append(done))
    assert heard == sorted(heard)
    assert {0.0, 0.25, 0.5, 0.75, 1.0} <= set(heard)


def test_a_replication_that_fails_says_which_one_it_was(tmp_path: Path):
    trouble = tmp_path / "trouble"
    trouble.write_text("break 1")
    with pytest.raises(KeyError) as failed:
        replicate(TOY, replace(STORM, trouble=str(trouble)), seed=7, replications=3)
    assert "replication 1 of seed 7" in failed.value.__notes__[0]


def test_a_failure_elsewhere_says_it_too(tmp_path: Path):
    trouble = tmp_path / "trouble"
    trouble.write_text("break 1")
    with pytest.raises(KeyError) as failed:
        replicate(TOY, replace(STORM, trouble=str(trouble)), seed=7, replications=3, workers=2)
    assert "replication 1 of seed 7" in failed.value.__notes__[0]


def test_no_replication_at_all_is_refused():
    with pytest.raises(ValueError, match="at least 1"):
        toy(0)


def test_answers_that_some_replications_do_not_have_are_gaps():
    first, second = toy(2).runs
    short = replace(second, answers={"reported": Answer(5.0, "claims")})
    outcomes = Experiment("toy", Setting({}, STORM), 1, (first, short)).outcomes()
    assert outcomes["reported"].values == (100.0, 5.0)
    assert outcomes["drift_count"].values[1] is None


def settings(*adjusters: int) -> list[Setting]:
    return [Setting({"adjusters": number}, replace(STORM, adjusters=number)) for number in adjusters]


def test_a_replication_of_a_comparison_is_that_of_a_run():
    comparison = compare(TOY, settings(10, 20), seed=1, replications=3)
    assert same(comparison.experiments[0], toy(3))
    assert [each.setting.changes for each in comparison.experiments] == [{"adjusters": 10}, {"adjusters": 20}]


def test_pairs_on_the_same_dice_know_a_difference_better_than_strangers_do():
    comparison = compare(TOY, settings(10, 11), seed=1, replications=20)
    paired = {each.answer: each for each in comparison.differences()}["closed_share_day_30"]
    shares = [each.outcomes()["closed_share_day_30"].values for each in comparison.experiments]
    first, second = ([value for value in values if value is not None] for values in shares)
    # Welch's interval, had the two not met the same storms; t of some 38 degrees of freedom.
    unpaired = 2.024 * sqrt((stdev(first) ** 2 + stdev(second) ** 2) / 20)
    assert paired.ci_high is not None
    assert paired.ci_low is not None
    assert (paired.ci_high - paired.ci_low) / 2 < unpaired / 2
    assert paired.clear


def test_several_settings_share_their_chance_of_a_false_alarm():
    two = compare(TOY, settings(10, 11), seed=1, replications=4).differences()
    three = compare(TOY, settings(10, 11, 12), seed=1, replications=4).differences()
    one = {each.answer: each for each in two}["closed_share_day_30"]
    of_two = next(each for each in three if each.answer == one.answer and each.other == one.other)
    assert (one.mean, one.ci_low, one.ci_high) == (of_two.mean, of_two.ci_low, of_two.ci_high)
    assert one.p_holm is not None
    assert of_two.p_holm is not None
    assert of_two.p_holm >= one.p_holm
    assert len(three) == 2 * len(two)


def test_a_difference_names_both_settings_and_the_unit():
    found = compare(TOY, settings(10, 20), seed=1, replications=2).differences()[1]
    assert (found.answer, found.unit, found.runs) == ("closed_share_day_30", "share", 2)
    assert (found.base, found.other) == ({"adjusters": 10}, {"adjusters": 20})


def test_one_replication_cannot_tell_a_difference_from_luck():
    found = compare(TOY, settings(10, 20), seed=1, replications=1).differences()
    assert {each.clear for each in found} == {None}
    assert all(each.ci_low is None and each.mean is not None for each in found)


class Kept:
    """A shelf in memory."""

    def __init__(self) -> None:
        self.runs: dict[tuple[int, int], Run] = {}

    def find(self, setting: int, replication: int) -> Run | None:
        return self.runs.get((setting, replication))

    def put(self, setting: int, run: Run) -> None:
        self.runs[setting, run.replication] = run


def test_what_is_on_the_shelf_is_not_done_again(tmp_path: Path):
    trouble = tmp_path / "trouble"
    trouble.write_text("break 2")
    storm, shelf = replace(STORM, trouble=str(trouble)), Kept()
    with pytest.raises(KeyError):
        replicate(TOY, storm, seed=1, replications=4, shelf=shelf)
    assert sorted(shelf.runs) == [(0, 0), (0, 1)]
    trouble.write_text("break 0")
    resumed = replicate(TOY, storm, seed=1, replications=4, shelf=shelf)
    assert resumed.trace_hash == toy(4).trace_hash
    assert len(shelf.runs) == 4


def test_a_comparison_goes_on_from_its_shelf_too():
    shelf = Kept()
    whole = compare(TOY, settings(10, 20), seed=1, replications=3, shelf=shelf)
    del shelf.runs[1, 1]
    again = compare(TOY, settings(10, 20), seed=1, replications=3, shelf=shelf)
    assert again.trace_hash == whole.trace_hash
    assert sorted(shelf.runs) == [(setting, k) for setting in (0, 1) for k in (0, 1, 2)]
