"""A register as its users have it: killed while it writes, written by eight at once, proved to a verifier that shares no code
with it, opened again in the first format.

usage: register_test.py BINARY SOURCE_ROOT [--kills N] [--register postgresql://…]
"""
import argparse
import hashlib
import itertools
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from checks import check, conclude, dice, require

p = argparse.ArgumentParser()
p.add_argument("binary")
p.add_argument("root")
p.add_argument("--kills", type=int, default=500 if os.environ.get("SEKISHO_LONG_TESTS") else 25)
p.add_argument("--register", help="an address in which DATABASE stands for a new database's name")
a = p.parse_args()
binary, root = pathlib.Path(a.binary).resolve(), pathlib.Path(a.root).resolve()
verifier = [sys.executable, root / "conformance/register_verifier.py"]
rng = dice(20231222)
made = 0


def run(*argv, good=True, program=binary, **more):
    done = subprocess.run([program, "register", *map(str, argv)], capture_output=True, text=True, timeout=300, **more)
    require(not good or done.returncode == 0, f"{argv}: exit {done.returncode}: {done.stderr}")
    return done


def new_database():
    global made
    made += 1
    name = f"sekisho_test_{os.getpid()}_{made}"
    subprocess.run(["psql", "-q", a.register.replace("DATABASE", "postgres"), "-c", f"CREATE DATABASE {name}"], check=True)
    return a.register.replace("DATABASE", name)


def reader(folder):
    """How a command runs as somebody who may read alone, with a copy of the program where they may run it."""
    if os.geteuid() != 0:
        return {}
    return {"user": 65534, "program": shutil.copy(binary, folder / "sekisho")}


def new_register(folder):
    global made
    made += 1
    location = new_database() if a.register else folder / f"{made}.register"
    run("init", "--register", location, "--origin", "test.example")
    return location


def event(name):
    return json.dumps({"event": "make", "id": name, "on": "2024-01-01", "gives": [{"lot": name, "item": "i", "quantity": "1 pieces"}]}, separators=(",", ":"))


ITEM = json.dumps({"event": "enter", "id": "items", "on": "2023-12-31", "items": {"i": {"name": "an item"}}}, separators=(",", ":"))


def goods(name, n):
    """Two lots are made, then merged: states of the graph, every third of two others."""
    made = {"event": "make", "id": f"{name}_{n}", "on": "2024-01-01", "gives": [{"lot": f"{name}_{n}", "item": "i", "quantity": "1 pieces"}]}
    if n % 3 == 2:
        made |= {"event": "merge", "takes": [{"lot": f"{name}_{n - 2}"}, {"lot": f"{name}_{n - 1}"}], "gives": [{"lot": f"{name}_{n}", "item": "i", "quantity": "2 pieces"}]}
    return json.dumps({k: made[k] for k in ("event", "id", "on", "takes", "gives") if k in made}, separators=(",", ":"))


def traced(location, lot):
    """The lots that a lot came of, by the graph that the register rebuilds."""
    done = subprocess.run([binary, "lot", "trace", lot, "--events", location, "--format", "json"], capture_output=True, text=True)
    require(done.returncode == 0, f"the trace of {lot}: {done.stderr}")
    return sorted(s["lot"] for s in json.loads(done.stdout)["states"])


def entries(location):
    return [json.loads(line) for line in run("show", "--register", location, "--format", "json").stdout.splitlines()]


def killed(folder):
    """SIGKILL after some of its lines: what was acknowledged is there, and batches are whole."""
    location, wanted, interrupted = new_register(folder), [ITEM], 0
    run("append", "-", "--register", location, "--by", "officer_1", input=ITEM + "\n")
    wished = a.kills // 5  # so many are to strike amid the writing; where other work keeps this test from striking, more are needed
    for kill in itertools.count():
        if kill >= a.kills and (interrupted >= wished or kill >= 10 * a.kills):
            break
        events = [goods(f"k{kill}", i) for i in range(400)]
        file = folder / "events.jsonl"
        file.write_text("\n".join(events) + "\n")
        batch = rng.choice([1, 3, 50])
        with subprocess.Popen([binary, "register", "append", file, "--register", location, "--by", "officer_1", "--batch", str(batch)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
            acknowledged = 0
            for _ in range(rng.randrange(0, 400 // batch // 2 + 1)):  # so many batches are told, and then
                if not writer.stdout.readline():
                    break
                acknowledged += batch
            time.sleep(rng.random() * 0.002)
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout.read().decode().splitlines():  # told before it died
                acknowledged += batch if line.startswith("recorded ") and "-" in line else 0
        run("verify", "--register", location)
        if kill % 5 == 0:  # the same command once more records what is missing, and nothing twice
            run("append", file, "--register", location, "--by", "officer_1")
            check([e["body"] for e in entries(location)][len(wanted):] == events, "the same command once more does not record what is missing")
        there = [e["body"] for e in entries(location)][len(wanted):]
        acknowledged = min(acknowledged, len(events))
        check(len(there) >= acknowledged, f"kill {kill}: {acknowledged} were acknowledged, {len(there)} are there")
        check(there == events[:len(there)], f"kill {kill}: other entries than those written")
        check(len(there) % batch == 0 or len(there) == len(events), f"kill {kill}: half a batch of {batch}: {len(there)}")
        interrupted += 0 < len(there) < len(events)
        wanted += there
        if kill % 5 == 0 and len(there) >= 3:
            last = len(there) // 3 * 3 - 1
            check(traced(location, f"k{kill}_{last}") == [f"k{kill}_{n}" for n in sorted((last - 2, last - 1, last), key=str)], f"kill {kill}: the graph tells another origin of the last lot")
    check([e["body"] for e in entries(location)] == wanted, "all kills together: other entries than those written")
    check(interrupted >= wished, f"only {interrupted} of {kill} kills struck while it wrote")
    return f"{kill} kills, {interrupted} of them amid the writing, {len(wanted)} entries"


def eight_at_once(folder):
    for turn in range(6):  # until they were seen to write beside each other, which on a busy machine may need another turn
        (folder / str(turn)).mkdir()
        runs = eight_writers(folder / str(turn))
        if runs > 8:
            return f"8 writers, {runs} changes of hand"
    check(False, "the writers did not write beside each other")
    return "one writer after the other"


def eight_writers(folder):
    location, writers = new_register(folder), []
    for w in range(8):
        file = folder / f"writer{w}.jsonl"
        file.write_text("".join(event(f"w{w}_{i}") + "\n" for i in range(40)))
        writers.append(subprocess.Popen([binary, "register", "append", file, "--register", location, "--by", f"writer_{w}", "--batch", "1"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for w in writers:
        out, err = w.communicate(timeout=300)
        require(w.returncode == 0, f"one of eight writers: {err.decode()}")
    run("verify", "--register", location)
    read = entries(location)
    check(len(read) == 320, f"{len(read)} entries of 320 are there")
    for w in range(8):
        check([json.loads(e["body"])["id"] for e in read if e["by"] == f"writer_{w}"] == [f"w{w}_{i}" for i in range(40)], f"writer {w}: other entries than those written, or in another order")
    runs = sum(x["by"] != y["by"] for x, y in zip(read, read[1:]))
    return runs


def proved(folder):
    """Proofs and exports convince the other verifier; altered ones do not."""
    location, secret, key = new_register(folder), folder / "secret", folder / "key"
    key.write_text(run("key", "--signer", "signer.example", "--out", secret).stdout)
    check(secret.stat().st_mode & 0o077 == 0, "others may read a secret key")
    check(run("key", "--signer", "x", "--out", secret, good=False).returncode == 3, "a key was written over another")
    file = folder / "proved.jsonl"
    wrong = {"event": "correct", "id": "c", "on": "2024-01-02", "reason": "found", "of": "e0", "withdrawn": "yes"}
    file.write_text("".join(event(f"e{i}") + "\n" for i in range(297)) + event("e297").replace('"gives"', '"note":"line \u2028 and \u0085 break","gives"') + "\n" + json.dumps(wrong, separators=(",", ":")) + "\n")
    run("append", file, "--register", location, "--by", "officer_1")
    run("reject", "--register", location, "--entry", 298, "--by", "officer_2", "--reason", "it was not")
    early = folder / "early.checkpoint"
    early.write_text(run("checkpoint", "--register", location, "--key", secret).stdout)
    run("dispose", "--register", location, "--entry", 298, "--by", "keeper", "--reason", "retention ended")
    file.write_text("".join(event(f"f{i}") + "\n" for i in range(300)))
    run("append", file, "--register", location, "--by", "officer_1")
    late = folder / "late.checkpoint"
    late.write_text(run("checkpoint", "--register", location, "--key", secret).stdout)
    done = run("verify", "--register", location, "--checkpoint", early, "--checkpoint", late, "--key", key)
    check("as the checkpoints had it" in done.stdout, "verify does not say that the checkpoints fit")

    def convinces(*argv):
        return subprocess.run([*verifier, *map(str, argv)], capture_output=True, text=True)

    def with_checkpoints(paths):
        return [word for path in paths for word in ("--checkpoint", path)] + ["--key", key]

    def altered(j):
        """Each hash of a proof with one digit changed, and each text of its entry."""
        for i, h in enumerate(j["proof"]):
            yield {**j, "proof": [*j["proof"][:i], ("0" if h[0] != "0" else "1") + h[1:], *j["proof"][i + 1:]]}
        for k, v in j.get("entry", {}).items():
            if isinstance(v, str) and k not in ("recorded",):
                yield {**j, "entry": {**j["entry"], k: ("0" if v[:1] != "0" else "1") + v[1:]}}

    tried = 0
    for ask, against in ((["--entry", 0], [late]), (["--entry", 298], [late]), (["--entry", 300], [late]), (["--entry", 299, "--size", 300], [early]),
                         (["--grown-from", 300], [early]), (["--grown-from", 300], [late, early]), (["--grown-from", 256], [])):
        proof = folder / "proof.json"
        proof.write_text(run("prove", "--register", location, *ask).stdout)
        good = convinces("proof", proof, *with_checkpoints(against))
        check(good.returncode == 0, f"{ask}: {good.stderr}")
        if "--grown-from" in ask:  # the later checkpoint alone says nothing of the earlier register
            check(convinces("proof", proof, *with_checkpoints([late])).returncode == 1, f"{ask}: convinces without the earlier checkpoint")
        for wrong in altered(json.loads(proof.read_text())):
            proof.write_text(json.dumps(wrong))
            tried += 1
            check(convinces("proof", proof).returncode == 1, f"{ask}: an altered proof convinces")
    for text in ("", "[]", "{}", "7", '{"size":1}', '{"size":"1","root":"","proof":[]}', '{"size":1,"root":"' + "0" * 62 + '","proof":[]}',
                 json.dumps({"size": 1, "root": "0" * 64, "proof": [], "previous": "0" * 64, "entry": {"sequence": "x"}})):
        proof.write_text(text)
        refused = convinces("proof", proof)
        check(refused.returncode == 1 and refused.stderr.startswith("refused: "), f"{text}: {refused.stderr}")
        tried += 1
    export, copy = folder / "export.jsonl", new_register(folder)
    run("export", "--register", location, "--out", export)
    for against in (early, late):
        good = convinces("export", export, "--checkpoint", against, "--key", key)
        check(good.returncode == 0, f"the export against {against.name}: {good.stderr}")
    check("601 entries" in run("import", export, "--register", copy).stdout, "not all entries are imported")
    again = folder / "again.jsonl"
    run("export", "--register", copy, "--out", again)
    check(again.read_bytes() == export.read_bytes(), "the export of a copy is another")
    run("verify", "--register", copy, "--checkpoint", late, "--key", key)
    lines = export.read_text().removesuffix("\n").split("\n")  # not where U+2028 stands
    for line, old, new in ((1, "e0", "e9"), (299, "officer_1", "officer_3"), (301, "retention", "retentiom"), (600, "event", "evens")):
        wrong = [*lines]
        require(old in wrong[line], f"line {line} of the export does not hold `{old}`")
        wrong[line] = wrong[line].replace(old, new, 1)
        again.write_text("\n".join(wrong) + "\n")
        check(convinces("export", again).returncode == 1, f"line {line}: an altered export convinces")
        refused = run("import", again, "--register", new_register(folder), good=False)
        check(refused.returncode == 1 and "SK3506" in refused.stderr, f"line {line}: an altered export is imported: {refused.stderr}")
        tried += 1
    return f"{tried} altered proofs and exports refused"


def earlier_formats(folder):
    """Whatever this program becomes, it opens a register of every format that there was, and writes on in this one."""
    for number in (1, 2, 3):
        text = (root / f"tests/register/format-{number}.sql").read_text()
        if a.register:
            text = re.sub("PRAGMA.*\n| WITHOUT ROWID", "", text).replace("BLOB", "bytea").replace("INTEGER", "bigint").replace("said TEXT", "said bytea")
            text = re.sub("X'([0-9a-f]*)'", r"'\\x\1'", text).replace("register(origin TEXT", "register(format bigint NOT NULL, origin TEXT").replace("register VALUES(", f"register VALUES({number}, ")
            location = new_database()
            subprocess.run(["psql", "-q", "-v", "ON_ERROR_STOP=1", location], input=text, text=True, check=True, stdout=subprocess.DEVNULL)
        else:
            location = folder / f"format-{number}.register"
            subprocess.run(["sqlite3", location], input=text, text=True, check=True, stdout=subprocess.DEVNULL)
        said = json.loads(run("verify", "--register", location, "--format", "json").stdout)
        check((said["entries"], said["disposed"], said["root"]) == (5, 1, "7ad9432087b907700946c374a40f83a11451e88a8bdc7b2c45e888cc30d57921"), f"format {number}: {said}")
        run("append", root / "examples/patriot/events.jsonl", "--register", location, "--by", "officer_1")
        run("dispose", "--register", location, "--entry", 2, "--by", "keeper", "--reason", "retention ended")
        run("verify", "--register", location)
    return "registers of earlier formats are read and written on"


def verified_meanwhile(folder):
    """Who verifies while others append sees the register as of one moment."""
    location, file = new_register(folder), folder / "meanwhile.jsonl"
    file.write_text("".join(event(f"m{i}") + "\n" for i in range(1200)))
    verified = 0
    with subprocess.Popen([binary, "register", "append", file, "--register", location, "--by", "officer_1", "--batch", "2"], stdout=subprocess.DEVNULL) as writer:
        while writer.poll() is None:
            run("verify", "--register", location)
            verified += 1
    check(writer.returncode == 0, f"verified {verified} times, then exit {writer.returncode}")
    return f"verified {verified} times while 1200 entries were appended"


def not_replaced(folder):
    """No output is written where a register lies."""
    location, other = new_register(folder), new_register(folder)
    for out in (location, other):
        refused = run("export", "--register", location, "--out", out, good=False)
        check(refused.returncode == 3 and "SK5002" in refused.stderr, f"an export over a register: {refused.stderr}")
        run("verify", "--register", out)
    check(run("show", "--register", location, "--to", 0).stdout == "", "entries of an empty register")
    refused = run("prove", "--register", location, "--entry", 0, "--size", 0, good=False)
    check(refused.returncode == 2 and "above zero" in refused.stderr, f"a proof for no entries: {refused.stderr}")
    return "registers are not written over"


def upgrade_in_place(folder):
    """What cannot be written cannot be brought to this format, and is told how; a copy can."""
    location = folder / "kept.register"
    subprocess.run(["sqlite3", location], input=(root / "tests/register/format-1.sql").read_text(), text=True, check=True, stdout=subprocess.DEVNULL)
    before = location.read_bytes()
    location.chmod(0o444)
    folder.chmod(0o555)
    as_reader = reader(folder)
    try:
        refused = run("verify", "--register", location, good=False, **as_reader)
        check(refused.returncode == 1 and "SK3504" in refused.stderr and "copy it" in refused.stderr, f"an earlier format that may not be written: {refused.stderr}")
    finally:
        folder.chmod(0o755)
    check(location.read_bytes() == before, "a register that may not be written was")
    return "a register of an earlier format that may not be written is left as it is"


def unpacked(raw):
    """The entries of a pack, by src/register/pack.h."""
    n = int.from_bytes(raw[:4], "big")
    ends = [int.from_bytes(raw[4 + 4 * i:8 + 4 * i], "big") for i in range(n)]
    out = []
    for begin, end in zip([0, *ends], ends):
        left = raw[4 + 4 * n + begin:4 + 4 * n + end]

        def take(length):
            nonlocal left
            piece, left = left[:length], left[length:]
            return piece
        e = {"recorded": int.from_bytes(take(8), "big", signed=True)}
        has = take(1)[0]
        e["by"] = take(take(1)[0])
        e["kind"] = take(take(1)[0])
        e["about"] = take(8) if has & 1 else b""
        e["commitment"], e["leaf"] = take(32), take(32)
        e["salt"], e["text"] = (take(32), left) if has & 2 else (None, None)
        out.append(e)
    return out


def packed(entries):
    ends, out = [], b""
    for e in entries:
        out += e["recorded"].to_bytes(8, "big", signed=True) + bytes([(1 if e["about"] else 0) | (2 if e["text"] is not None else 0)])
        out += bytes([len(e["by"])]) + e["by"] + bytes([len(e["kind"])]) + e["kind"] + e["about"] + e["commitment"] + e["leaf"]
        out += b"" if e["text"] is None else e["salt"] + e["text"]
        ends.append(len(out))
    return b"".join(n.to_bytes(4, "big") for n in [len(entries), *ends]) + out


def altered_within(folder):
    """Who may write the file changes an entry, and keeps the leaves: every reading says so, not `verify` alone."""
    file = folder / "altered.jsonl"
    file.write_text("".join(event(f"e{i}") + "\n" for i in range(3)))
    tried = 0
    zeros = bytes(32)
    other_body = {"salt": zeros, "text": b"x", "commitment": hashlib.sha256(zeros + b"x").digest()}
    changes = {"another kind": lambda e: e[1].update(kind=b"note"), "another author": lambda e: e[2].update(by=b"officer_9"),
               "an earlier time": lambda e: e[0].update(recorded=e[0]["recorded"] - 1), "another leaf": lambda e: e[2].update(leaf=zeros),
               "another body": lambda e: e[1].update(text=e[1]["text"].replace(b"e1", b"e9")), "a body and its hash": lambda e: e[1].update(other_body),
               "no body": lambda e: e[1].update(text=None), "one less amid": lambda e: e.pop(1), "one less at the end": lambda e: e.pop(2)}
    for change, make in changes.items():
        location = new_register(folder)
        run("append", file, "--register", location, "--by", "officer_1")
        with sqlite3.connect(location) as db:
            [(raw,)] = db.execute("SELECT entries FROM pack")
            there = unpacked(raw)
            require(packed(there) == raw, "src/register/pack.h and the program pack otherwise")
            make(there)
            db.execute("UPDATE pack SET entries = ?", (packed(there),))
        db.close()
        for command in (["verify"], ["show", "--format", "events"], ["export", "--out", folder / "out"], ["prove", "--entry", 1]):
            if command[0] == "prove" and change == "an earlier time":
                continue  # what entry 1 is chained to is the leaf, which is as it was
            done = run(*command, "--register", location, good=False)
            check(done.returncode == 1 and "SK3506" in done.stderr, f"{change}: {command}: exit {done.returncode}: {done.stderr}")
            tried += 1
        done = subprocess.run([binary, "licence", "list", "--events", location], capture_output=True, text=True)
        check(done.returncode == 1 and "SK3506" in done.stderr, f"{change}: exit {done.returncode}: {done.stderr}")
    return f"{tried} readings of an altered file refused"


def read_only(folder):
    """A register that may not be written is read, verified and exported; what would write it says why it cannot."""
    location = new_register(folder)
    file = folder / "kept.jsonl"
    file.write_text(event("e1") + "\n")
    run("append", file, "--register", location, "--by", "officer_1")
    place = folder / "kept # 100%"
    place.mkdir()
    location = location.rename(place / "kept.register")
    location.chmod(0o444)
    place.chmod(0o555)
    folder.chmod(0o755)
    as_reader = reader(folder)
    try:
        for command in (["verify"], ["show"], ["show", "--format", "events"], ["export", "--out", "-"], ["prove", "--entry", 0]):
            run(*command, "--register", location, **as_reader)
        refused = run("append", "-", "--register", location, "--by", "officer_1", good=False, input=event("e2"), **as_reader)
        check(refused.returncode == 3 and "SK3505" in refused.stderr, f"appended where nothing may be written: {refused.stderr}")
        check(sorted(p.name for p in place.iterdir()) == ["kept.register"], "a reader left something beside the register")
        place.chmod(0o777)  # a folder that a group shares: a reader leaves nothing there that a writer could not write
        run("verify", "--register", location, **as_reader)
        check(sorted(p.name for p in place.iterdir()) == ["kept.register"], "a reader left something in a shared folder")
    finally:
        place.chmod(0o755)
    return "a register that may not be written is read"


def whole_secrets(folder):
    """Of a secret key that cannot be written whole nothing is left; what is half read is not taken."""
    secret = folder / "half.secret"

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, 10))
    done = run("key", "--signer", "test.example", "--out", secret, good=False, preexec_fn=small_files)
    check(done.returncode == 3 and "SK5002" in done.stderr and not secret.exists(), f"a secret key that cannot be written whole: {done.stderr}")
    location = new_register(folder)
    with open("/proc/self/mem") as broken:
        done = run("import", "-", "--register", location, good=False, stdin=broken)
    check(done.returncode == 3 and "SK5001" in done.stderr, f"an import that breaks off: {done.stderr}")
    done = run("verify", "--register", folder, good=False)
    check(done.returncode == 3 and "it is a folder" in done.stderr, f"a folder for a register: {done.stderr}")
    # Without PyNaCl the verifier says what it lacks.
    checkpoint, key = folder / "c", folder / "k"
    checkpoint.write_text("o\n0\n\n\n\u2014 o x\n")
    key.write_text("o+1+AAAA\n")
    done = subprocess.run([sys.executable, "-c", "import sys, runpy; sys.modules['nacl'] = None; sys.argv = sys.argv[1:]; runpy.run_path(sys.argv[0])",
                           verifier[1], "export", key, "--checkpoint", checkpoint, "--key", key], capture_output=True, text=True)
    check(done.returncode == 3 and done.stderr.count("\n") == 1 and "python3-nacl" in done.stderr, f"the verifier without PyNaCl: {done.stderr}")
    return "nothing half written, nothing half read"


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    tests = (killed, eight_at_once, proved, earlier_formats, verified_meanwhile) + (() if a.register else (whole_secrets, altered_within, read_only, upgrade_in_place, not_replaced))
    for test in tests:
        print(f"{test.__name__}: {test(folder)}", flush=True)
conclude()
