"""Whole-product tests as text. A transcript (tests/golden/**/*.txt) holds the files it needs, the
commands typed, and what they print:

    --- name.law            a file, up to the next line that begins with `--- ` or `$ `; in it, of what text cannot hold,
                            `!bytes` and a literal as Python writes bytes, `!zeros` and how many
    $ sekisho check name.law
    expected output, both streams, then [exit N] where the exit code is not 0

Commands run in a folder that holds those files and links to examples/ and rulebooks/. `> FILE` at the end keeps standard
output there; `sed -i` changes a file; `read REGISTER` begins to read it and is never done.

usage: run_golden.py BINARY SOURCE_ROOT [--update] [FILTER]
"""
import ast
import difflib
import pathlib
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
update = "--update" in sys.argv
words = [a for a in sys.argv[3:] if a != "--update"]
readers = []


def run(command, folder):
    argv = shlex.split(command)
    if argv[:2] == ["sed", "-i"]:
        subprocess.run(argv, cwd=folder, check=True)
        return ""
    if argv[0] == "read":
        readers.append(sqlite3.connect(folder / argv[1], isolation_level=None))
        readers[-1].execute("BEGIN")
        readers[-1].execute("SELECT * FROM pack").fetchone()
        return ""
    require(argv[0] == "sekisho", f"a transcript runs sekisho, not `{command}`")
    stdin, kept = "", None
    if ">" in argv:
        kept = folder / argv.pop()
        argv.remove(">")
    if "<<<" in argv:
        at = argv.index("<<<")
        stdin = argv[at + 1].replace("\\n", "\n")
        argv = argv[:at]
    done = subprocess.run([binary, *argv[1:]], cwd=folder, input=stdin.encode(), stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE if kept else subprocess.STDOUT, timeout=300,
                          env={"NO_COLOR": "1", "LC_ALL": "C.UTF-8"})
    if kept:
        kept.write_bytes(done.stdout)
        done.stdout = done.stderr
    out = done.stdout.decode("utf-8", "replace")
    if out and not out.endswith("\n"):
        out += "\n"
    return out + (f"[exit {done.returncode}]\n" if done.returncode else "")


def written(line):
    """What a line of a file stands for."""
    if line.startswith("!bytes "):
        return ast.literal_eval(line[7:].strip())
    if line.startswith("!zeros "):
        return bytes(int(line[7:]))
    return line.encode()


def replay(text):
    """The transcript with what the commands print now."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "examples").symlink_to(root / "examples")
        (folder / "rulebooks").symlink_to(root / "rulebooks")
        out, target, expecting = [], None, False
        for line in text.splitlines(keepends=True):
            if line.startswith("--- "):
                target, expecting = folder / line[4:].strip(), False
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(b"")
                out.append(line)
            elif line.startswith("$ "):
                target, expecting = None, True
                out += [line, run(line[2:], folder)]
            elif target is not None:
                with target.open("ab") as f:
                    f.write(written(line))
                out.append(line)
            elif not expecting:
                out.append(line)
        while readers:
            readers.pop().close()
        return "".join(out)


files = sorted((root / "tests" / "golden").rglob("*.txt"))
files = [f for f in files if all(w in str(f) for w in words)]
require(files, "no transcript found")
seen = set()
for path in files:
    text = path.read_text(encoding="utf-8")
    now = replay(text)
    seen |= set(re.findall(r"\[(SK\d{4})\]", now))
    if update and now != text:
        path.write_text(now, encoding="utf-8")
        print(f"updated {path.relative_to(root)}")
        continue
    diff = difflib.unified_diff(text.splitlines(True), now.splitlines(True), "expected", "now", n=2) if now != text else []
    check(now == text, f"{path.relative_to(root)}\n{''.join(diff)}")
if not words:
    codes = set(re.findall(r'"(SK\d{4})"', (root / "src/base/diagnostics.def").read_text()))
    check(codes <= seen, f"no transcript shows {', '.join(sorted(codes - seen))}")
conclude()
