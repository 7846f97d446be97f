"""Accounts on the disk: several writers at once never take more than is granted, a torn line is told.

usage: licence_test.py BINARY SOURCE_ROOT
"""
import concurrent.futures
import fcntl
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

from checks import check, conclude, dice, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
GRANTED = {"event": "authorise", "id": "granted", "on": "2024-01-01", "authorisation": "permit", "kind": "licence", "state": "granted",
           "authority": "x.office", "limits": [{"quantity": "90 pieces"}]}


def run(*argv):
    return subprocess.run([binary, "licence", *argv], capture_output=True, text=True, timeout=300)


def balance(file):
    done = run("show", "permit", "--events", file, "--format", "json")
    require(done.returncode == 0, done.stderr)
    return json.loads(done.stdout)["authorisation"]["balances"][0]


def writer(file, name, tries=25):
    """So many tries to reserve and draw one piece. @returns how many were drawn"""
    drawn = 0
    for n in range(tries):
        common = ["--on", "2024-02-01", "--events", file, "--by", "officer_1", "--append"]
        held = run("reserve", "--id", f"r{name}_{n}", "--under", "permit", "--quantity", "1 pieces", *common)
        if held.returncode == 1:
            check("SK3301" in held.stderr and "1 pieces more than is free" in held.stderr, f"refused otherwise: {held.stderr}")
            continue
        check(held.returncode == 0, held.stderr)
        moved = run("draw", f"r{name}_{n}", "--id", f"d{name}_{n}", *common)
        check(moved.returncode == 0, moved.stderr)
        drawn += moved.returncode == 0
    return drawn


def waits_for_a_lock(pid):
    """As the kernel tells it: a line `1: -> FLOCK ADVISORY WRITE PID ...`."""
    locks = map(str.split, pathlib.Path("/proc/locks").read_text().splitlines())
    return any(words[1] == "->" and words[5] == str(pid) for words in locks)


with tempfile.TemporaryDirectory() as name:
    file = pathlib.Path(name) / "events.jsonl"
    file.write_text(json.dumps(GRANTED) + "\n")
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        drawn = sum(pool.map(lambda n: writer(file, n), range(8)))
    lines = file.read_text().splitlines()
    b = balance(file)
    check(drawn == 90, f"of 200 tries for 90 pieces {drawn} were drawn")
    check((b["drawn"], b["reserved"], b["free"]) == ("90 pieces", "0 pieces", "0 pieces"), f"the book says {b}")
    check(len(lines) == 1 + 2 * 90, f"{len(lines)} lines stand in the file")
    check(subprocess.run([binary, "events", file], capture_output=True, text=True).stdout.splitlines()[1:] == lines[1:], "an appended line is not canonical")

    # The same in a register.
    place = pathlib.Path(name) / "a.register"
    few = pathlib.Path(name) / "few.jsonl"
    few.write_text(json.dumps({**GRANTED, "limits": [{"quantity": "20 pieces"}]}) + "\n")
    for made in (["init", "--origin", "a.example"], ["append", few, "--by", "officer_1"]):
        subprocess.run([binary, "register", *made, "--register", place], check=True, capture_output=True)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        drawn = sum(pool.map(lambda n: writer(place, n, 4), range(8)))
    b = balance(place)
    check(drawn == 20, f"of 32 tries for 20 pieces {drawn} were drawn")
    check((b["drawn"], b["reserved"], b["free"]) == ("20 pieces", "0 pieces", "0 pieces"), f"the register says {b}")
    sound = subprocess.run([binary, "register", "verify", "--register", place, "--format", "json"], capture_output=True, text=True)
    check(sound.returncode == 0 and json.loads(sound.stdout)["entries"] == 41, f"the register: {sound.stdout}{sound.stderr}")

    # Killed at any moment: what was acknowledged is there, nothing half-written is read and nothing overdrawn.
    place, rng, told = pathlib.Path(name) / "killed.register", dice(41), []
    few.write_text(json.dumps({**GRANTED, "limits": [{"quantity": "15 pieces"}]}) + "\n")
    for made in (["init", "--origin", "a.example"], ["append", few, "--by", "officer_1"]):
        subprocess.run([binary, "register", *made, "--register", place], check=True, capture_output=True)
    common = ["--on", "2024-02-01", "--events", place, "--by", "officer_1", "--append"]
    started = time.monotonic()
    run("reserve", "--id", "whole", "--under", "permit", "--quantity", "1 pieces", *common)
    usual = time.monotonic() - started
    told.append("whole")
    kills = 120 if os.environ.get("SEKISHO_LONG_TESTS") else 25
    struck = 0
    for n in range(kills):  # as soon as it runs, at any moment, as soon as it has told: so some strike and some are recorded
        with subprocess.Popen([binary, "licence", "reserve", "--id", f"k{n}", "--under", "permit", "--quantity", "1 pieces", *common],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as writer:
            said = writer.stdout.readline() if n % 3 == 2 else ""
            time.sleep(rng.random() * 1.2 * usual if n % 3 == 1 else 0)
            writer.kill()
            said += writer.stdout.read()
        struck += writer.wait() == -9
        if said.endswith("\n"):  # the event as it was recorded
            told.append(f"k{n}")
    done = subprocess.run([binary, "register", "show", "--register", place, "--format", "json"], capture_output=True, text=True)
    recorded = [json.loads(json.loads(line)["body"]) for line in done.stdout.splitlines()]
    there = [e["id"] for e in recorded if e["event"] == "reserve"]
    b = balance(place)
    check(struck > 0 and len(there) > 1, f"of {kills} kills {struck} struck, {len(there)} were recorded")
    check(set(told) <= set(there), f"acknowledged and lost: {set(told) - set(there)}")
    check(len(there) == len(set(there)) <= 15 and (b["reserved"], b["free"]) == (f"{len(there)} pieces", f"{15 - len(there)} pieces"), f"{len(there)} reservations; the register says {b}")
    sound = subprocess.run([binary, "register", "verify", "--register", place], capture_output=True, text=True)
    check(sound.returncode == 0, f"after the kills: {sound.stdout}{sound.stderr}")

    # Whoever has the file is waited for.
    file.write_text(json.dumps(GRANTED) + "\n")
    reserve = ["reserve", "--under", "permit", "--on", "2024-02-01", "--events", file, "--append", "--quantity"]
    with file.open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        waiting = subprocess.Popen([binary, "licence", *reserve, "60 pieces", "--id", "late"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while not waits_for_a_lock(waiting.pid) and waiting.poll() is None:
            time.sleep(0.01)
        check(waiting.poll() is None, "a writer did not wait for the file")
        held.write('{"event":"reserve","id":"early","on":"2024-02-01","lines":[{"line":"1","quantity":"60 pieces","under":["permit"]}]}\n')
    out, errors = waiting.communicate(timeout=300)
    check(waiting.returncode == 1 and "30 pieces more than is free" in errors, f"the writer that waited read an older file: {out}{errors}")

    # A line that was cut off anywhere is told and nothing is written behind it.
    whole = file.read_text()
    last = whole.rstrip("\n").rfind("\n") + 1
    for end in range(last + 1, len(whole) - 1):
        file.write_text(whole[:end])
        done = run(*reserve, "1 pieces", "--id", "next")
        check(done.returncode == 1 and "SK3312" in done.stderr and file.read_text() == whole[:end], f"cut at {end}: {done.stderr}")
    file.write_text(whole[:-1])  # only the line end is missing
    done = run(*reserve, "1 pieces", "--id", "next")
    check(done.returncode == 0 and file.read_text() == whole + done.stdout, f"the line end is not mended: {done.stderr}")

    # Without leave to write nothing is written, and without `--append` neither.
    before = file.read_text()
    check(run(*[a for a in reserve if a != "--append"], "1 pieces", "--id", "more").returncode == 0 and file.read_text() == before, "something was written without --append")
    check(run(*reserve, "1 pieces", "--id", "next").returncode == 1 and file.read_text() == before, "a name was given twice")
    done = run("reserve", "--id", "x", "--under", "permit", "--on", "2024-02-01", "--quantity", "1 pieces", "--append", "--events", pathlib.Path(name) / "none")
    check(done.returncode == 3 and "SK5001" in done.stderr, f"a file that is not there: {done.stderr}")

conclude()
