"""Writes the decision workload's requests as a table for `sekisho batch`, and the answers it must give.

usage: make_table.py FOLDER [BLANKS]   the folder with req.bin, exp.bin and spec.json; BLANKS: percent of cells left blank
States that no group names are made up and have no code; each gets one of a real state beyond the workload's AA to HR.
"""
import datetime
import json
import pathlib
import random
import struct
import sys

folder, blanks = pathlib.Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 0
spec = json.loads((folder / "spec.json").read_text())
named = {s for members in spec["groups"].values() for s in members} | {spec["home"]}
REAL = "ID IE IL IN IQ IR IS IT JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MG".split()
unnamed = [c for c in spec["codes"] if c not in named]
assert len(unnamed) < len(REAL)
real = dict(zip(unnamed, REAL))
state = lambda n: "ZW" if n >= 200 else real.get(spec["codes"][n], spec["codes"][n])
rng = random.Random(20231222)
columns = ["item", "origin", "destination", "licensor", "value", *(f"goods.{f}" for f in spec["flags"])]
with open(folder / f"requests-{blanks}.csv", "w", encoding="ascii") as out:
    out.write(",".join(["id", "on", *columns]) + "\n")
    for i, (item, origin, dest, licensor, value, day, flags) in enumerate(struct.iter_unpack("<BBBBIHH", (folder / "req.bin").read_bytes())):
        row = [spec["items"][item].lower(), state(origin), state(dest), state(licensor), str(value)]
        row += ["yes" if flags >> b & 1 else "no" for b in range(len(spec["flags"]))]
        if blanks:
            row = ["" if rng.randrange(100) < blanks else cell for cell in row]
        out.write(",".join([f"q{i}", str(datetime.date(1970, 1, 1) + datetime.timedelta(days=day)), *row]) + "\n")
if not blanks:
    names = {0: "prohibited", 1: "authorisation_required", 2: "permitted_with_provisos", 3: "permitted"}
    with open(folder / "expected.csv", "w", encoding="ascii") as out:
        for i, (outcome, mask) in enumerate(struct.iter_unpack("<BQ", (folder / "exp.bin").read_bytes())):
            out.write(f"{names[outcome]},{';'.join(str(r + 1) for r in range(40) if mask >> r & 1)}\n")
