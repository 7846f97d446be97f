"""Reads every #include and keeps the layers: an include points down the picture, never up, and
neighbours on a line do not know each other. usage: layers_test.py SOURCE_ROOT
"""
import pathlib
import re
import sys
import tempfile

RANK = {"base": 0, "model": 1, "law": 2, "register": 2, "exchange": 2, "engine": 3, "custody": 3, "accounts": 3, "proof": 3,
        "audit": 4, "batch": 4, "impact": 4, "ledger": 4, "api": 5}
INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]', re.M)


def wrong_includes(root):
    found, read = [], 0
    for path in sorted(p for top in ("src", "cli", "include") for p in (root / top).rglob("*") if p.suffix in (".h", ".cpp", ".def")):
        read += 1
        parts = path.relative_to(root).parts
        for quote, name in INCLUDE.findall(path.read_text(encoding="utf-8")):
            public = name.startswith("sekisho/")
            if parts[0] == "include" and (quote == '"' and not public):
                found.append((path, name, "a public header includes only the standard library and public headers"))
            elif parts[0] == "cli" and name.split("/")[0] in RANK:
                found.append((path, name, "a face sees only the public API"))
            elif parts[0] == "src":
                mine, other = parts[1], name.split("/")[0]
                if public and mine != "api":
                    found.append((path, name, "only the api layer knows the public headers"))
                elif quote == '"' and other in RANK and other != mine and RANK[other] >= RANK[mine]:
                    found.append((path, name, f"{mine} may not know {other}"))
    return read, found


root = pathlib.Path(sys.argv[1])
with tempfile.TemporaryDirectory() as name:  # a planted include that points up must be caught
    planted = pathlib.Path(name)
    (planted / "src/base").mkdir(parents=True)
    (planted / "src/base/a.h").write_text('#include "law/lexer.h"\n')
    (planted / "src/proof").mkdir(parents=True)  # the checker of answers may not know what made them
    (planted / "src/proof/b.h").write_text('#include "engine/space.h"\n')
    if len(wrong_includes(planted)[1]) != 2:
        sys.exit("the test does not catch a planted include")
read, found = wrong_includes(root)
if read < 20:
    sys.exit(f"only {read} files were read: wrong folder?")
for path, name, why in found:
    print(f"{path.relative_to(root)}: includes {name}: {why}")
sys.exit(1 if found else 0)
