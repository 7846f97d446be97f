"""The decision workload's forty rules: the checker finds exactly the nine links that can never matter, and a change of
law exactly the four changes of outcome that are possible between the 21st and the 22nd of December 2023. Where the
workload's own evaluator stands beside the project, `batch` finds what it finds in every one of 20,000 requests.

usage: decisions_test.py BINARY SOURCE_ROOT
"""
import csv
import io
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
law = root / "bench" / "decisions" / "decisions.law"
NEVER_MATTER = {(10, 31), (22, 30), (31, 15), (31, 19), (33, 13), (34, 21), (36, 21), (37, 28), (40, 6)}
# 0 to 1, 0 to 2, 2 to 1 and 3 to 2, as the workload numbers its outcomes.
CHANGES = {("prohibited", "authorisation_required"), ("prohibited", "permitted_with_provisos"),
           ("permitted_with_provisos", "authorisation_required"), ("permitted", "permitted_with_provisos")}


def run(*args):
    done = subprocess.run([binary, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=600)
    require(done.returncode == 0, f"{args}: exit {done.returncode}\n{done.stderr.decode()}")
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
for what, found, expected in (("links that never matter", links, NEVER_MATTER), ("changes of outcome", changes, CHANGES),
                              ("rules that never apply", set(map(str, never_applies)), set())):
    check(found == expected, f"{what}: too many {sorted(found - expected)}, missed {sorted(expected - found)}")
print(f"{len(links)} links, {len(changes)} changes of outcome")


def reasons(row):
    """The rules that the workload names: of a barred transfer or one that needs leave, not those that permit (29 to 40)."""
    rules = {int(r) for r in re.findall(r"\.r(\d+)", row["rules"])}
    return {r for r in rules if r < 29 or row["finding"] not in ("prohibited", "authorisation_required")}


spec = root.parent / "shared" / "bench" / "decisions" / "spec.py"
if spec.exists():
    with tempfile.TemporaryDirectory() as scratch:
        for script in ([spec, "20000"], [root / "bench" / "decisions" / "make_table.py", scratch]):
            subprocess.run([sys.executable, *script], cwd=scratch, check=True, stdout=subprocess.DEVNULL)
        done = subprocess.run([binary, "batch", pathlib.Path(scratch) / "requests-0.csv", "--out", "-", "--rules", law],
                              capture_output=True, text=True, timeout=600)
        decided = list(csv.DictReader(io.StringIO(done.stdout)))
        expected = [line.split(",") for line in (pathlib.Path(scratch) / "expected.csv").read_text().splitlines()]
    wrong = [(row, finding, rules) for row, (finding, rules) in zip(decided, expected)
             if row["finding"] != finding or reasons(row) != {int(r) for r in rules.split(";") if r}]
    check(done.returncode == 0 and len(decided) == len(expected) == 20_000 and not wrong,
          f"{len(decided)} of 20,000 requests decided, {len(wrong)} of them wrong {wrong[:3]} {done.stderr}")
    print(f"{len(decided)} requests")
else:
    print(f"skipped: the requests, for there is no {spec}")
conclude()
