"""Acts of authorities written at random, under regimes that say which instruments prevail: `decide` finds what the
evaluator that shares nothing with the program finds over every completion, and `proof check` agrees.

usage: acts_test.py BINARY SOURCE_ROOT [LAWS [SEED]]
"""
import collections
import pathlib
import re
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "oracle"))
from checks import check, conclude  # noqa: E402
from compared import Comparison, arguments  # noqa: E402

laws, rng = arguments(40)
ON = "2020-06-01"
STATES = ["granted", "granted", "refused", "suspended", "revoked", "pending"]
HEAD = """authority xk.office of XK "Office"
authority xk.council of XK "Council"
fact there is country
  asks "To where?"
fact armed is yes or no
  asks "Armed?"
fact fit is yes or no
  asks "Fit?"
  judged by xk.office
"""


def regime(name, way):
    """A regime with needs of its own, all three ways of needing them, and a proviso that acts may add."""
    said = f"  instruments {way} prevails\n" if way else ""
    law = f'regime {name} "R"\n  authority xk.office\n  force statute\n  otherwise {rng.choice(["permitted", "permitted", f"prohibited liftable by exception {name[3:]}_exception from xk.office"])}\n'
    law += f'  unlinked opposites strictest prevails\n  cite "1"\n{said}'
    law += f'rule permit_for_all\n  cite "2"\n  needs permit {name[3:]}_permit from xk.office\n'
    if rng.random() < 0.5:
        law += f'rule fit_ones\n  cite "3"\n  prohibits when armed{" and not fit" if rng.random() < 0.5 else ""} liftable by waiver {name[3:]}_waiver from xk.council\n'
    if rng.random() < 0.5:
        law += f'route not_armed\n  cite "4"\n  permits when not armed\n  needs approval {name[3:]}_approval from xk.council\n'
    if rng.random() < 0.3:
        law += f'rule permit_if_fit\n  cite "6"\n  needs permit {name[3:]}_exception from xk.office\n  when {rng.choice(["fit", "not fit", "fit and armed"])}\n' if "liftable by exception" not in law else ""
    return law + f'proviso stay(holder)\n  cite "5"\n  needs consent {name[3:]}_leaving from xk.office\n  lapses never\n'


def act(i, names):
    needs = [f"{n[3:]}_{kind}" for n in names for kind in ("permit", "waiver", "approval", "exception")]
    a = {"id": f"a{i}", "authority": rng.choice(["xk.office", "xk.office", "xk.council"]), "issued": f"2020-0{rng.randint(1, 4)}-01",
         "state": rng.choice(STATES), "answers": rng.sample(needs, rng.randint(2, 4))}
    if rng.random() < 0.2:
        a["finds"] = {"fit": rng.choice(["yes", "no"])}
    if rng.random() < 0.5:
        a["scope"] = {"there": rng.choice(["FR", "GB", ["FR", "GB"]])}
    if rng.random() < 0.2:
        a["valid"] = {"from": a["issued"], "to": rng.choice(["2020-05-31", "2020-06-01"])}
    if a["state"] == "granted" and rng.random() < 0.3:
        a["provisos"] = [{"proviso": f"{rng.choice(names)}.stay", "with": {"holder": "b"}}]
    return a


seen, apart = collections.Counter(), 0
with tempfile.TemporaryDirectory() as folder:
    comparison = Comparison(folder, ON)
    for _ in range(laws):
        names = ["xk.one", "xk.two"][:rng.randint(1, 2)]
        ways = [rng.choice(["", "latest", "strictest", "strictest", "granted", "granted"]) for _ in names]
        law = HEAD + "".join(map(regime, names, ways))
        comparison.use(law)
        for _ in range(3):
            world = {"parties": {"b": {"name": "B"}}, "instruments": [act(i, names) for i in range(rng.randint(4, 8))]}
            # A need that no rule of this law has cannot be answered: such acts are refused, which other tests see.
            for a in world["instruments"]:
                a["answers"] = [n for n in a["answers"] if f" {n} from" in law]
            world["instruments"] = [a for a in world["instruments"] if a["answers"] or a.get("finds")]
            if rng.random() < 0.5:
                world["records"] = [{"authority": w, "complete_to": "2020-12-31"} for w in ("xk.office", "xk.council") if rng.random() < 0.7]
            facts = {k: v for k, v in (("there", rng.choice(["FR", "GB", "JP"])), ("armed", rng.choice(["yes", "no"]))) if rng.random() < 0.7}
            expected = comparison.plainly(facts, world)
            other = rng.choice(["latest", "strictest", "granted"])
            apart += comparison.plainly(facts, world, re.sub(r"instruments \w+ prevails", f"instruments {other} prevails", law)) != expected
            seen.update(expected.values())
            comparison.decide(expected, facts, world)

told = f"{len(seen)} findings, {apart} would be others if other instruments prevailed"
check(len(seen) >= 5 and apart, told)
conclude(told=told)
