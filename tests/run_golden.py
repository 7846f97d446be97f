"""Whole-product tests as text. A transcript (tests/golden/**/*.txt) holds the files it needs, the
commands typed, and what they print:

    --- name.law            a file, up to the next line that begins with `--- ` or `$ `
    $ sekisho check name.law
    expected output, both streams, then [exit N] where the exit code is not 0

Commands run in a folder that holds those files and links to examples/ and rulebooks/. `> FILE` at the end keeps standard
output there; `sed -i` changes a file; `read REGISTER` begins to read it and is never done.

usage: run_golden.py BINARY SOURCE_ROOT [--update] [FILTER]
"""
import pathlib
import re
import shlex
import sqlite3
import subprocess
import sys
import tempfile

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
    assert argv[0] == "sekisho", f"a transcript runs sekisho, not {argv[0]}"
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
                content = line
                if line.startswith("!bytes "):
                    content = eval(line[7:])  # a Python bytes expression: input that text cannot hold
                with target.open("ab") as f:
                    f.write(content if isinstance(content, bytes) else content.encode())
                out.append(line)
            elif not expecting:
                out.append(line)
        while readers:
            readers.pop().close()
        return "".join(out)


files = sorted((root / "tests" / "golden").rglob("*.txt"))
files = [f for f in files if all(w in str(f) for w in words)]
if not files:
    sys.exit("no transcript found")
failed, seen = 0, set()
for path in files:
    text = path.read_text(encoding="utf-8")
    now = replay(text)
    seen |= set(re.findall(r"\[(SK\d{4})\]", now))
    if now == text:
        continue
    if update:
        path.write_text(now, encoding="utf-8")
        print(f"updated {path.relative_to(root)}")
        continue
    failed += 1
    print(f"FAILED {path.relative_to(root)}")
    import difflib
    sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), now.splitlines(True), "expected", "now", n=2))
if not words:
    codes = set(re.findall(r'"(SK\d{4})"', (root / "src/base/diagnostics.def").read_text()))
    missing = sorted(codes - seen)
    if missing:
        failed += 1
        print(f"FAILED no transcript shows {', '.join(missing)}")
print(f"{len(files) - min(failed, len(files))} passed, {failed} failed")
sys.exit(1 if failed else 0)
