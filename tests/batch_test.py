"""`sekisho batch` as its users meet it: the same findings as `decide`, the same output for any number of threads and for
JSON lines, no row lost, and nothing broken by Ctrl-C or by being killed.

usage: batch_test.py BINARY SOURCE_ROOT
"""
import csv
import fcntl
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile

from checks import check, comes, conclude, dice, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
example = root / "examples/batch/shipments.csv"
rng = dice(20231222)


def sekisho(*args, **more):
    return subprocess.run([binary, *map(str, args)], capture_output=True, timeout=300, **more)


def same_as_decide(folder):
    """Random rows over the shipped vocabulary, some blank, and the answer of `decide` for each."""
    facts = {f["fact"]: f for f in json.loads(sekisho("facts", "--format", "json").stdout)}
    values = {"departure": ["JP", "JP", "JP", "US"], "destination": ["US", "UA", "DE", "KR", "ID"], "kind": ["sale", "grant", "retransfer"],
              "ground": ["licensed_production", "joint_development", "parts_cooperation", "repair", "other"],
              "goods.form": ["finished", "part", "technology"], "goods.etco_row": ["1", "2", "16", "none"],
              "exporter.country": ["JP"], "goods.licensor_states": ["US", "US;GB", "none"], "consignee.country": ["US", "DE"]}
    yes_no = ["goods.defence_equipment", "goods.weapon", "goods.made_under_licence", "goods.state_property", "destination.programme_partner"]
    judged = ["transfer.treaty_breach", "destination.fighting"]
    require(all(n in facts for n in [*values, *yes_no, *judged]), "the vocabulary has changed")
    days = ["1970-05-01", "2012-01-01", "2014-04-01", "2023-12-21", "2023-12-22", "2024-03-26", "2026-05-01"]
    rows = []
    for _ in range(30):
        row = {n: rng.choice(v + [""]) for n, v in values.items()}
        row |= {n: rng.choice(["yes", "no", ""]) for n in yes_no}
        rows.append({"on": rng.choice(days), **row})
    with open(folder / "random.csv", "w", newline="") as out:
        table = csv.DictWriter(out, rows[0].keys())
        table.writeheader()
        table.writerows(rows)
    done = sekisho("batch", folder / "random.csv", "--out", folder / "random.out")
    refused = list(csv.DictReader(open(folder / "random.out.refused"))) if done.returncode else []
    answers = {int(a["row"]): a for a in csv.DictReader(open(folder / "random.out"))}
    check(len(answers) + len(refused) == len(rows), "every row is answered or refused")
    for i, row in enumerate(rows, 1):
        told = {n: ([s for s in v.split(";") if s != "none"] if facts[n]["type"].startswith("a set") else v)
                for n, v in row.items() if v and n != "on"}
        (folder / "t.yaml").write_text(json.dumps({"transfer": 1, "on": row["on"], "facts": told}))
        said = sekisho("decide", folder / "t.yaml", "--without-instruments", "--format", "json")
        if i not in answers:
            check(b"SK4003" in said.stderr, f"a refused row contradicts itself for decide too: {said.stderr.decode()}")
            continue
        check(said.returncode == 0, f"decide answers too: {said.stderr.decode()}")
        if said.returncode == 0:
            said = json.loads(said.stdout)
            mine = [answers[i][k] for k in ("finding", "best", "worst")]
            check(mine == [said[k] for k in ("finding", "best", "worst")], f"batch and decide agree: row {i} {row}: {mine}, decide {[said[k] for k in ('finding', 'best', 'worst')]}")


def large(folder, rows):
    """The example's rows over and over, three kinds of bad rows among them; quotes that open run over many rows."""
    lines = example.read_text().splitlines()
    with open(folder / "large.csv", "w") as out:
        out.write(lines[0] + "\n")
        for i in range(rows):
            out.write(lines[1 + i % (len(lines) - 1)] + "\n" if i % 1000 != 999
                      else ('open "quote,\n', "too,few\n", '"open,quote\n')[i // 1000 % 3])
    return folder / "large.csv"


def whole(folder, table, rows):
    plain = folder / "plain.out"
    done = sekisho("batch", table, "--out", plain, "--threads", 1)
    check(done.returncode == 1, f"refused rows are told by the exit code: {done.stderr.decode()}")
    out, refused = plain.read_text(), (folder / "plain.out.refused").read_text()
    numbers = sorted([int(r["row"]) for r in csv.DictReader(out.splitlines())] + [int(r["row"]) for r in csv.DictReader(refused.splitlines())])
    check(numbers == list(range(1, rows + 1)), f"no row is lost and none comes twice: {len(numbers)} of {rows}")
    source = table.read_text().splitlines()
    check(all(source[int(r["line"]) - 1] == r["text"] for r in csv.DictReader(refused.splitlines())), "a refusal names the line")
    more = folder / "three.out"
    sekisho("batch", table, "--out", more, "--threads", 3)
    check(more.read_text() == out and (folder / "three.out.refused").read_text() == refused, "three threads write the same")
    return out, refused


def text_of(path):
    """Of a file that a run writes and takes away: empty while it is not there."""
    try:
        return path.read_text()
    except FileNotFoundError:
        return ""


def stopped(folder, table, expected):
    """Killed at some write, or interrupted, and taken up again: the same bytes in the end."""
    for how in (signal.SIGKILL, signal.SIGINT):
        out = folder / f"stopped-{how}.out"
        state = pathlib.Path(f"{out}.state")
        stops = 0
        for _ in range(40):
            before = text_of(state)
            run = subprocess.Popen([binary, "batch", table, "--out", out, "--threads", "1", *(["--resume"] if stops else [])],
                                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            comes(lambda: run.poll() is not None or text_of(state) not in ("", before), seconds=300)
            if run.poll() is None:
                run.send_signal(how)
            code = run.wait()
            if code in (0, 1) or (out.exists() and not state.exists()):
                if stops:
                    break  # done, perhaps just before the signal came
                out.unlink()  # it was done before it could be stopped at all: once more
                continue
            check(code == (130 if how == signal.SIGINT else -signal.SIGKILL), f"stopped as documented: {code}")
            check(not out.exists(), "no output stands where it was asked for before it is whole")
            if not stops:
                again = sekisho("batch", table, "--out", out)
                check(again.returncode == 2 and b"--resume" in again.stderr, f"a stopped run is not run over: {again.stderr.decode()}")
            stops += 1
        check(stops > 0, f"signal {how} stopped it")
        check(out.read_text() == expected[0] and pathlib.Path(f"{out}.refused").read_text() == expected[1], "in the end it is the same")
        check(not state.exists() and not list(folder.glob(f"{out.name}*.part")), "nothing is left lying about")


def changed(folder, table):
    """A stopped run goes on from what it had read, under what it was asked, or not at all."""
    law, mapping, mine = folder / "law", folder / "changed.yaml", folder / "changed.csv"
    shutil.copytree(root / "rulebooks", law)
    mapping.write_text("words: {destination: {America: US}}\n")
    mine.write_bytes(table.read_bytes())
    out, state = folder / "changed.out", folder / "changed.out.state"

    def go_on(day="2024-01-01"):
        return sekisho("batch", mine, "--out", out, "--rules", law, "--mapping", mapping, "--on", day, "--threads", 1, "--resume")

    # Half of what it has to write is too much for one file: so it is killed on its way, however fast the machine is.
    half = (folder / "plain.out").stat().st_size // 2

    def half_way():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (half, half))
    run = subprocess.run([binary, "batch", mine, "--out", out, "--rules", law, "--mapping", mapping, "--on", "2024-01-01", "--threads", "1"],
                         stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=300, preexec_fn=half_way)
    require(run.returncode == -signal.SIGXFSZ and state.exists(), f"the run was not stopped on its way: exit {run.returncode}")
    done = go_on("2024-01-02")
    check(done.returncode == 1 and b"--on" in done.stderr and b"--fresh" in done.stderr, f"another day is noticed: {done.stderr.decode()}")
    for what, path in (("rulebooks", min(law.rglob("*.law"))), ("mapping", mapping), ("header", mine), ("table", mine)):
        before = path.read_bytes()
        after = before.replace(b"destination", b"Destination", 1) if what == "header" else before + b"# \n"
        if what == "table":  # as long as it was, and its header too
            after = before.replace(b"\n", b"\nX", 1)[:len(before)]
        path.write_bytes(after)
        done = go_on()
        check(done.returncode == 1 and what.encode() in done.stderr and b"--fresh" in done.stderr, f"another {what} is noticed: {done.stderr.decode()}")
        path.write_bytes(before)
    for path in (folder / "changed.out.part", folder / "changed.out.refused.part"):
        before = path.read_bytes()
        path.write_bytes(bytes([before[0] ^ 1]) + before[1:])
        done = go_on()
        check(done.returncode == 1 and path.name.encode() in done.stderr and b"--fresh" in done.stderr,
              f"{path.name} with another byte is noticed: {done.stderr.decode()}")
        path.write_bytes(before)
    check(b"going on" in go_on().stderr and not state.exists(), "what was put back goes on")
    state.write_text("{}")
    check(go_on().returncode == 1, "what is no state is told")
    state.unlink()


def files_of_others(folder):
    small, out = folder / "small.csv", folder / "small.out"
    refused, part = folder / "small.out.refused", folder / "small.out.part"
    small.write_text("departure,on\nJP,never\n")
    check(sekisho("batch", small, "--out", out).returncode == 1 and refused.exists(), "a row is refused")
    small.write_text("departure,on\nJP,2024-01-01\n")
    check(sekisho("batch", small, "--out", out).returncode == 0 and not refused.exists(), "refusals of an earlier run do not stay")
    with open(part, "w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        done = sekisho("batch", small, "--out", out)
        check(done.returncode == 2 and b"another run" in done.stderr, f"two runs do not write to one file: {done.stderr.decode()}")
    part.unlink()
    os.link(small, folder / "again.csv")
    before = small.read_text()
    done = sekisho("batch", small, "--out", folder / "again.csv")
    check(done.returncode == 2 and small.read_text() == before, f"a table by another name is not written over: {done.stderr.decode()}")


def broken_input(folder):
    """What cannot be read to its end is not taken for a table that ends there."""
    done = sekisho("batch", "/proc/self/mem", "--rows", "ndjson", "--out", folder / "broken.out")
    check(done.returncode == 3 and not (folder / "broken.out").exists(), f"a file that breaks off: {done.stderr.decode()}")
    here = os.open(folder, os.O_RDONLY)
    done = sekisho("batch", "-", "--rows", "ndjson", "--out", folder / "broken.out", stdin=here)
    os.close(here)
    check(done.returncode == 3 and not (folder / "broken.out").exists(), f"standard input that breaks off: {done.stderr.decode()}")


def listens(run):
    """It hears Ctrl-C and sleeps: what there was to read is read."""
    status = pathlib.Path(f"/proc/{run.pid}/status").read_text()
    caught = int(re.search(r"^SigCgt:\s*(\w+)", status, re.M)[1], 16)
    return caught >> (signal.SIGINT - 1) & 1 and re.search(r"^State:\s*S", status, re.M)


def waiting(folder):
    """Ctrl-C while nothing comes in is heard."""
    run = subprocess.Popen([binary, "batch", "-", "--out", folder / "waiting.out", "--on", "2024-01-01"], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    run.stdin.write(b"departure,destination\nJP,US\n")
    run.stdin.flush()
    check(comes(lambda: run.poll() is not None or listens(run)), "it waits for standard input")
    run.send_signal(signal.SIGINT)
    try:
        code = run.wait(120)
    except subprocess.TimeoutExpired:
        run.kill()
        code = None
    check(code == 130, f"Ctrl-C is heard while standard input is waited for: {code}")


def few_threads(folder, table):
    """Where no more threads can be had, those that can do the work."""
    if os.geteuid() != 0:
        print("skipped: few threads: the limit is for all that a user runs, and only root can be one who runs nothing else")
        return
    environment = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}  # looking for leaks takes a thread of its own
    folder.chmod(0o755)
    program = shutil.copy(binary, folder / "sekisho")
    for most in (1, 4):
        with open(table) as rows:
            done = subprocess.run([program, "batch", "-", "--out", "-", "--threads", "50"], stdin=rows, capture_output=True, timeout=300, user=65534,
                                  env=environment, cwd=folder, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NPROC, (most, most)))
        if most == 1:
            check(done.returncode == 3 and b"no thread can be started" in done.stderr, f"no thread at all is told: {done.stderr[-300:].decode()}")
        else:
            check(done.returncode == 1 and done.stdout.decode() == (folder / "plain.out").read_text(), f"fewer threads write the same: {done.stderr[-300:].decode()}")


def no_facts(folder):
    for table, good in (("a,b\n1,2\n", 1), ("", 1), ("\n", 1), ("id,on\n1,2024-01-01\n", 0)):
        (folder / "n.csv").write_text(table)
        done = sekisho("batch", folder / "n.csv", "--out", "-", "--on", "2023-12-22")
        check(done.returncode == good and (not good or b"fix: " in done.stderr), f"a table that is {table!r}: {done.stderr.decode()}")
    for cell in ("x" * 5_000_000, "x," * 2_000_000):
        (folder / "n.csv").write_text(f"{cell}\n1\n")
        done = sekisho("batch", folder / "n.csv", "--out", "-", "--on", "2023-12-22")
        check(done.returncode == 1 and len(done.stderr) < 50_000, f"a header of millions of bytes is told in few words: {len(done.stderr)}")


def json_lines(folder):
    rows = list(csv.DictReader(open(example)))
    with open(folder / "s.ndjson", "w") as out:
        for row in rows:
            out.write(json.dumps({k: v.split(";") if k == "goods.licensor_states" and v else v or None for k, v in row.items()}) + "\n")
        out.write("{no json\n")
    sekisho("batch", folder / "s.ndjson", "--out", folder / "s.out")
    sekisho("batch", example, "--out", folder / "c.out")
    told = [json.loads(line) for line in open(folder / "s.out")]
    table = list(csv.DictReader(open(folder / "c.out")))
    check([(t["id"], t["finding"], t["best"], t["worst"], ";".join(t["rules"])) for t in told]
          == [(t["id"], t["finding"], t["best"], t["worst"], t["rules"]) for t in table], "JSON lines say what CSV says")
    refused = [json.loads(line) for line in open(folder / "s.out.refused")]
    check(refused[-1]["line"] == len(rows) + 1 and "JSON" in refused[-1]["reason"], f"a line that is no JSON is refused with its place: {refused}")


def wrong_use(folder):
    check(sekisho("batch", folder / "none.csv", "--out", folder / "x").returncode == 3, "a table that is not there")
    check(sekisho("batch", folder, "--out", folder / "x").returncode == 3, "a folder is no table")
    check(sekisho("batch", example, "--out", folder / "x", "--column", "what=nosuch").returncode == 1, "a column that is no fact")
    check(sekisho("batch", example, "--out", folder / "x", "--on", "2023-02-30").returncode == 2, "a day that does not exist")
    check(sekisho("batch", example, "--out", folder / "no/such/folder").returncode == 3, "an output that cannot be written")
    (folder / "m.yaml").write_text("columns: {Dest: destination}\nwords: {destination: {United States: US}}\n")
    (folder / "m.csv").write_text("Dest,departure,on\nUnited States,JP,2024-01-01\n")
    done = sekisho("batch", folder / "m.csv", "--out", "-", "--mapping", folder / "m.yaml")
    check(done.returncode == 0 and b"refused" not in done.stderr, f"a mapping file gives columns and words: {done.stderr.decode()}")
    (folder / "m.yaml").write_text("colums: {}\n")
    check(sekisho("batch", folder / "m.csv", "--out", "-", "--mapping", folder / "m.yaml").returncode == 1, "a mapping file with a slip")


with tempfile.TemporaryDirectory() as name:
    place = pathlib.Path(name)
    same_as_decide(place)
    size = 30_000
    table = large(place, size)
    stopped(place, table, whole(place, table, size))
    few_threads(place, table)
    waiting(place)
    no_facts(place)
    changed(place, table)
    files_of_others(place)
    broken_input(place)
    json_lines(place)
    wrong_use(place)
conclude(at_least=60)
