"""Answers over the shipped rulebooks are replayed by `proof check`: those of every story, and random ones. An answer beside
a changed rulebook, and one that was changed, are refused.

usage: proof_test.py BINARY SOURCE_ROOT
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

from checks import check, conclude, dice, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
rng, replayed, in_part = dice(20231222), 0, []


def run(*argv, given=None):
    return subprocess.run([binary, *argv], cwd=root, input=given, capture_output=True, timeout=600)


def answer_to(argv):
    done = run("decide", *argv, "--format", "json")
    require(done.returncode == 0, f"{argv}: {done.stderr.decode()}")
    return done.stdout


def replays(argv):
    global replayed
    answer = answer_to(argv)
    proof = run("proof", "check", "-", given=answer)
    replayed += 1
    if proof.returncode == 4:
        in_part.append(f"{shlex.join(argv)}: {proof.stderr.decode().splitlines()[0]}")
    check(proof.returncode in (0, 4), f"{shlex.join(argv)}: {proof.stderr.decode()}")
    return answer


# --- every answer of the stories ---
answers = []
for path in sorted((root / "tests" / "golden" / "story").glob("*.txt")):
    for command in re.findall(r"^\$ sekisho decide (.*)$", path.read_text(), re.M):
        argv = shlex.split(command)
        if "--format" not in argv:
            answers.append(replays(argv))
require(len(answers) >= 7, "the stories were not found")

# --- random facts, of which some are unknown ---
facts = json.loads(run("facts", "--format", "json").stdout)
STATES = ["JP", "US", "UA", "PL", "PH", "AU", "GB", "KP", "FR", "VN", "SO"]
DAYS = ["1968-01-01", "1985-06-01", "2005-03-01", "2012-01-01", "2014-05-01", "2023-12-21", "2023-12-22", "2024-06-01"]


def value(fact):
    kind = fact["type"]
    if kind == "yes or no":
        return rng.choice(["yes", "no"])
    if kind.startswith("one of "):
        return rng.choice(kind[7:].split(", "))
    if kind == "a state":
        return rng.choice(STATES)
    if kind.startswith("a code under "):
        return rng.choice(kind[13:].split(", "))
    return None


def random_question():
    argv = ["--on", rng.choice(DAYS)]
    for fact in facts:
        v = value(fact)
        if v and fact["fact"] == "departure":
            v = rng.choice(["JP", "JP", "US"])
        if v and rng.random() < 0.9 and not (fact["judged_by"] and rng.random() < 0.5):
            argv += ["--known", f"{fact['fact']}={v}"]
    return argv


asked = 0
while asked < 40:
    argv = random_question()
    if run("decide", *argv).returncode != 0:  # the facts contradict each other
        continue
    replays(argv)
    asked += 1

# --- beside a rulebook of another text, and changed ---
answer = answers[0]
with tempfile.TemporaryDirectory() as name:
    other = pathlib.Path(name) / "rulebooks"
    shutil.copytree(root / "rulebooks", other)
    check(run("proof", "check", "-", "--rules", other, given=answer).returncode == 0, "a copy of the rulebooks is as good")
    changed = sorted(other.rglob("*.law"))[3]
    changed.write_text(changed.read_text() + "\n# a word more\n")
    done = run("proof", "check", "-", "--rules", other, given=answer)
    check(done.returncode == 1 and "SK6002" in done.stderr.decode() and changed.name in done.stderr.decode(),
          f"a changed rulebook is not refused and named: {done.stderr.decode()}")
forged = json.loads(answer)
for entry in forged["regimes"][-1]["derivation"][1:3]:
    entry["status"] = "active" if entry["status"] != "active" else "inactive"
done = run("proof", "check", "-", given=json.dumps(forged).encode())
check(done.returncode == 1 and done.stderr.decode().count("SK6003") == 2, f"two changed statuses are not refused: {done.stderr.decode()}")


def without(j, by):
    """The answer without the provisos that an act adds."""
    for part in [j, *j["lines"], *j["regimes"]]:
        part["provisos"] = [p for p in part["provisos"] if p["bound_by"] != by]


def renamed(j, by):
    for part in [j, *j["lines"], *j["regimes"]]:
        for p in part["provisos"]:
            if p["bound_by"] == by:
                p["with"] = {"holder": "another"}


adding = next((a, act["id"]) for a in answers for line in json.loads(a)["lines"] for act in line["premises"]["acts"]
              if act["provisos"] and any(p["bound_by"] == act["id"] for p in json.loads(a)["provisos"]))
for forge, says in (without, "is left out"), (renamed, "the replay finds no"):
    forged = json.loads(adding[0])
    forge(forged, adding[1])
    done = run("proof", "check", "-", given=json.dumps(forged).encode())
    check(done.returncode == 1 and says in done.stderr.decode(), f"what an act adds, {forge.__name__}: {done.stderr.decode()}")

check(run("proof", "check", "no-such-file").returncode == 3 and run("proof", "check").returncode == 2, "exit codes of files and use")

for p in in_part[:10]:
    print("in part:", p)
check(replayed >= 45 and len(in_part) <= replayed // 4, f"of {replayed} answers {len(in_part)} are replayed in part alone")
conclude(told=f"{replayed} answers replayed, {len(in_part)} of them in part")
