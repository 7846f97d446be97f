"""The published schemas hold: of every example file, of every answer, and not of files that are wrong.

usage: schema_test.py BINARY SOURCE_ROOT
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import jsonschema
import yaml

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


class Loader(yaml.SafeLoader):
    pass


Loader.yaml_implicit_resolvers = {}
schema = {p.name.split(".")[0]: json.loads(p.read_text()) for p in (root / "schemas").glob("*.schema.json")}
for s in schema.values():
    jsonschema.Draft7Validator.check_schema(s)


def validator(kind):
    beside = {f"file:///schemas/{n}.schema.json": s for n, s in schema.items()}
    return jsonschema.Draft7Validator(schema[kind], resolver=jsonschema.RefResolver(f"file:///schemas/{kind}.schema.json", schema[kind], store=beside))


def shown(argv):
    return " ".join(map(str, argv[1:]))


def fits(kind, document):
    """Whether the schema of that kind lets it pass, as it should."""
    wrong = jsonschema.exceptions.best_match(validator(kind).iter_errors(document))
    check(wrong is None, f"the {kind} schema: {wrong}")


for path in sorted((root / "examples").rglob("*.yaml")):
    document = yaml.load(path.read_text(), Loader)
    kind = "world" if "world" in document else "transfer"
    fits(kind, document)
    if kind == "world":
        continue
    few = [["--minimum", "--nodes", "3000"]] if path.parent.name == "patriot" else []  # too few for the whole law
    for flags in ([], ["--without-instruments"], ["--known", "ground=unknown"], ["--minimum"], *few):
        done = subprocess.run([binary, "decide", path, "--world", path.parent / "world.yaml", "--format", "json", *flags], capture_output=True)
        require(done.returncode == 0, f"{shown(done.args)}: {done.stderr.decode()}")
        answer = json.loads(done.stdout)
        fits("answer", answer)
        check(("left_out" in answer) == (flags in few), f"{shown(done.args)}: what is left out: {answer.get('left_out')}")
        proof = subprocess.run([binary, "proof", "check", "-", "--format", "json"], input=done.stdout, capture_output=True)
        fits("proof", json.loads(proof.stdout))

for path in sorted((root / "examples").rglob("events.jsonl")):
    done = subprocess.run([binary, "events", path], capture_output=True, text=True)
    require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
    written = path.read_text().splitlines()
    check(len(done.stdout.splitlines()) == len(written) > 5, f"{path}: {len(written)} events, written again {len(done.stdout.splitlines())}")
    for line in written + done.stdout.splitlines():
        fits("event", json.loads(line))

for events in sorted((root / "examples").rglob("events.jsonl")):
    given = ["--events", events, "--world", events.parent / "world.yaml", "--format", "json"]
    lots = {t["lot"] for line in events.read_text().splitlines() for t in json.loads(line).get("gives", [])}
    for kind, command in [("movements", ["movements"])] + [("lot", ["trace", lot]) for lot in sorted(lots)]:
        done = subprocess.run([binary, "lot", *command, *given], capture_output=True, text=True)
        require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
        fits(kind, json.loads(done.stdout))

for events in sorted((root / "examples").rglob("events.jsonl")):  # the pictures and the W3C's terms tell the same graph
    given = ["--events", events, "--world", events.parent / "world.yaml"]
    for lot in sorted({t["lot"] for line in events.read_text().splitlines() for t in json.loads(line).get("gives", [])}):
        told = {f: subprocess.run([binary, "lot", "trace", lot, *given, "--format", f], capture_output=True, text=True, check=True).stdout for f in ("json", "svg", "dot", "prov")}
        states = json.loads(told["json"])["states"]
        links = {(p["state"], s["state"]) for s in states for p in s["parents"]}
        svg = xml.etree.ElementTree.fromstring(told["svg"])
        tag = "{http://www.w3.org/2000/svg}"
        check({t.text for t in svg.iter(tag + "title")} >= {f"state {s['state']}" for s in states}, f"{lot}: the picture does not name every state")
        boxes = [tuple(float(r.get(k)) for k in ("x", "y", "width", "height")) for r in svg.iter(tag + "rect")]
        check(len(boxes) == len(states) and len([p for p in svg.iter(tag + "path") if p.get("marker-end")]) == len(links), f"{lot}: {len(boxes)} boxes for {len(states)} states, or other arrows than links")
        for i, a in enumerate(boxes):
            check(a[0] + a[2] <= float(svg.get("width")) and a[1] + a[3] <= float(svg.get("height")), f"{lot}: a box stands beside the picture")
            check(all(a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1] for b in boxes[i + 1:]), f"{lot}: boxes overlap")
        check({tuple(map(int, m)) for m in re.findall(r"^  s(\d+) -> s(\d+) ", told["dot"], re.M)} == links, f"{lot}: the graph of dot has other links")
        prov = json.loads(told["prov"])
        number = lambda name: int(name.rsplit("/", 1)[1])
        check({number(n) for n in prov["entity"]} == {s["state"] for s in states}, f"{lot}: PROV names other entities than states")
        check({(number(d["prov:usedEntity"]), number(d["prov:generatedEntity"])) for d in prov.get("wasDerivedFrom", {}).values()} == links, f"{lot}: PROV derives otherwise than the links")
        for kind, ends in {"wasGeneratedBy": ("entity", "activity"), "used": ("entity", "activity"), "wasAttributedTo": ("entity", "agent")}.items():
            for relation in prov.get(kind, {}).values():
                check(all(relation[f"prov:{e}"] in prov[e] for e in ends), f"{kind} names what is not there")
events = root / "examples/licences/events.jsonl"
given = ["--events", events, "--world", events.parent / "world.yaml", "--format", "json"]
reserve = ["reserve", "--id", "r", "--on", "2024-11-01", "--under", "meti_permit", "--item", "pac3", "--consignee", "us_government",
           "--fact", "destination=US", "--fact", "end_user=us_forces", "--value", "1000 USD", "--quantity"]
named = sorted({json.loads(line)["authorisation"] for line in events.read_text().splitlines() if "authorisation" in json.loads(line)})
for exits, command in [(0, ["list"]), (0, ["list", "--on", "2000-01-01"]), (0, reserve + ["1 pieces"]), (1, reserve + ["9 pieces"])] + [(0, ["show", a]) for a in named]:
    done = subprocess.run([binary, "licence", *command, *given], capture_output=True, text=True)
    require(done.returncode == exits, f"licence {command[0]}: exit {done.returncode}: {done.stderr}")
    answer = json.loads(done.stdout)
    fits("licence", answer)
    for line in filter(None, [answer.get("event")]):
        fits("event", json.loads(line))
done = subprocess.run([binary, "stop", "place", "--id", "s1", "--on", "2024-11-01", "--by", "o", "--reason", "r", "--party", "us_forces",
                       "--events", events, "--world", events.parent / "world.yaml"], capture_output=True, text=True)
require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
fits("event", json.loads(done.stdout))
with tempfile.TemporaryDirectory() as folder:
    held = pathlib.Path(folder) / "events.jsonl"
    held.write_text(events.read_text() + done.stdout)
    for argv, of in ((["stop", "list"], "stops"), (["lot", "movements"], "movements")):
        given_too = ["--events", held, "--world", events.parent / "world.yaml", "--format", "json"]
        done = subprocess.run([binary, *argv, *given_too], capture_output=True, text=True)
        require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
        fits(of, json.loads(done.stdout))
    decided = subprocess.run([binary, "decide", root / "examples/licences/shipment.yaml", "--on", "2024-11-02", *given_too], capture_output=True, text=True)
    require(decided.returncode == 0, f"{shown(decided.args)}: {decided.stderr}")
    fits("answer", json.loads(decided.stdout))
    check([h["stop"] for h in json.loads(decided.stdout)["held"]] == ["s1"], f"decided of held goods: {decided.stdout}")
for on in ("2024-05-20", "2024-12-01", "2026-12-01"):
    done = subprocess.run([binary, "due", "--on", on, *given], capture_output=True, text=True)
    require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
    fits("due", json.loads(done.stdout))

for flags in (["--from", "2023-12-21", "--to", "2023-12-22"], ["--from", "2023-12-22", "--to", "2023-12-23"],
              ["--from", "2023-12-21", "--to", "2023-12-22", "--world", root / "examples/patriot/world.yaml"],
              ["--regime", "jp.transfer", "--against", "jp.state_property", "--on", "2020-01-01"]):
    done = subprocess.run([binary, "impact", "--format", "json", *flags], capture_output=True)
    require(done.returncode == 0, f"{shown(done.args)}: {done.stderr.decode()}")
    fits("impact", json.loads(done.stdout))

rows = (root / "examples/batch/shipments.csv").read_text().splitlines()
names = rows[0].split(",")
line = json.dumps(dict(zip(names, rows[2].split(","))))
done = subprocess.run([binary, "batch", "-", "--rows", "ndjson", "--out", "-"], input=line.encode(), capture_output=True)
require(done.returncode == 0, f"{shown(done.args)}: {done.stderr.decode()}")
for answer in done.stdout.splitlines():
    fits("batch", json.loads(answer))

for kind, flags in (("cases", ["cases", "jp.state_property", "--on", "2018-01-01"]), ("coverage", ["coverage"])):
    done = subprocess.run([binary, "law", *flags, "--format", "json"], capture_output=True)
    require(done.returncode == 0, f"{shown(done.args)}: {done.stderr.decode()}")
    fits(kind, json.loads(done.stdout))

with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name) / "a.register"

    def register(*argv):
        done = subprocess.run([binary, "register", *argv, "--register", place], capture_output=True, text=True)
        require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
        return done.stdout

    register("init", "--origin", "a.example")
    register("append", root / "examples/patriot/events.jsonl", "--by", "officer_1")
    correction = pathlib.Path(name) / "correction.jsonl"
    of = json.loads((root / "examples/patriot/events.jsonl").read_text().splitlines()[-1])["id"]
    correction.write_text(json.dumps({"event": "correct", "id": "c", "on": "2024-01-01", "reason": "twice", "of": of, "withdrawn": "yes"}) + "\n")
    register("append", correction, "--by", "officer_1")
    waits = len(register("show").splitlines()) // 2 - 1
    register("reject", "--entry", str(waits), "--by", "officer_2", "--reason", "once")
    register("dispose", "--entry", str(waits), "--by", "keeper", "--reason", "ended")
    fits("verification", json.loads(register("verify", "--format", "json")))
    for ask in (["--entry", str(waits)], ["--entry", "2"], ["--entry", "8"], ["--grown-from", "5"]):
        fits("register_proof", json.loads(register("prove", *ask)))
    for line in register("show", "--format", "json").splitlines():
        fits("register_entry", json.loads(line))
    patriot = root / "examples/patriot"
    for transfer in ("finished-to-us", "us-made-unattested-to-ukraine"):
        done = subprocess.run([binary, "decide", patriot / f"{transfer}.yaml", "--world", patriot / "world.yaml", "--on", "2023-12-21", "--record", place, "--by", "officer_1"], capture_output=True, text=True)
        require(done.returncode == 0, f"{shown(done.args)}: {done.stderr}")
        entry = re.search(r"entry (\d+), a proposed decision", done.stdout + done.stderr)
        register("confirm", "--entry", entry.group(1), "--by", "officer_2", "--reason", "weighed")
    for world in ([], ["--world", patriot / "world.yaml"]):
        done = subprocess.run([binary, "watch", "--register", place, "--on", "2026-11-01", "--format", "json", *world], capture_output=True, text=True)
        check(done.returncode == (0 if world else 1), f"watch without what its events speak of is no whole answer: exit {done.returncode}")
        watched = json.loads(done.stdout)
        fits("watch", watched)
        check(watched["changed"] and (watched["holdings"] is None) == (not world), f"watch: {watched}")
    touched = json.loads(subprocess.run([binary, "impact", "--from", "2023-12-21", "--to", "2023-12-22", "--register", place, "--world", patriot / "world.yaml", "--format", "json"], capture_output=True, text=True, check=True).stdout)
    fits("impact", touched)
    check({"holding", "recorded_decision"} <= {r["kind"] for r in touched["touches"]}, f"what the change touches: {touched['touches']}")

wrong = [("register_entry", {"sequence": 0}), ("register_proof", {"schema": "sekisho-register-proof/1", "origin": "a", "size": 1, "root": "0" * 64, "proof": []}),
         ("verification", {"sound": True}), ("transfer", {"transfer": "1", "form": "JP"}), ("transfer", {"on": "2023-12-22"}), ("transfer", {"transfer": "1", "on": "soon"}),
         ("transfer", {"transfer": "1", "facts": {"a": {"value": "x", "sorce": "y"}}}), ("world", {"world": "1", "lots": {"l": {}}}),
         ("world", {"world": "1", "instruments": [{"id": "a"}]}), ("world", {"world": "2"}),
         ("world", {"world": "1", "parties": {"p": {"name": "P", "country": "Japan"}}}), ("answer", {"finding": "allowed"}), ("impact", {"statements": []}), ("batch", {"row": 0}),
         ("proof", {"result": "fine"}),
         ("event", {"event": "make", "id": "a", "on": "2020-01-01"}), ("event", {"event": "lose", "id": "a", "on": "soon", "takes": [{"lot": "l"}]}),
         ("event", {"event": "lose", "id": "a", "on": "2020-01-01", "takes": [{"lot": "l", "quantity": 4}]}), ("event", {"event": "gain"}), ("event", {"event": "draw", "id": "d", "on": "2020-01-01"}),
         ("event", {"event": "authorise", "id": "a", "on": "2020-01-01", "authorisation": "l", "kind": "licence", "state": "granted", "authority": "x", "limits": [{"items": "i"}]}),
         ("licence", {"schema": "sekisho-licence/1"}), ("due", {"owed": []}),
         ("cases", {"cases": []}), ("coverage", {"regimes": [{}]})]
for kind, document in wrong:
    check(not validator(kind).is_valid(document), f"the {kind} schema lets {document} pass")
conclude(at_least=20)
