"""How the tests here judge and tell it: `check` says what does not hold and goes on, `require` ends the test where nothing
after it could say anything, `conclude` counts and gives the exit code.
"""
import os
import random
import sys
import time

MOST_TOLD = 40
held = []  # of every check whether it did; threads add to it too
seeds = []


def check(condition, message):
    held.append(bool(condition))
    if not condition and held.count(False) <= MOST_TOLD:
        print(f"FAILED {message}", flush=True)
    return bool(condition)


def require(condition, message):
    if not check(condition, message):
        conclude()


def conclude(at_least=1, told=""):
    """Ends the test. One in which fewer checks were made than there must be shows nothing, and fails too."""
    if len(held) < at_least:
        check(False, f"only {len(held)} checks were made of at least {at_least}")
    failed = held.count(False)
    if failed and seeds:
        print(f"the dice were thrown with SEKISHO_SEED={','.join(map(str, seeds))}")
    print(f"{len(held) - failed} passed, {failed} failed" + (f"; {told}" if told else ""))
    sys.exit(1 if failed else 0)


def dice(seed):
    """Thrown alike in every run, or as SEKISHO_SEED says. A check that fails tells the seed."""
    seed = int(os.environ.get("SEKISHO_SEED", seed))
    seeds.append(seed)
    return random.Random(seed)


def comes(condition, seconds=120):
    """Whether it holds at last: waits for what is sure to come, however busy the machine is."""
    until = time.monotonic() + seconds
    while not (holds := condition()) and time.monotonic() < until:
        time.sleep(0.002)
    return bool(holds)
