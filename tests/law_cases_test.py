"""Cases made from the law: for every shipped rulebook and every stretch of constant law they are laid out, hold, and
leave no rule out. Every seventh is decided here, all with SEKISHO_LONG_TESTS.

usage: law_cases_test.py BINARY SOURCE_ROOT
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
step = 1 if os.environ.get("SEKISHO_LONG_TESTS") else 7


def run(*argv, code=0):
    done = subprocess.run([str(a) for a in (binary, *argv)], capture_output=True, text=True, timeout=1200)
    require(done.returncode == code, f"{argv}: {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-4000:]}")
    return done.stdout


def cases_of(text):
    """Each declaration, with its regime."""
    regime, out = None, []
    for part in re.sub(r"^#.*\n", "", text, flags=re.M).split("\n\n"):
        part = part.strip("\n")
        if part.startswith("in regime "):
            regime = part.split()[2]
        elif part.startswith("case"):
            out.append((regime, part))
    return out


def as_file(cases):
    return "".join(f"in regime {regime}\n\n{case}\n\n" for regime, case in cases)


text = run("law", "cases")
cases = cases_of(text)
check(len(cases) == len(re.findall(r"^case\b", text, re.M)), "a case does not stand apart from the next")
decided = {f"{regime}.{rule}" for regime, case in cases for line in re.findall(r"^  decides (.*)", case, re.M) for rule in line.split(", ")}
for rule in json.loads(run("rules", "--format", "json")):
    passed_over = f"# {rule['rule']}: whether it applies" in text
    check(rule["rule"] in decided or passed_over, f"no case decides {rule['rule']}")

# The rulebooks have a case that decides each rule that a case can decide, and one that leaves it where it can be left.
told = subprocess.run([binary, "check", root / "rulebooks", "--quick"], capture_output=True, text=True, timeout=1200)
for verb, rule in re.findall(r"SK2211\]: no case (\w+) `([^`]+)`", told.stdout + told.stderr):
    check(verb == "decides" and rule not in decided, f"no case {verb} {rule}")

with tempfile.TemporaryDirectory() as name:
    path = pathlib.Path(name) / "cases.law"
    path.write_text(text, encoding="utf-8")
    run("fmt", "--check", path)
    path.write_text(as_file(cases[::step]), encoding="utf-8")
    run("check", root / "rulebooks", path)
    # A case that is wrong is noticed.
    regime, case = next(c for c in cases if "  decides " in c[1])
    path.write_text(as_file([(regime, case.replace("  decides ", "  leaves "))]), encoding="utf-8")
    run("check", root / "rulebooks", path, code=1)

day = ("law", "cases", "jp.transfer", "--on", "2023-12-22")
one_day = json.loads(run(*day, "--format", "json"))["cases"]
check({(c["regime"], c["on"]) for c in one_day} == {("jp.transfer", "2023-12-22")}, "the cases of a day are of that day and its regime")
told = cases_of(run(*day))
check(len(told) == len(one_day), f"as text there are {len(told)} cases of the day, as JSON {len(one_day)}")
for (_, case), c in zip(told, one_day):
    words = " ".join(case.split())
    check(f'"{c["title"]}" on {c["on"]} given {", ".join(c["given"])}' in words, f"text and JSON tell one case: {words}: {c}")
conclude(told=f"{len(cases[::step])} of {len(cases)} cases decided")
