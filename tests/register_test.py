"""A register as its users have it: killed while it writes, written by eight at once, proved to a verifier that shares no code
with it, opened again in the first format.

usage: register_test.py BINARY SOURCE_ROOT [--kills N] [--register postgresql://…]
"""
import argparse
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

p = argparse.ArgumentParser()
p.add_argument("binary")
p.add_argument("root")
p.add_argument("--kills", type=int, default=25)
p.add_argument("--register", help="an address in which DATABASE stands for a new database's name")
a = p.parse_args()
binary, root = pathlib.Path(a.binary).resolve(), pathlib.Path(a.root).resolve()
verifier = [sys.executable, root / "conformance/register_verifier.py"]
dice = random.Random(20231222)
made = 0


def run(*argv, good=True, **more):
    done = subprocess.run([binary, "register", *map(str, argv)], capture_output=True, text=True, timeout=300, **more)
    assert not good or done.returncode == 0, f"{argv}: exit {done.returncode}: {done.stderr}"
    return done


def new_register(folder):
    global made
    made += 1
    if a.register:
        name = f"sekisho_test_{os.getpid()}_{made}"
        subprocess.run(["psql", "-q", a.register.replace("DATABASE", "postgres"), "-c", f"CREATE DATABASE {name}"], check=True)
        location = a.register.replace("DATABASE", name)
    else:
        location = folder / f"{made}.register"
    run("init", "--register", location, "--origin", "test.example")
    return location


def event(name):
    return json.dumps({"event": "lose", "id": name, "on": "2024-01-01", "takes": [{"lot": "l"}]}, separators=(",", ":"))


def entries(location):
    return [json.loads(line) for line in run("show", "--register", location, "--format", "json").stdout.splitlines()]


def killed(folder):
    """SIGKILL at random moments: what was acknowledged is there, and batches are whole."""
    location, wanted, interrupted = new_register(folder), [], 0
    for kill in range(a.kills):
        events = [event(f"k{kill}_{i}") for i in range(400)]
        file = folder / "events.jsonl"
        file.write_text("\n".join(events) + "\n")
        batch = dice.choice([1, 3, 50])
        with subprocess.Popen([binary, "register", "append", file, "--register", location, "--batch", str(batch)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as writer:
            acknowledged = 0
            for _ in range(dice.randrange(0, 400 // batch)):  # so many batches are told, and then
                if not writer.stdout.readline():
                    break
                acknowledged += batch
            time.sleep(dice.random() * 0.002)
            writer.send_signal(signal.SIGKILL)
            for line in writer.stdout.read().decode().splitlines():  # told before it died
                acknowledged += batch if line.startswith("recorded ") and "-" in line else 0
        run("verify", "--register", location)
        there = [e["body"] for e in entries(location)][len(wanted):]
        acknowledged = min(acknowledged, len(events))
        assert len(there) >= acknowledged, f"kill {kill}: {acknowledged} were acknowledged, {len(there)} are there"
        assert there == events[:len(there)], f"kill {kill}: other entries than those written"
        assert len(there) % batch == 0 or len(there) == len(events), f"kill {kill}: half a batch of {batch}: {len(there)}"
        interrupted += 0 < len(there) < len(events)
        wanted += there
    assert [e["body"] for e in entries(location)] == wanted
    assert interrupted >= a.kills // 5, f"only {interrupted} of {a.kills} kills struck while it wrote"
    return f"{a.kills} kills, {interrupted} of them amid the writing, {len(wanted)} entries"


def eight_at_once(folder):
    for turn in range(6):  # until they were seen to write beside each other, which on a busy machine may need another turn
        (folder / str(turn)).mkdir()
        runs = eight_writers(folder / str(turn))
        if runs > 8:
            return f"8 writers, {runs} changes of hand"
    raise AssertionError("the writers did not write beside each other")


def eight_writers(folder):
    location, writers = new_register(folder), []
    for w in range(8):
        file = folder / f"writer{w}.jsonl"
        file.write_text("".join(event(f"w{w}_{i}") + "\n" for i in range(30)))
        writers.append(subprocess.Popen([binary, "register", "append", file, "--register", location, "--by", f"writer_{w}", "--batch", "1"],
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE))
    for w in writers:
        out, err = w.communicate(timeout=300)
        assert w.returncode == 0, err.decode()
    run("verify", "--register", location)
    read = entries(location)
    assert len(read) == 240
    for w in range(8):
        assert [json.loads(e["body"])["id"] for e in read if e["by"] == f"writer_{w}"] == [f"w{w}_{i}" for i in range(30)]
    runs = sum(x["by"] != y["by"] for x, y in zip(read, read[1:]))
    return runs


def proved(folder):
    """Proofs and exports convince the other verifier; altered ones do not."""
    location, secret, key = new_register(folder), folder / "secret", folder / "key"
    key.write_text(run("key", "--signer", "signer.example", "--out", secret).stdout)
    assert secret.stat().st_mode & 0o077 == 0
    assert run("key", "--signer", "x", "--out", secret, good=False).returncode == 3, "a key was written over another"
    file = folder / "proved.jsonl"
    file.write_text("".join(event(f"e{i}") + "\n" for i in range(300)))
    run("append", file, "--register", location, "--by", "officer_1")
    early = folder / "early.checkpoint"
    early.write_text(run("checkpoint", "--register", location, "--key", secret).stdout)
    run("dispose", "--register", location, "--entry", 17, "--by", "keeper", "--reason", "retention ended")
    run("append", file, "--register", location)
    late = folder / "late.checkpoint"
    late.write_text(run("checkpoint", "--register", location, "--key", secret).stdout)
    done = run("verify", "--register", location, "--checkpoint", early, "--checkpoint", late, "--key", key)
    assert "as the checkpoints had it" in done.stdout

    def convinces(*argv):
        return subprocess.run([*verifier, *map(str, argv)], capture_output=True, text=True)

    def altered(j):
        """Each hash of a proof with one digit changed, and each text of its entry."""
        for i, h in enumerate(j["proof"]):
            yield {**j, "proof": [*j["proof"][:i], ("0" if h[0] != "0" else "1") + h[1:], *j["proof"][i + 1:]]}
        for k, v in j.get("entry", {}).items():
            if isinstance(v, str) and k not in ("recorded",):
                yield {**j, "entry": {**j["entry"], k: ("0" if v[:1] != "0" else "1") + v[1:]}}

    tried = 0
    for ask, against in ((["--entry", 0], late), (["--entry", 17], late), (["--entry", 300], late), (["--entry", 299, "--size", 300], early),
                         (["--grown-from", 300], late), (["--grown-from", 256], late)):
        proof = folder / "proof.json"
        proof.write_text(run("prove", "--register", location, *ask).stdout)
        good = convinces("proof", proof, "--checkpoint", against, "--key", key)
        assert good.returncode == 0, f"{ask}: {good.stderr}"
        for wrong in altered(json.loads(proof.read_text())):
            proof.write_text(json.dumps(wrong))
            tried += 1
            assert convinces("proof", proof).returncode == 1, f"{ask}: an altered proof convinces"
    export, copy = folder / "export.jsonl", new_register(folder)
    run("export", "--register", location, "--out", export)
    for against in (early, late):
        good = convinces("export", export, "--checkpoint", against, "--key", key)
        assert good.returncode == 0, good.stderr
    assert "601 entries" in run("import", export, "--register", copy).stdout
    again = folder / "again.jsonl"
    run("export", "--register", copy, "--out", again)
    assert again.read_bytes() == export.read_bytes()
    run("verify", "--register", copy, "--checkpoint", late, "--key", key)
    lines = export.read_text().splitlines()
    for line, old, new in ((1, "e0", "e9"), (18, "officer_1", "officer_2"), (301, "retention", "retentiom"), (600, "event", "evens")):
        wrong = [*lines]
        assert old in wrong[line]
        wrong[line] = wrong[line].replace(old, new, 1)
        again.write_text("\n".join(wrong) + "\n")
        assert convinces("export", again).returncode == 1
        refused = run("import", again, "--register", new_register(folder), good=False)
        assert refused.returncode == 1 and "SK3506" in refused.stderr, refused.stderr
        tried += 1
    return f"{tried} altered proofs and exports refused"


def first_format(folder):
    """Whatever this program becomes, it opens a register of the first format."""
    location = folder / "first.register"
    subprocess.run(["sqlite3", location], input=(root / "tests/register/format-1.sql").read_text(), text=True, check=True, stdout=subprocess.DEVNULL)
    done = run("verify", "--register", location, "--format", "json")
    said = json.loads(done.stdout)
    assert (said["entries"], said["disposed"], said["root"]) == (5, 1, "aad62bb2b62205f261b0fc2730434e80e32cb558da233b501319b6d77d21a40c"), said
    run("append", root / "examples/patriot/events.jsonl", "--register", location)
    run("verify", "--register", location)
    return "a register of format 1 is read and written on"


with tempfile.TemporaryDirectory() as name:
    folder = pathlib.Path(name)
    for test in (killed, eight_at_once, proved) + (() if a.register else (first_format,)):
        print(f"{test.__name__}: {test(folder)}", flush=True)
print("4 passed" if not a.register else "3 passed")
