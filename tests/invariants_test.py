"""No convenient facts. Deleting any one fact of the example may only widen best to worst; deleting any one
instrument may only leave a need open; and the answers do not hang on names: with states, parties, items, lots
and agreements renamed and all days shifted, in rulebooks, world and transfers together, they stay the same.

usage: invariants_test.py BINARY SOURCE_ROOT
"""
import copy
import datetime
import difflib
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import yaml

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
ORDER = ["not_engaged", "permitted", "permitted_with_provisos", "authorisation_required", "prohibited"]
TRANSFERS = [("finished-to-us", "2023-12-21"), ("finished-to-us", "2023-12-22"), ("parts-to-us", "2014-07-17"),
             ("japanese-made-onward-to-ukraine", "2024-06-01"), ("us-made-to-ukraine", "2024-06-01"),
             ("us-made-unattested-to-ukraine", "2024-06-01")]


class Loader(yaml.SafeLoader):
    """Plain words stay words: `no` is not False, a day is not a date."""


Loader.yaml_implicit_resolvers = {}


def decide(folder, transfer, world, on, *flags):
    done = subprocess.run([binary, "decide", transfer, "--world", world, "--on", on, "--format", "json", *flags],
                          cwd=folder, capture_output=True, timeout=300)
    if done.returncode != 0:
        return None, done.stderr.decode()
    return json.loads(done.stdout), ""


def ranges(answer):
    return {(r["regime"], r["line"]): (ORDER.index(r["best"]), ORDER.index(r["worst"])) for r in answer["regimes"]}


def deletions(doc, path=()):
    """Every place of a document that states a fact, as a path."""
    for key in ("facts",):
        for name in doc.get(key) or {}:
            yield path + (key, name)
    for key in ("kind", "from", "to", "exporter", "consignee", "end_user", "made_in", "made_under", "licensor_states", "country",
                "part_of", "lot", "item"):
        if key in doc:
            yield path + (key,)
    for key in ("parties", "agreements", "items", "lots"):
        for name, entry in (doc.get(key) or {}).items():
            yield from deletions(entry, path + (key, name))
    for key in ("records", "attestations"):
        for i in range(len(doc.get(key) or [])):
            yield path + (key, i)
    for i, line in enumerate(doc.get("lines") or []):
        yield from deletions(line, path + ("lines", i))


def without(doc, path):
    doc = copy.deepcopy(doc)
    at = doc
    for step in path[:-1]:
        at = at[step]
    del at[path[-1]]
    return doc


example = root / "examples" / "patriot"
world = yaml.load((example / "world.yaml").read_text(), Loader)
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)

    def answer_to(transfer, world, on):
        (folder / "t.yaml").write_text(yaml.safe_dump(transfer))
        (folder / "w.yaml").write_text(yaml.safe_dump(world))
        return decide(folder, "t.yaml", "w.yaml", on)

    for title, on in TRANSFERS:
        transfer = yaml.load((example / f"{title}.yaml").read_text(), Loader)
        base, error = answer_to(transfer, world, on)
        require(base, error)
        before = ranges(base)
        used = json.dumps(transfer)

        def relevant(path):  # an entry of the world that this transfer does not lead to changes nothing
            return path[0] == "records" or len(path) < 2 or path[0] not in ("lots", "items") or path[1] in reach

        lots = {line.get("lot") for line in transfer["lines"]}
        reach = lots | {world["lots"][l]["item"] for l in lots if l}
        cases = [("transfer", p, without(transfer, p), world) for p in deletions(transfer)]
        # An item's or lot's `item` key is required: taking it away is an error of form, not less knowledge.
        cases += [("world", p, transfer, without(world, p)) for p in deletions(world)
                  if relevant(p) and not (p[0] == "lots" and p[-1] == "item")]
        for where, path, t, w in cases:
            answer, error = answer_to(t, w, on)
            if not check(answer is not None, f"{title} {on}: without {where} {path}: {error}"):
                continue
            after = ranges(answer)
            for key, (best, worst) in before.items():
                now = after.get(key)
                check(now and now[0] <= best and now[1] >= worst,
                      f"{title} {on}: without {where} {'.'.join(map(str, path))}: {key} was {best}..{worst}, is {now}")
        for i, instrument in enumerate(world["instruments"]):
            answer, error = answer_to(transfer, without(world, ("instruments", i)), on)
            require(answer, error)
            for regime in answer["regimes"]:
                key = (regime["regime"], regime["line"])
                best, worst = ranges(answer)[key]
                check((best, worst) == before[key] or any(n["status"] == "open" for n in regime["needs"]),
                      f"{title} {on}: without instrument {instrument['id']}: {key} moved to {best}..{worst} and no need is open")

# --- names and days ---
STATES = ["JP", "US", "UA", "PL", "PH", "AU", "GB", "KP", "IQ", "KR", "FR", "DE", "VN", "SO", "MD", "XK"]
TO = dict(zip(STATES, STATES[3:] + STATES[:3]))
SHIFT = 1000


def rename(text, states, shift, names):
    text = re.sub(r"(?<![A-Za-z0-9_])[A-Z]{2}(?![A-Za-z0-9_])", lambda m: states.get(m.group(0), m.group(0)), text)
    text = re.sub(r"\b\d{4}-\d{2}-\d{2}\b",
                  lambda m: (datetime.date.fromisoformat(m.group(0)) + datetime.timedelta(days=shift)).isoformat(), text)
    for old, new in names.items():
        text = re.sub(rf"(?<![A-Za-z0-9_.]){old}(?![A-Za-z0-9_.])", new, text)
    return text


ids = [i for key in ("parties", "agreements", "items", "lots") for i in world[key]]
NAMES = {i: f"zz_{n}_{i[::-1]}" for n, i in enumerate(ids)}
BACK = {v: k for k, v in NAMES.items()}


def comparable(answer):
    """The answer without its free text, in which words may look like states."""
    def strip(value):
        if isinstance(value, dict):
            return {k: strip(v) for k, v in value.items()
                    if k not in ("source", "cite", "title", "authority_title", "text", "note", "asks", "instead", "from", "by", "rulebooks")}
        if isinstance(value, list):
            return [strip(v) for v in value]
        return value
    return json.dumps(strip(answer), sort_keys=True, indent=1)


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for path in list((root / "rulebooks").rglob("*.law")) + list(example.glob("*.yaml")):
        target = folder / path.relative_to(root)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(rename(path.read_text(), TO, SHIFT, NAMES if path.suffix == ".yaml" else {}))
    renamed = folder / "examples" / "patriot"
    for title, on in TRANSFERS:
        plain, error = decide(example, f"{title}.yaml", "world.yaml", on, "--rules", str(root / "rulebooks"))
        require(plain, error)
        later = (datetime.date.fromisoformat(on) + datetime.timedelta(days=SHIFT)).isoformat()
        other, error = decide(renamed, f"{title}.yaml", "world.yaml", later, "--rules", str(folder / "rulebooks"))
        if not check(other, f"{title} {on}, renamed: {error}"):
            continue
        back = rename(comparable(other), {v: k for k, v in TO.items()}, -SHIFT, BACK)
        diff = list(difflib.unified_diff(comparable(plain).splitlines(), back.splitlines(), lineterm="", n=1))
        check(not diff, f"{title} {on}: renamed, the answer differs:\n" + "\n".join(diff[:20]))

conclude(at_least=100)
