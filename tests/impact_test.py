"""Every witness of an impact, decided again on both sides, shows what the statement says. Days are those around each
change of Japan's rules; a pair of days with no change between them must give none.

usage: impact_test.py BINARY SOURCE_ROOT
"""
import json
import pathlib
import subprocess
import sys
import tempfile

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
PAIRS = [("2023-12-21", "2023-12-22"), ("2014-03-31", "2014-04-01"), ("2022-03-07", "2022-03-08"),
         ("2024-03-25", "2024-03-26"), ("2026-04-20", "2026-04-21"), ("2025-10-08", "2025-10-09"),
         ("2011-12-26", "2011-12-27"), ("1976-02-26", "1976-02-27"), ("2019-08-27", "2019-08-28")]
HEAD = """authority xk.office of XK "Office"
fact departure is country
  asks "From?"
fact destination is country
  asks "To?"
fact consignee is party
  asks "Who gets it?"
fact end_user is party
  asks "Who uses it?"
fact price is money
  asks "What price?"
threshold th "The threshold" is money
  value 15 USD in force 2000-01-01 on
list xk.friends of country "Friends"
  complete to 2019-01-01
  member PL in force 2010-01-01 to 2019-12-31
  member CZ in force 2021-01-01 on
  unsettled "nobody knows"
regime xk.r "R"
  authority xk.office
  force statute
  governs when departure is XK
  otherwise permitted
  unlinked opposites strictest prevails
  cite "1"
proviso stay(holder)
  cite "9"
  prohibits when end_user is not within holder
  lapses never
"""
# What nobody can know is another thing on either side: a list after its day, a threshold without a value, whom a proviso names.
SMALL = [("2019-12-31", "2020-01-01", 'rule a\n  cite "2"\n  prohibits when destination is in xk.friends\n'),
         ("2019-12-31", "2021-01-01", 'rule a\n  cite "2"\n  prohibits when destination is in xk.friends\n'),
         ("1999-01-01", "2001-01-01", 'rule a\n  cite "2"\n  prohibits when price is more than th\nrule b\n  cite "3"\n  needs permit p from xk.office\n  when price is less than th\n'),
         ("2015-01-01", "2020-01-01", 'rule late in group later_transfers\n  in force 2020-01-01 on\n  cite "3"\n  prohibits\n'),
         # Constraints read thresholds and lists: a case may be there on one side alone.
         ("2015-01-01", "2020-01-01", 'threshold light "Light" is money\n  value 50 USD in force 2010-01-01 to 2019-12-31\n  value 30 USD in force 2020-01-01 on\n'
                                      'constraint dear "dear ones go to PL" always destination is PL or price is more than light\n'
                                      'rule a\n  cite "2"\n  prohibits when destination is PL and price is at least 40 USD\n'),
         ("2015-01-01", "2020-01-01", 'rule late in group later_transfers\n  in force 2020-01-01 on\n  cite "3"\n  prohibits\n'
                                      'proviso only(holder)\n  cite "4"\n  needs consent c from xk.office\n  when consignee is not within holder\n  lapses never\n')]
by_reading = one_sided = 0


def run(*args, no_such_case=False):
    done = subprocess.run([binary, *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    if no_such_case and done.returncode == 1 and b"error[SK4003]" in done.stderr:
        return None
    require(done.returncode == 0, f"{args}: exit {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


def replay(statement, days, folder, *law):
    """What the regime says of the witness on each day, as best and worst."""
    witness = statement["witness"]
    (folder / "t.yaml").write_text(json.dumps(witness["transfer"]))
    world = witness["world"]
    out = []
    for day, side in zip(days, ("before", "after")):
        for record in world["records"]:
            record["complete_to"] = day
        (folder / "w.yaml").write_text(json.dumps(world))
        readings = [f"--reading={what}={way}" for what, way in witness["readings"][side].items()]
        answer = run("decide", folder / "t.yaml", "--world", folder / "w.yaml", "--on", day, "--format", "json", *readings, *law,
                     no_such_case=statement[side] == "no_such_case")
        if answer is None:
            out.append(("no_such_case", "no_such_case"))
            continue
        said = [r for r in answer["regimes"] if r["regime"] == statement["regime"]]
        out.append((said[0]["best"], said[0]["worst"]) if said else ("not_engaged", "not_engaged"))
    return out


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    cases = [(days, []) for days in PAIRS]
    for i, (before, after, rules) in enumerate(SMALL):
        law = folder / f"{i}.law"
        law.write_text(HEAD + rules)
        cases.append(((before, after), ["--rules", law]))
    for days, law in cases:
        impact = run("impact", "--from", days[0], "--to", days[1], "--format", "json", *law)
        one_sided += sum("no_such_case" in (s["before"], s["after"]) for s in impact["statements"])
        check(impact["statements"], f"{days}: no change found")
        for statement in impact["statements"]:
            said = replay(statement, days, folder, *law)
            ok = all(best == worst == expected for (best, worst), expected in zip(said, (statement["before"], statement["after"])))
            by_reading += any(statement["witness"]["readings"].values())
            check(ok, f"{days} {statement['regime']}: {statement['before']} -> {statement['after']}, decide says {said}\n"
                      f"    when {statement['text']}\n    witness {json.dumps(statement['witness'])}")
    quiet = run("impact", "--from", "2023-12-22", "--to", "2023-12-23", "--format", "json")
    check(not quiet["change"] and not quiet["statements"], "a change is told where the law stood still")
    sys_days = run("impact", "--from", "2023-12-21", "--to", "2023-12-22", "--regime", "jp.transfer", "--format", "json")
    check(any(s["before"] == "prohibited" and s["after"] == "authorisation_required" and "goods.form is finished" in s["text"]
              and "goods.licensor_states" in s["text"] for s in sys_days["statements"]),
          "the story's change is not told: finished licensed products to the licensor's state")
check(by_reading and one_sided, f"{by_reading} witnesses hang on a reading of unsettled law, {one_sided} cases are there on one side alone")
conclude(at_least=20, told=f"{by_reading} witnesses replayed by a reading of unsettled law")
