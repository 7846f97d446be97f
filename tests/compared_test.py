"""Laws that hold amounts, days and codes against each other, written at random: `decide` and `batch` find what the
evaluator that shares nothing with the program finds over every completion, and `proof check` agrees.

usage: compared_test.py BINARY SOURCE_ROOT [LAWS [SEED]]
"""
import csv
import io
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "oracle"))
from checks import check, conclude  # noqa: E402
from compared import Comparison, arguments  # noqa: E402

laws, rng = arguments(30)
ON = "2020-06-01"
TYPES = {"money": "money", "date": "date", "code": 'code of "1", "2"'}
VALUES = {"money": ["9 USD", "10 USD", "11 USD", "11.0001 USD", "13 USD", "15 USD", "19 USD", "25 USD"],
          "date": ["2019-12-31", "2020-01-01", "2020-01-02", "2020-05-05", "2020-05-06", "2022-01-01"],
          "code": ["1", "1.2", "1.2.5", "1.2.6", "1.7", "1.8", "2", "2.1", "2.2"]}
HEAD = """authority xk.office of XK "Office"
fact a is {type}
  asks "a?"
fact b is {type}
  asks "b?"
fact c is {type}
  asks "c?"
fact y is yes or no
  asks "y?"
regime xk.r "R"
  authority xk.office
  force statute
  otherwise {otherwise}
  unlinked opposites strictest prevails
  cite "100"
"""
still_open = 0


def literal(kind):
    fact, other = rng.sample("abc", 2)
    dice = rng.random()
    if dice < 0.45:
        return f"{fact} is {other}"
    if dice < 0.55:
        return "y"
    if kind == "money":
        return f"{fact} is {rng.choice(['at least', 'at most', 'more than', 'less than'])} {rng.choice([10, 12, 20])} USD"
    if kind == "date":
        return f"{fact} is {rng.choice(['before', 'after', 'on or after', 'on or before'])} {rng.choice(['2020-01-01', '2020-01-03', '2021-01-01'])}"
    return f"{fact} is " + rng.choice(['"1"', 'under "1.2"', 'under "2"', '"1.2"'])


def phrase(kind):
    literals = [("not (%s)" if rng.random() < 0.5 else "(%s)") % literal(kind) for _ in range(rng.randint(1, 4))]
    return (" and " if rng.random() < 0.75 else " or ").join(literals)


def rulebook(kind):
    law = HEAD.format(type=TYPES[kind], otherwise=rng.choice(["permitted", "prohibited"]))
    for i in range(rng.randint(1, 3)):
        when = phrase(kind)
        law += rng.choice([f'rule r{i}\n  cite "100"\n  prohibits when {when}\n', f'route r{i}\n  cite "100"\n  permits when {when}\n',
                           f'rule r{i}\n  cite "100"\n  needs permit p{i} from xk.office\n  when {when}\n'])
    return law


with tempfile.TemporaryDirectory() as name:
    comparison, folder = Comparison(name, ON), pathlib.Path(name)
    for _ in range(laws):
        kind = rng.choice(list(TYPES))
        comparison.use(rulebook(kind))
        rows = [{f: rng.choice(VALUES[kind]) for f in "abc" if rng.random() < known} for known in (0.35, 0.6, 0.8, 1)]
        for row in rows:
            row.update({"y": rng.choice(["yes", "no"])} if rng.random() < 0.5 else {})
        (folder / "t.csv").write_text("a,b,c,y\n" + "".join(",".join(row.get(f, "") for f in "abcy") + "\n" for row in rows))
        batch = list(csv.DictReader(io.StringIO(comparison.run("batch", folder / "t.csv", "--out", "-", "--on", ON)[1])))
        for row, decided in zip(rows, batch, strict=True):
            expected = comparison.plainly(row)
            best, worst = expected["xk.r"]
            still_open += best != worst
            comparison.same("batch", (best, worst), (decided["best"], decided["worst"]), row)
            comparison.decide(expected, row)

check(still_open, "no case is open")
conclude(told=f"{still_open} cases open")
