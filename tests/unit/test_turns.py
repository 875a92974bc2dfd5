"""Who waits for a place gets it in the order of coming, and one who gives up holds nobody back."""

from __future__ import annotations

import threading
import time
from queue import SimpleQueue

from mou_templates.office.turns import Turns

MANY = 60


def waits(turns: Turns[str]) -> int:
    return len(turns._waiting)


def come(turns: Turns[str], served: list[int], number: int) -> threading.Thread:
    """Let one more thread come, and wait until it waits."""
    before = waits(turns)

    def work() -> None:
        with turns.turn():
            served.append(number)

    thread = threading.Thread(target=work)
    thread.start()
    give_up = time.monotonic() + 5
    while waits(turns) == before and time.monotonic() < give_up:
        time.sleep(0.001)
    return thread


def test_many_threads_are_served_in_the_order_they_came() -> None:
    turns: Turns[str] = Turns(["desk"])
    served: list[int] = []
    place = turns.take()
    threads = [come(turns, served, number) for number in range(MANY)]
    turns.give(place)
    for thread in threads:
        thread.join()
    assert served == list(range(MANY))


def test_one_who_comes_as_a_place_is_given_back_does_not_slip_past() -> None:
    turns: Turns[str] = Turns(["desk"])
    served: list[int] = []
    place = turns.take()
    thread = come(turns, served, 0)
    turns.give(place)
    with turns.turn():
        served.append(1)
    thread.join()
    assert served == [0, 1]


def test_no_more_than_the_places_are_at_work_at_once() -> None:
    turns = Turns(range(3))
    at_work: list[int] = []
    most: list[int] = []

    def work() -> None:
        with turns.turn() as place:
            at_work.append(place)
            most.append(len(at_work))
            assert len(set(at_work)) == len(at_work)
            time.sleep(0.001)
            at_work.remove(place)

    threads = [threading.Thread(target=work) for _ in range(MANY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) <= 3
    assert len(most) == MANY


def test_one_who_gives_up_waiting_holds_nobody_back() -> None:
    turns: Turns[str] = Turns(["desk"])
    served: list[int] = []
    place, ticket = turns.take(), SimpleQueue[str]()
    turns._waiting.append(ticket)
    thread = come(turns, served, 1)
    turns._leave(ticket)
    turns.give(place)
    thread.join()
    assert served == [1]


def test_a_place_that_comes_as_one_gives_up_goes_to_the_next() -> None:
    turns: Turns[str] = Turns(["desk"])
    served: list[int] = []
    place, ticket = turns.take(), SimpleQueue[str]()
    turns._waiting.append(ticket)
    thread = come(turns, served, 1)
    turns.give(place)
    assert served == []
    turns._leave(ticket)
    thread.join()
    assert served == [1]
