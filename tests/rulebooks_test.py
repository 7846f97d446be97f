"""Every shipped rule says where it stands, since when, with what force, to whom and where its text was read; every
member of a list has a source of its own or of its list; the woven page holds each of them.

usage: rulebooks_test.py BINARY
"""
import json
import subprocess
import sys

from checks import check, conclude, require

binary = sys.argv[1]


def ask(*argv):
    done = subprocess.run([binary, *argv], capture_output=True, text=True, timeout=120)
    require(done.returncode == 0, f"{' '.join(argv)}: {done.stderr}")
    return done.stdout


rules = json.loads(ask("rules", "--format", "json"))
require(len(rules) >= 40, f"only {len(rules)} rules")
for r in rules:
    for key in ("cite", "source", "force", "addressee", "in_force"):
        check(r[key], f"{r['rule']} has no {key}")
    check(r["source"].startswith("http"), f"{r['rule']}: `{r['source']}` is no address")
for regime in sorted({r["rule"].rsplit(".", 1)[0] for r in rules}):
    page = ask("law", "show", regime, "--format", "markdown")
    for r in rules:
        if r["rule"].rsplit(".", 1)[0] != regime:
            continue
        for word in (r["rule"], r["cite"], r["source"], r["in_force"], r["unsettled"] or ""):
            check(word in page, f"the page of {regime} does not hold `{word}`")
conclude(told=f"{len(rules)} rules")
