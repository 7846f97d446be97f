"""Every shipped rule says where it stands, since when, with what force, to whom and where its text was read; every
member of a list has a source of its own or of its list; the woven page holds each of them.

usage: rulebooks_test.py BINARY
"""
import json
import subprocess
import sys

binary = sys.argv[1]


def ask(*argv):
    done = subprocess.run([binary, *argv], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


rules = json.loads(ask("rules", "--format", "json"))
failures = [f"{r['rule']} has no {key}" for r in rules for key in ("cite", "source", "force", "addressee", "in_force") if not r[key]]
failures += [f"{r['rule']}: `{r['source']}` is no address" for r in rules if not r["source"].startswith("http")]
for regime in sorted({r["rule"].rsplit(".", 1)[0] for r in rules}):
    page = ask("law", "show", regime, "--format", "markdown")
    for r in rules:
        if r["rule"].rsplit(".", 1)[0] != regime:
            continue
        for word in (r["rule"], r["cite"], r["source"], r["in_force"], r["unsettled"] or ""):
            if word not in page:
                failures.append(f"the page of {regime} does not hold `{word}`")
for f in failures:
    print("FAILED", f)
print(f"{len(rules)} rules, {len(failures)} failures")
sys.exit(1 if failures or len(rules) < 40 else 0)
