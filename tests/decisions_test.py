"""The decision workload's forty rules: the checker finds exactly the nine links that can never matter, and a change of
law exactly the four changes of outcome that are possible between the 21st and the 22nd of December 2023.

usage: decisions_test.py BINARY SOURCE_ROOT
"""
import json
import pathlib
import re
import subprocess
import sys

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
law = root / "bench" / "decisions" / "decisions.law"
NEVER_MATTER = {(10, 31), (22, 30), (31, 15), (31, 19), (33, 13), (34, 21), (36, 21), (37, 28), (40, 6)}
# 0 to 1, 0 to 2, 2 to 1 and 3 to 2, as the workload numbers its outcomes.
CHANGES = {("prohibited", "authorisation_required"), ("prohibited", "permitted_with_provisos"),
           ("permitted_with_provisos", "authorisation_required"), ("permitted", "permitted_with_provisos")}


def run(*args):
    done = subprocess.run([binary, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
    if done.returncode:
        sys.exit(f"{args}: exit {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


reports = run("check", law, "--format", "json")["diagnostics"]
links = set()
for r in reports:
    if r["code"] != "SK2304":
        continue
    over, under = re.findall(r"\.r(\d+)", r["message"])[:2]
    links.add((int(over), int(under)))
changes = {(s["before"], s["after"])
           for s in run("impact", "--rules", law, "--from", "2023-12-21", "--to", "2023-12-22", "--format", "json")["statements"]}
never_applies = [r for r in reports if r["code"] == "SK2303"]
failed = False
for what, found, expected in (("links that never matter", links, NEVER_MATTER), ("changes of outcome", changes, CHANGES),
                              ("rules that never apply", set(map(str, never_applies)), set())):
    if found != expected:
        print(f"FAILED {what}: too many {sorted(found - expected)}, missed {sorted(expected - found)}")
        failed = True
print(f"{len(links)} links, {len(changes)} changes of outcome")
sys.exit(failed)
