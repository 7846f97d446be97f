"""Writes the decision workload's forty rules as a rulebook in our language.

usage: make_rulebook.py SPEC.json > decisions.law
The specification is plain data: groups of synthetic states, sets of items, rules with literals, links and dates.
"""
import datetime
import json
import sys

spec = json.load(open(sys.argv[1], encoding="utf-8"))
KIND = {"P": "prohibits", "R": "needs permit licence from bench.office", "M": "binds marked"}
LIST = {"E": "embargoed", "W": "close", "F": "friendly", "L": "licensed", "M": "missile_partners", "T": "chemical_partners",
        "N": "nuclear_partners", "D": "dangerous", "K": "in_conflict", "R": "retransfer_partners"}
day = lambda n: datetime.date(1970, 1, 1) + datetime.timedelta(days=n)


def literal(lit):
    negated = lit[0] == "!"
    kind, *rest = lit[1:] if negated else lit
    no = "not " if negated else ""
    if kind == "f":
        return f"{no}goods.{rest[0]}"
    if kind == "item":
        names = ", ".join(i.lower() for i in spec["itemsets"][rest[0]])
        return f"item is {no}one of {names}"
    if kind == "dest":
        return f"destination is {no}in {LIST[rest[0]]}"
    if kind == "licensor":
        return f"licensor is {no}in {LIST[rest[0]]}"
    if kind == "home":
        return f"origin is {no}{spec['home']}"
    if kind == "dlic":
        return f"destination is {no}licensor"
    assert not negated
    return f"value is {'at least' if kind == 'ge' else 'less than'} {rest[0]}"


out = ["# The forty rules of the decision workload: synthetic law for measuring, made by make_rulebook.py.",
       'authority bench.office of XK "Office of the workload"', ""]
for name, what in (("destination", "state of destination"), ("origin", "state of origin"), ("licensor", "state of the licensor")):
    out += [f"fact {name} is country", f'  asks "What is the {what}?"']
out += ["fact item is one of " + ", ".join(i.lower() for i in spec["items"]), '  asks "Which item is it?"',
        "fact value is number in units", '  asks "What is it worth?"']
for flag in spec["flags"]:
    out += [f"fact goods.{flag} is yes or no", f'  asks "Is it so: {flag}?"']
out.append("")
for group, members in spec["groups"].items():
    out.append(f'list {LIST[group]} of country "Group {group}"')
    out += [f"  member {m} in force always" for m in members]
out += ["", 'regime bench.rules "The forty rules"', "  authority bench.office", "  force statute", "  in force always",
        '  cite "the decision workload"', "  otherwise permitted", '  unlinked opposites strictest prevails cite "the decision workload"', "",
        "proviso marked", "  in force always", '  cite "the decision workload"', '  owes report "of what was sent" to bench.office',
        "  lapses never", ""]
for rule in spec["rules"]:
    out.append(f"rule r{rule['id']}")
    if rule["frm"] or rule["to"]:
        start = day(rule["frm"]) if rule["frm"] else "1970-01-01"
        out.append(f"  in force {start}" + (f" to {day(rule['to'] - 1)}" if rule["to"] else " on"))
    else:
        out.append("  in force always")
    out.append(f'  cite "rule {rule["id"]}"')
    when = " and ".join(literal(l) for l in rule["lits"])
    out.append(f"  {KIND[rule['kind']]} when {when}" if rule["kind"] == "P" else f"  when {when}\n  {KIND[rule['kind']]}")
    if rule["over"]:
        out.append("  notwithstanding " + ", ".join(f"r{o}" for o in rule["over"]))
    out.append("")
print("\n".join(out))
