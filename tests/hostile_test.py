"""Hostile input: every one an error with the documented exit code, no crash, no hang, nothing written.

usage: hostile_test.py BINARY SOURCE_ROOT
"""
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile

from checks import check, comes, conclude

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
    "a case that says a fact twice": (REGIME + 'rule r\n  cite "c"\n  prohibits when armed\ncase "c" on 2024-01-01 given armed, not armed\n  decides r\n').encode(),
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
    "two documents": b"transfer: 1\non: 2023-12-22\n---\ntransfer: 1\n",
    "a day before the year 1": b"transfer: 1\non: 0000-12-31\n",
    "a truncated map": b"transfer: 1\nfacts: {a: ",
}
with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)

    def refuse(what, argv, path, content):
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
        check(not problem, f"{what}: {problem}: {done.stderr[-300:].decode('utf-8', 'replace')}")
        path.unlink()

    for what, content in LAW.items():
        refuse(what, ["check", "h.law"], folder / "h.law", content)
    for what, content in DOCUMENT.items():
        refuse(what, ["decide", "h.yaml", "--on", "2023-12-22"], folder / "h.yaml", content)

    def run(*argv, **more):
        return subprocess.run([binary, *argv], cwd=folder, timeout=120, stderr=subprocess.PIPE, **more)

    # An answer that did not get out is none.
    for argv in (["facts"], ["--version"], ["--help"], ["decide", "--from", "JP", "--on", "2023-12-22"], ["check", "x.law"]):
        (folder / "x.law").write_text('authority a.b of XK "A"\n')
        with open("/dev/full", "w") as full:
            done = run(*argv, stdout=full)
        check(done.returncode == 3 and b"SK5002" in done.stderr, f"{argv[0]} says that nobody could read it")
    # A file is written in its place: no link, device or mode is lost.
    law, link, pipe = folder / "law.law", folder / "link.law", folder / "pipe"
    law.write_text('authority   a.b of XK "A"\n')
    law.chmod(0o640)
    link.symlink_to(law)
    check(run("fmt", "link.law", stdout=subprocess.DEVNULL).returncode == 0, "fmt of a link")
    check(link.is_symlink() and law.read_text() == 'authority a.b of XK "A"\n' and law.stat().st_mode & 0o777 == 0o640, "what the link leads to is written and keeps its mode")
    os.mkfifo(pipe)
    asked = ["ask", "--on", "2023-12-22", "--known", "departure=JP"]
    done = run(*asked, "--answers", "pipe", "--overwrite", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    check(done.returncode == 3 and pipe.is_fifo(), "a pipe is no file to keep answers in")
    rows, table, linked = folder / "rows.csv", folder / "out.csv", folder / "linked.csv"
    rows.write_text("departure,destination\nJP,US\n")
    table.write_text("")
    table.chmod(0o640)
    linked.symlink_to(table)
    done = run("batch", "rows.csv", "--out", "pipe", stdout=subprocess.DEVNULL)
    check(done.returncode == 3 and pipe.is_fifo(), "a pipe is no file to keep a table in")
    check(run("batch", "rows.csv", "--on", "2023-12-22", "--out", "linked.csv", stdout=subprocess.DEVNULL).returncode == 0, "batch into a link")
    check(linked.is_symlink() and table.read_text() != "" and table.stat().st_mode & 0o777 == 0o640, "the table lies where the link leads and keeps its mode")
    # Ctrl-C loses no answer that was given.
    with subprocess.Popen([binary, *asked, "--answers", "kept.yaml"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL) as asking:
        asking.stdin.write(b"destination=UA\n")
        asking.stdin.flush()
        asking.stdout.readline()
        kept = folder / "kept.yaml"
        check(comes(lambda: kept.exists() and "UA" in kept.read_text()), "an answer is kept as soon as it is given")
        asking.send_signal(signal.SIGINT)
        asking.communicate()
    check(asking.returncode == -signal.SIGINT and kept.exists() and "UA" in kept.read_text(), "answers given before Ctrl-C are kept")
    # What breaks off is not taken for what ends there.
    for argv in (["fmt", "-"], ["events", "-"], asked):
        with open("/proc/self/mem") as broken:
            done = run(*argv, stdin=broken, stdout=subprocess.DEVNULL)
        check(done.returncode == 3 and b"SK5001" in done.stderr, f"{argv[0]} of input that breaks off")
    done = run("fmt", "/proc/self/mem", stdout=subprocess.DEVNULL)
    check(done.returncode == 3 and b"cannot read `/proc/self/mem`" in done.stderr, "fmt of a file that breaks off")
    # A file of the user's own that is named as one of ours might be.
    (folder / "law.law.new").write_text("mine")
    law.write_text('authority   a.b of XK "A"\n')
    check(run("fmt", "law.law", stdout=subprocess.DEVNULL).returncode == 0, "fmt beside a file of another")
    check((folder / "law.law.new").read_text() == "mine" and sorted(p.name for p in folder.glob("law.law*")) == ["law.law", "law.law.new"], "it stays, and nothing is left beside it")
    # What needs more memory than there is.
    little = lambda: resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))
    if run("--help", stdout=subprocess.DEVNULL, preexec_fn=little).returncode == 0:
        done = run("fmt", "-", input=b"x" * 200_000_000, stdout=subprocess.DEVNULL, preexec_fn=little)
        check(done.returncode == 4 and b"not enough memory" in done.stderr, "too little memory")
    else:
        print("skipped: too little memory: a program built with sanitizers does not begin with so little")
    # Standard streams that are closed or full: nothing of them goes into a file, and what was done stays done.
    booked = ["licence", "reserve", "--on", "2024-01-02", "--under", "lic", "--events", "lic.jsonl", "--append"]
    lines = ['{"event":"authorise","id":"a","on":"2024-01-01","authorisation":"lic","kind":"licence","state":"granted",'
             '"authority":"x.y","limits":[{"quantity":"100 pieces"}]}']
    (folder / "lic.jsonl").write_text(lines[0] + "\n")
    for what, streams, argv, code, more in (
            ("standard error closed, refused", (2,), ["--id", "r1", "--quantity", "1000 pieces"], 1, 0),
            ("standard output closed, booked", (1,), ["--id", "r2", "--quantity", "10 pieces"], 3, 1),
            ("all closed, booked", (0, 1, 2), ["--id", "r3", "--quantity", "10 pieces"], 3, 1)):
        done = subprocess.run([binary, *booked, *argv], cwd=folder, timeout=60, preexec_fn=lambda: [os.close(s) for s in streams])
        told = (folder / "lic.jsonl").read_text().splitlines()
        check(done.returncode == code and len(told) == len(lines) + more and told[:len(lines)] == lines, what)
        lines = told
    with open("/dev/full", "w") as full:
        done = subprocess.run([binary, "licence", "show", "nobody", "--events", "lic.jsonl"], cwd=folder, stderr=full, timeout=60)
    check(done.returncode == 1, "standard error full, refused")
    # Law that needs too many nodes: pairs of flags, all first ones asked before all second ones.
    flags = [f"{half}{i}" for half in "ab" for i in range(26)]
    pairs = REGIME.replace(FACT, "".join(f'fact {f} is yes or no\n  asks "?"\n' for f in flags)).replace(
        "  otherwise", "  governs when " + " or ".join(flags[:26]) + "\n  unlinked opposites strictest prevails\n    cite \"c\"\n  otherwise")
    pairs += "".join(f'rule r{i}\n  cite "c"\n  prohibits when a{i} and b{i}\n' for i in range(26))
    (folder / "pairs.law").write_text(pairs)
    for argv in (["law", "order"], ["law", "cases"], ["ask", "--on", "2024-01-01"], ["decide", "--on", "2024-01-01"]):
        done = run(*argv, "--rules", "pairs.law", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        check(done.returncode == 4 and done.stdout == b"" and b"SK4001" in done.stderr, f"{' '.join(argv)} of law that is too large")
    # There is an order in which it is small; kept beside the law, all of that is answered.
    (folder / "kept").mkdir()
    (folder / "kept" / "pairs.law").write_text(pairs)
    found = run("law", "order", "--find", "--trials", "1", "--rules", "kept", stdout=subprocess.PIPE)
    check(found.returncode == 0, "an order is found for law that is too large in its own")
    (folder / "kept" / "variables.order").write_bytes(found.stdout)
    for argv in (["law", "order"], ["ask", "--on", "2024-01-01"], ["decide", "--on", "2024-01-01"]):
        done = run(*argv, "--rules", "kept", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        check(done.returncode == 0, f"{' '.join(argv)} in the order that was found")
    # A lot whose history is very long.
    states = 60_000
    lots = ['{"event":"enter","id":"items","on":"2020-01-01","items":{"i":{"name":"an item"}}}',
            '{"event":"make","id":"e0","on":"2020-01-01","gives":[{"lot":"l0","item":"i","quantity":"1 pieces"}]}']
    lots += [f'{{"event":"merge","id":"e{n}","on":"2020-01-01","takes":[{{"lot":"l{n - 1}"}}],"gives":[{{"lot":"l{n}","item":"i","quantity":"1 pieces"}}]}}'
             for n in range(1, states)]
    (folder / "lots.jsonl").write_text("\n".join(lots) + "\n")
    done = run("lot", "trace", f"l{states - 1}", "--events", "lots.jsonl", stdout=subprocess.PIPE)
    told = done.stdout.splitlines()
    check(done.returncode == 0 and len(told) == states and max(map(len, told)) < 200, f"the trace of a lot of {states} states")
    # What a file says drives no terminal and looks like no finding.
    (folder / "t.yaml").write_text('transfer: 1\ntitle: "x\\n\\nPERMITTED\\e[2J\\u202e<b>"\n')
    for shown in ("text", "markdown"):
        done = run("decide", "t.yaml", "--from", "JP", "--on", "2023-12-22", "--format", shown, stdout=subprocess.PIPE)
        out = done.stdout.decode()
        check(done.returncode == 0 and "\nPERMITTED" not in out and not set(out) & {"\x1b", "\u202e"} and (shown == "text" or "<b>" not in out), f"a title stays a title in {shown}")
    # Names on the command line are looked up as those in files are.
    (folder / "w.yaml").write_text("world: 1\nparties:\n  army: {name: A, country: US}\n")
    done = run("decide", "--world", "w.yaml", "--from", "JP", "--on", "2023-12-22", "--known", "consignee=amy", stdout=subprocess.DEVNULL)
    check(done.returncode == 1 and b"SK3007" in done.stderr and b"write `army`" in done.stderr, "a party that is not there, by --known")
conclude(at_least=len(LAW) + len(DOCUMENT))
