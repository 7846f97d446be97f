"""Runs conformance/ against every evaluator there is.

usage: conformance_test.py BINARY SEARCH REQUEST SOURCE_ROOT
"""
import csv
import io
import json
import pathlib
import subprocess
import sys
import tempfile

import yaml

from checks import check, conclude, require

binary, search, request, root = (pathlib.Path(a).resolve() for a in sys.argv[1:5])
sys.path.insert(0, str(root / "tests" / "oracle"))
import plain  # noqa: E402


class Loader(yaml.SafeLoader):
    pass


Loader.yaml_implicit_resolvers = {}


def run(*argv):
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=600)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: {done.stderr or done.stdout}")
    return done.stdout


# --- evaluators: a question in, an answer out; what an evaluator does not say, it leaves out ---
def files(folder, q):
    (folder / "rulebook.law").write_text(q["rulebook"])
    (folder / "transfer.yaml").write_text(yaml.safe_dump({"transfer": "1", **q["transfer"]}))
    argv = [folder / "transfer.yaml", "--rules", folder / "rulebook.law", "--on", q["on"]]
    if "world" in q:
        (folder / "world.yaml").write_text(yaml.safe_dump({"world": "1", **q["world"]}))
        argv += ["--world", folder / "world.yaml"]
    for key in ("law_of", "known_on"):
        if key in q:
            argv += ["--" + key.replace("_", "-"), q[key]]
    return argv + (["--without-instruments"] if q.get("instruments") == "hidden" else [])


def replayed(folder):
    """`proof check` agrees. Of a finding that is missing, `decide` tells the needs of the milder reading, where another
    reading may need more: in that alone they differ."""
    argv = [binary, "proof", "check", folder / "answer.json", "--rules", folder / "rulebook.law"]
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=600)
    wrong = [line for line in done.stderr.splitlines() if "error[" in line and ".needs`: more is needed" not in line]
    if wrong or done.returncode not in (0, 1):
        raise RuntimeError("\n".join(wrong) or done.stderr)


def engine(folder, q):
    text = run(binary, "decide", *files(folder, q), "--format", "json")
    (folder / "answer.json").write_text(text)
    replayed(folder)
    a = json.loads(text)
    regimes = {}
    for r in a["regimes"]:
        status = {}
        for step in r["derivation"]:
            status.setdefault(step["status"], []).append(step["rule"].removeprefix(r["regime"] + "."))
        needs = [n["need"] for n in a["needs"] if n["regime"] == r["regime"] and n["status"] == "open" and not n.get("would_lift")]
        regimes[r["regime"]] = {k: r[k] for k in ("finding", "best", "worst")} | {
            "needs": needs, "bounds": {s: status.get(s, []) for s in ("active", "defeated", "unknown")}}
    return {**{k: a[k] for k in ("finding", "best", "worst")}, "missing": [m["fact"] for m in a["missing"]], "regimes": regimes}


def searched(folder, q):
    a = json.loads(run(search, *files(folder, q)))
    for key in ("finding", "best", "worst"):
        if q["expected"].get("finding") == "not_assessed":  # no matter of completions
            a.pop(key, None)
    return a


def plainly(folder, q):
    return plain.answer(q)


def single_facts(q):
    """Of a question that a row can ask: single values and blanks, no world, one line; else nothing."""
    facts = q["transfer"].get("facts", {})
    said = ("world" in q, "law_of" in q, "known_on" in q, "lines" in q["transfer"], *(isinstance(v, dict) for v in facts.values()))
    return {} if any(said) else facts


def batched(folder, q):
    cells = {f: v if isinstance(v, str) else "; ".join(v) or "none" for f, v in single_facts(q).items()}
    if not cells:
        return None
    (folder / "rulebook.law").write_text(q["rulebook"])
    out = io.StringIO()
    writer = csv.DictWriter(out, cells)
    writer.writeheader()
    writer.writerow(cells)
    (folder / "rows.csv").write_text(out.getvalue())
    row = next(csv.DictReader(io.StringIO(run(binary, "batch", folder / "rows.csv", "--out", "-", "--rules", folder / "rulebook.law", "--on", q["on"]))))
    names = row["rules"].split(";") if row["rules"] else []
    return {"finding": row["finding"], "best": row["best"], "worst": row["worst"],
            "regimes": {r: {"active": [n.removeprefix(r + ".") for n in names if n.startswith(r + ".")]} for r in q["expected"].get("regimes", {})}}


def requested(folder, q):
    facts = single_facts(q)
    if not facts:
        return None
    (folder / "rulebook.law").write_text(q["rulebook"])
    a = json.loads(run(request, folder / "rulebook.law", q["on"], json.dumps(facts)))
    said = {"best": a["best"]} | ({"worst": a["worst"], "finding": a["best"] if a["best"] == a["worst"] else "open"} if "worst" in a else {})
    return said | {"regimes": {r: {k: [n.removeprefix(r + ".") for n in a[k] if n.startswith(r + ".")] for k in ("active", "defeated", "undecided")}
                               for r in q["expected"].get("regimes", {})}}


# --- comparing ---
def differences(expected, got):
    """What an answer says otherwise, of what is expected and of what it says at all."""
    out = []

    def compare(where, want, have):
        same = sorted(want) == sorted(have) if isinstance(want, list) else want == have
        if not same:
            out.append(f"{where} is {have}, expected {want}")
        return 1

    count = 0
    for key in ("finding", "best", "worst", "missing"):
        if key in expected and key in got:
            count += compare(key, expected[key], got[key])
    for name, want in expected.get("regimes", {}).items():
        have = got.get("regimes", {}).get(name)
        if have is None:
            out.append(f"nothing is said of {name}")
            continue
        if "bounds" in have:  # a derivation reads in three values: what it calls unknown may be decided all the same
            count += 1
            out += [f"{name}: {rule} is {key}" for key in ("active", "defeated") for rule in have["bounds"][key] if rule not in want.get(key, [rule])]
            out += [f"{name}: {rule} is not {key}" for key in ("active", "defeated", "undecided") for rule in want.get(key, [])
                    if rule not in have["bounds"].get(key, []) + have["bounds"]["unknown"]]
        for key in want:
            if key in have:
                count += compare(f"{name}: {key}", want[key], have[key])
    return count, out


# --- readings that are wrong, each of which some case has to catch ---
MISREADINGS = {
    "defeated rules defeat": ('not any(part == "whole" and applies(s) for', 'not any(part == "whole" and (applies(s) or met[s]) for'),
    "links run the other way": ('(r["name"], n) if side == "over" else (n, r["name"])', '(n, r["name"]) if side == "over" else (r["name"], n)'),
    "a link to one effect defeats the rule": ('any(part == "whole" and applies(s)', 'any(part != "x" and applies(s)'),
    "dates behind a link are the rule's where it is always in force": ('if r["dated"] and', 'if r["spans"] != spans and'),
    "links have no dates": ('if window(spans, self.law_of) == "no":\n                        continue', 'pass'),
    "a link to a group reaches one rule": ('if rules[x]["group"] == name] if', 'if rules[x]["group"] == name][:1] if'),
    "`to` is the first day after": ("if b <= day <= c:", "if b <= day < c:"),
    "an unsettled day is the earliest": ("if b <= day <= c:", "if a <= day <= c:"),
    "a default that bars prevails over routes": ('min(routes) if routes else otherwise', 'max(routes + [otherwise])'),
    "the strictest route": ('min(routes) if routes', 'max(routes) if routes'),
    "a requirement is a route": ('if r["permits"]:\n', 'if r["permits"] or r["needs"]:\n'),
    "a refusal is still a need": ('{"granted": P, "refused": X}', '{"granted": P, "refused": AR}'),
    "a pending need is met": ('{"granted": P, "refused": X}', '{"granted": P, "pending": P, "refused": X}'),
    "a suspended permit permits": ('{"granted": P, "refused": X}', '{"granted": P, "suspended": P, "refused": X}'),
    "what may be lifted is a need": ('return PP if state[lift[0]][1] else P\n        return X', 'return PP if state[lift[0]][1] else P\n        return AR if lift else X'),
    "a lift lifts nothing": ('if lift and state[lift[0]][0] == "granted":', 'if False:'),
    "a default is never lifted": ('or g["lift"] and state[g["lift"][0]][0] == "granted" else X', 'else X'),
    "provisos of a grant are lost": ('if state[n] == ("granted", True):', 'if False:'),
    "needs imply nothing": ('if not implied and not gone', 'if not gone'),
    "a final act mends a refusal": ('and state[n][0] == "none" for', 'for'),
    "implication runs back": ('any(n in others and state[o]', 'any(n not in others and o != n and state[o]'),
    "silence of an incomplete record is none": ('complete = not', 'complete = True or not'),
    "an act of another authority counts": ('if a["authority"] == authority and (what', 'if (what'),
    "the first act prevails": ('latest = max(', 'latest = min('),
    "acts of one day: the first in the file": ('a["issued"] == latest]\n', 'a["issued"] == latest][:1]\n'),
    "grants of one day: one adds its provisos": ('a["state"] == "granted" and adds', 'bool(a.get("provisos"))'),
    "the strictest is not asked for": ('[["refused"], ["suspended"]]', '[]'),
    "a refusal is no stricter than a suspension": ('[["refused"], ["suspended"]]', '[["refused", "suspended"]]'),
    "a suspension is not strict": ('[["refused"], ["suspended"]]', '[["refused"]]'),
    "a revocation is strict": ('[["refused"], ["suspended"]]', '[["refused"], ["suspended", "revoked"]]'),
    "no grant prevails": ('"granted": [["granted", "revoked"]]', '"granted": []'),
    "a grant prevails over its revocation": ('"granted": [["granted", "revoked"]]', '"granted": [["granted"]]'),
    "a suspended grant prevails": ('"granted": [["granted", "revoked"]]', '"granted": [["granted", "revoked", "suspended"]]'),
    "the strictest prevails though it does not cover": ('speaks = [a for a in speaks if covers(a)]', 'speaks = [a for a in speaks if covers(a) or prevails == "strictest"]'),
    "a revocation is no act": ('"revoked": 0', '"revoked": 2'),
    "a revocation is a refusal": ('else "lapsed"\n', 'else "refused"\n'),
    "a finding withdrawn stands": ('a["state"] in ("granted", "revoked") if', 'a["state"] == "granted" if'),
    "scope is not read": ('speaks = [a for a in speaks if covers(a)]', 'pass'),
    "a missing finding is no": ('max(low, AR)', 'low'),
    "a missing finding is yes": ('low if low == high else max(low, AR)', 'high'),
    "what cannot be found makes it better": (" if r in allowed)", ")"),
    "a constraint finds": ("high = max(f for f, _ in each)", "high = max(f for r, (f, _) in zip(readings, each) if r in allowed)"),
    "a missing finding is always a need": ('low if low == high else max(low, AR)', 'max(low, AR) if silent else low'),
    "a finding of another authority counts": ('if a["authority"] == authority and (what in a.get("finds"', 'if (a["authority"] == authority or judged) and (what in a.get("finds"'),
    "a list that is out of date answers no": ('return bool(late) and', 'return False and'),
    "a list is never complete": ('book["complete"] and book["complete"] < self.q.law_of', 'book["complete"] and "0" < self.q.law_of'),
    "members have no dates": ('return self.there(m["spans"], m["hidden"])', 'return True'),
    "members have no end": ('if m["value"] == value and window(m["spans"], self.q.law_of) != "no":\n                return self.there(m["spans"], m["hidden"])', 'if m["value"] == value:\n                return m["hidden"] is None or self.hidden[m["hidden"]]'),
    "other currencies compare": ('isinstance(a, tuple) and a[1] != b[1] and', 'False and'),
    "each comparison across currencies is for itself": ("return holds(self.rate_against(a, b), 0)", 'return self.chance(("rate", str(a), str(b), id(holds)))'),
    "rates are not ordered": ("for higher in sorted(bounds) if higher >= cut", "for higher in [cut]"),
    "thresholds have no dates": ('if window(spans, self.q.law_of) == "yes"), None)', 'if True), None)'),
    "a subtree is a prefix": ('c[f].startswith(root + ".")', 'root in c[f]'),
    "a subtree is without its root": ('c[f] == root or c[f].startswith', 'c[f].startswith'),
    "at least excludes": ('(("at", "least"), lambda a, b: a >= b)', '(("at", "least"), lambda a, b: a > b)'),
    "more than includes": ('(("more", "than"), lambda a, b: a > b)', '(("more", "than"), lambda a, b: a >= b)'),
    "less than includes": ('(("less", "than"), lambda a, b: a < b)', '(("less", "than"), lambda a, b: a <= b)'),
    "before includes": ('(("before",), lambda a, b: a < b)', '(("before",), lambda a, b: a <= b)'),
    "every needs a member": ('(all if every else any)(one(c, v) for v in c[s])', '(bool(c[s]) or not every) and (all if every else any)(one(c, v) for v in c[s])'),
    "a known set is incomplete": ('if isinstance(known, list):\n                return [tuple(members)]', 'pass'),
    "an incomplete set is whole": ('rest = [v for', 'rest = [] and [v for'),
    "a claim prevails": ('for c in known["claims"]]', 'for c in known["claims"][:1]]'),
    "a range is without its ends": ('sorted({a, b} | {v for v in self.domain(name) if a <= v <= b})', '[v for v in self.domain(name) if a < v < b]'),
    "constraints are forgotten": ('allowed = [r for r in readings if all(k(r) for k in self.book.constraints)]', 'allowed = readings'),
    "unsettled law is in force": ('itertools.product([False, True], repeat=len(self.book.hidden))', '[[True] * len(self.book.hidden)]'),
    "unsettled law is not": ('itertools.product([False, True], repeat=len(self.book.hidden))', '[[False] * len(self.book.hidden)]'),
    "later transfers read the default": ('        if main:\n            otherwise', '        if main or later:\n            otherwise'),
    "the group outlives its regime": ('gate = later and in_force if', 'gate = later if'),
    "the group is read of every transfer": ('gate = later and in_force if r["group"] == "later_transfers" else main', 'gate = main or later'),
    "goods that leave home are a later transfer": ('not main and not home and bool(bound)', 'bool(bound)'),
    "provisos never lapse": ('text["hidden"], day) and not lapsed:', 'text["hidden"], day):'),
    "a proviso binds by a text that was not there": ('c.there(text["spans"], text["hidden"], day) and', 'window(text["spans"], day) != "no" and'),
    "provisos by the text of today": ('text["hidden"], day) and', 'text["hidden"], self.law_of) and'),
    "provisos end with their regime": ('later = not main', 'later = in_force and not main'),
    "an unattested lot is clean": ('if not on and state not in attested', 'if False'),
    "a part of the holder is another": ('party = self.q.world.get("parties", {}).get(party, {}).get("part_of")', 'party = None'),
    "bests of regimes add up": ('joint = found', 'joint = {max(min(f) for f, _ in result.values()), max(max(f) for f, _ in result.values())}'),
    "one line for all": ('for line in lines:', 'for line in lines[:1]:'),
    "the transfer goes before the line": ('(line.get("facts"), t.get("facts"),', '(t.get("facts"), line.get("facts"),'),
    "law of the day of transfer": ('q.get("law_of", self.on)', 'self.on'),
    "everything recorded is known": ('q.get("known_on", FAR)', 'FAR'),
    "instruments are never hidden": ('q.get("instruments") == "hidden"', 'False'),
    "a permit never lapses": ('state = "lapsed" if state == "granted" else state', 'pass'),
    "a permit lapses on its last day": ('if day > valid.get("to", FAR):', 'if day >= valid.get("to", FAR):'),
    "acts of later days count": ('if i["issued"] > day or', 'if'),
    "a state without a rulebook is free": ('if question.unassessed() and best != X:', 'if False:'),
}


def misread(text, wrong):
    """The plain evaluator with one sentence of it read wrongly."""
    before, after = MISREADINGS[wrong]
    require(before in text, f"the misreading `{wrong}` has lost its place")
    space = {"__name__": "misread"}
    exec(compile(text.replace(before, after), wrong, "exec"), space)
    return space["answer"]


def caught(answer, questions):
    for q in questions:
        try:
            if differences(q["expected"], answer(q))[1]:
                return True
        except Exception:  # a reading that falls over is wrong too
            return True
    return False


EVALUATORS = {"decide": engine, "search": searched, "plain": plainly, "batch": batched, "request": requested}


def questions():
    """Every question of the suite, with the name that a failure gives it."""
    for path in sorted((root / "conformance").glob("*.yaml")):
        topic = yaml.load(path.read_text(encoding="utf-8"), Loader)
        for question in topic["questions"]:
            q = {"rulebook": topic["rulebook"], **({"world": topic["world"]} if "world" in topic else {}), **question}
            q.update(expected=question["answer"], label=f"{path.stem}/{question['id']}", jointly="finding" in question["answer"])
            yield q


def main():
    compared = {name: 0 for name in EVALUATORS}
    every = list(questions())
    for key in ("label", "why"):
        check(len({q[key] for q in every}) == len(every), f"two questions have the same {key}")
    for q in every:
        for name, evaluate in EVALUATORS.items():
            with tempfile.TemporaryDirectory() as folder:
                try:
                    got = evaluate(pathlib.Path(folder), q)
                except (RuntimeError, SystemExit, KeyError) as error:
                    check(False, f"{q['label']} by {name}: {error!r}")
                    continue
            if got is None:
                continue
            count, wrong = differences(q["expected"], got)
            compared[name] += count
            check(not wrong, f"{q['label']} by {name}: {'; '.join(wrong)}")
    text = (root / "tests" / "oracle" / "plain.py").read_text(encoding="utf-8")
    for wrong in MISREADINGS:
        check(caught(misread(text, wrong), every), f"no question tells the right reading from this one: {wrong}")
    check(min(compared.values()) >= 10, "an evaluator was hardly asked")
    conclude(told=f"{len(every)} questions; compared: {compared}; {len(MISREADINGS)} misreadings")


if __name__ == "__main__":
    main()
