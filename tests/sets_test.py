"""Laws that read sets, held against every case of a small world: `batch` finds what `decide` finds, however many states
the law does not name stand in a row, and the statements of `impact` are true of every case they describe and hold every
case that changes.

usage: sets_test.py BINARY
"""
import csv
import io
import itertools
import json
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, conclude, dice, require

binary = pathlib.Path(sys.argv[1]).resolve()
laws = int(sys.argv[2]) if len(sys.argv) > 2 else 12
rng = dice(int(sys.argv[3]) if len(sys.argv) > 3 else 5)
inexact = changes = 0

HEAD = """authority xk.office of XK "Office"
fact departure is country
  asks "from?"
fact destination is country
  asks "to?"
fact a is yes or no
  asks "a?"
fact lic is set of country
  asks "licensed?"
fact met is set of country
  asks "met?"
list xk.fr of country "friends"
  complete to 2030-01-01
  member US in force 2010-01-01 on
  member PL in force 2018-01-01 on
regime xk.r "R"
  authority xk.office
  force statute
  governs when departure is XK
  otherwise {}
  unlinked opposites strictest prevails
  cite "1"
"""
ATOMS = ["a", "destination is PL", "destination is in xk.fr", "lic is empty", "destination is in lic",
         "some s in lic has (s is destination)", "every s in lic has (s is destination)",
         "some s in lic has (s is in xk.fr)", "every s in lic has (s is not in xk.fr)", "some s in lic has (s is XK)",
         "some s in lic has (s is not destination and s is not in xk.fr)"]
BETWEEN = ["some s in lic has (s is in met)", "every s in lic has (s is in met)", "destination is in met",
           "some s in met has (s is not in lic and s is not destination)", "met is empty"]
FORCE = ["  in force 2018-01-01 on\n", "  in force 2000-01-01 to 2017-12-31\n", ""]
DAYS = ["2015-01-01", "2020-01-01"]


def sekisho(*args):
    return subprocess.run([binary, *map(str, args)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300, text=True)


def condition(atoms):
    some = [("not (%s)" if rng.random() < 0.3 else "%s") % x for x in rng.sample(atoms, rng.choice([1, 2, 2, 3]))]
    return rng.choice([" and ", " or "]).join(some)


def law(two_sets):
    atoms = ATOMS + BETWEEN * two_sets
    text = HEAD.format(rng.choice(["permitted", "prohibited"]))
    for i in range(rng.choice([1, 2, 3])):
        what = rng.choice(["prohibits when {}", "permits when {}", "needs permit p{} from xk.office\n  when {{}}".format(i)])
        text += f"{'route' if what.startswith('permits') else 'rule'} r{i}\n{rng.choice(FORCE)}  cite \"c\"\n  {what.format(condition(atoms))}\n"
    return text


def subsets(states):
    return [frozenset(c) for n in range(len(states) + 1) for c in itertools.combinations(states, n)]


def worlds(two_sets):
    """Every case over the named states and some that the law does not name."""
    states = ["XK", "PL", "DE", "AE", "ZW"] if two_sets else ["XK", "US", "PL", "DE", "AE", "ZW", "IT"]
    return [{"destination": d, "a": a, "lic": lic, "met": met} for d in states for a in ("yes", "no")
            for lic in subsets(states) for met in (subsets(states) if two_sets else [frozenset()])]


def findings(folder, cases, day):
    table = io.StringIO()
    out = csv.writer(table)
    out.writerow(["departure", "destination", "a", "lic", "met"])
    for w in cases:
        out.writerow(["XK", w["destination"], w["a"], *(";".join(sorted(w[s])) or "none" for s in ("lic", "met"))])
    (folder / "cases.csv").write_text(table.getvalue())
    done = sekisho("batch", folder / "cases.csv", "--out", "-", "--rules", folder / "x.law", "--on", day)
    check(done.returncode == 0, f"every case is answered: {done.stderr}")
    return [row["finding"] for row in csv.DictReader(io.StringIO(done.stdout))]


def decided(folder, w, day):
    known = {"departure": "XK", "destination": w["destination"], "a": w["a"],
             "lic": f"[{','.join(sorted(w['lic']))}]", "met": f"[{','.join(sorted(w['met']))}]"}
    done = sekisho("decide", "--rules", folder / "x.law", "--on", day, "--without-instruments", "--format", "json",
                   *(x for k, v in known.items() for x in ("--known", f"{k}={v}")))
    return json.loads(done.stdout)["finding"]


def holds(phrase, w):
    """Whether a case is as a phrase says."""
    fact, values = phrase["fact"], phrase["values"]
    if fact in ("departure", "destination", "a"):
        return (w.get(fact, "XK") in values) != phrase["excluded"]
    yes = values == ["yes"]
    besides = {w["destination"]} if fact.startswith("besides destination, ") else set()
    fact = fact.removeprefix("besides destination, ")
    if m := re.fullmatch(r"(lic|met) is empty", fact):
        return (not w[m[1]]) == yes
    if m := re.fullmatch(r"(?:([A-Z]{2})|destination) (?:is )?in (lic|met)", fact):
        return ((m[1] or w["destination"]) in w[m[2]]) == yes
    m = re.fullmatch(r"(one of|some state other than) ([A-Z, ]+) is (in|not in) (\w+)(?: and (in|not in) (\w+))?", fact)
    require(m, f"a phrase that no one can check: {phrase}")
    named = set(m[2].split(", "))
    held = [{s for s in ALL if (s in w[which]) == (how == "in")} for how, which in [(m[3], m[4]), (m[5], m[6])] if how]
    held = set.intersection(*held) - besides
    return any((s in named) == (m[1] == "one of") for s in held) == yes


ALL = ["XK", "US", "PL", "DE", "AE", "ZW", "IT", "AD", "FR"]
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for n in range(laws):
        two_sets = n % 3 == 2
        (folder / "x.law").write_text(law(two_sets))
        cases = worlds(two_sets)
        before, after = (findings(folder, cases, day) for day in DAYS)
        for i in rng.sample(range(len(cases)), 3):
            check(decided(folder, cases[i], DAYS[1]) == after[i], f'batch and decide agree: {(folder / "x.law").read_text()}{cases[i]}')
        done = sekisho("impact", "--rules", folder / "x.law", "--from", DAYS[0], "--to", DAYS[1], "--format", "json")
        check(done.returncode == 0, f"impact answers: {done.stderr}")
        statements = json.loads(done.stdout)["statements"]
        wrong = []
        for w, b, a in zip(cases, before, after):
            told = [s for s in statements if all(holds(p, w) for p in s["when"])]
            if b != a:
                changes += 1
                if not any((s["before"], s["after"]) == (b, a) for s in told):
                    wrong.append(f"no statement holds {b} -> {a} of {w}")
            wrong += [f"`{s['text']}` is told of {w}: {b}, {a}" for s in told if s["exact"] and (s["before"], s["after"]) != (b, a)]
        inexact += sum(not s["exact"] for s in statements)
        check(not wrong, f"statements are true and complete: {(folder / 'x.law').read_text()}\n{wrong[:3]} of {len(wrong)}")
check(changes, "no case changes")
conclude(told=f"{changes} cases that change, {inexact} statements not exact")
