"""Hostile input: every one an error with the documented exit code, no crash, no hang, nothing written.

usage: hostile_test.py BINARY SOURCE_ROOT
"""
import os
import pathlib
import subprocess
import sys
import tempfile

binary = pathlib.Path(sys.argv[1]).resolve()
FACT = 'fact armed is yes or no\n  asks "a"\n'
REGIME = 'authority a.b of XK "A"\n' + FACT + 'regime a.c "R"\n  authority a.b\n  force statute\n  otherwise permitted\n  cite "c"\n'
LAW = {
    "invalid UTF-8": b'define d "\xff\xfe" means armed\n',
    "a NUL byte": b"define \0 d\n",
    "a line of ten million bytes": b'define d "' + b"x" * 10_000_000 + b'" means armed\n',
    "a word of ten million bytes": b"x" * 10_000_000,
    "a million parentheses": (FACT + 'define d "d" means ' + "(" * 1_000_000 + "armed" + ")" * 1_000_000).encode(),
    "a million times not": (FACT + 'define d "d" means ' + "not " * 1_000_000 + "armed").encode(),
    "a chain of 100,000 definitions": (FACT + "".join(f'define d{i} "d" means d{i + 1}\n' for i in range(100_000))).encode(),
    "a ring of definitions": b'define a "a" means b\ndefine b "b" means a\n',
    "a ring of 1,000 links": (REGIME + "".join(f'rule r{i}\n  cite "c"\n  prohibits when armed\n  notwithstanding r{(i + 1) % 1_000}\n' for i in range(1_000))).encode(),
    "a name 1,000 times": (FACT * 1_000).encode(),
    "days that no calendar has": (REGIME + 'rule r\n  in force 2023-02-30 to 9999-99-99\n  cite "c"\n  prohibits when armed\n').encode(),
    "a link to a proviso of a rule in no regime": (REGIME + 'proviso p\n  cite "c"\n  prohibits when armed\n  lapses never\nin regime a.ghost\nrule r\n  cite "c"\n  binds a.c.p\nrule s\n  cite "c"\n  prohibits when armed\n  notwithstanding proviso p of r\n').encode(),
    "a truncated file": b'regime x.y "t"\n  authority',
    "an endless text": b'fact a is one of "',
}
DOCUMENT = {
    "aliases that explode": b"a: &a [1,1]\nb: &b [*a,*a]\nc: &c [*b,*b]\ntransfer: 1\n",
    "a hundred thousand levels": b"transfer: 1\nfacts: " + b"{a: " * 100_000,
    "invalid UTF-8": b"transfer: 1\ntitle: \xff\n",
    "an empty file": b"",
    "a list": b"- 1\n- 2\n",
    "an impossible day": b"transfer: 1\non: 2023-02-31\n",
    "a fact that nobody knows": b"transfer: 1\non: 2023-12-22\nfacts: {goods.colour: red}\n",
    "a party that is not there": b"transfer: 1\non: 2023-12-22\nexporter: nobody\n",
    "a truncated map": b"transfer: 1\nfacts: {a: ",
}
failed = 0
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)

    def refuse(what, argv, path, content):
        global failed
        path.write_bytes(content)
        before = sorted(os.listdir(folder))
        done = subprocess.run([binary, *argv], cwd=folder, capture_output=True, timeout=120)
        problem = None
        if done.returncode != 1:
            problem = f"exit {done.returncode}"
        elif b"error[SK" not in done.stderr:
            problem = "no diagnostic"
        elif len(done.stderr) > 1_000_000:
            problem = f"{len(done.stderr)} bytes of messages"
        elif sorted(os.listdir(folder)) != before:
            problem = "something was written"
        if problem:
            failed += 1
            print(f"FAILED {what}: {problem}: {done.stderr[-300:].decode('utf-8', 'replace')}")
        path.unlink()

    for what, content in LAW.items():
        refuse(what, ["check", "h.law"], folder / "h.law", content)
    for what, content in DOCUMENT.items():
        refuse(what, ["decide", "h.yaml", "--on", "2023-12-22"], folder / "h.yaml", content)
total = len(LAW) + len(DOCUMENT)
print(f"{total - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
