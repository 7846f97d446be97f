"""A second, small verifier of registers (docs/register.md). It shares no code with Sekisho and needs Python alone, and PyNaCl
where a checkpoint's signature is to be checked.

usage: register_verifier.py proof FILE [--checkpoint FILE… --key FILE]     a proof of `sekisho register prove`
       register_verifier.py export FILE [--checkpoint FILE… --key FILE]    a whole export

Of a proof of growth the checkpoint of the earlier size has to be given, with or without that of the later one.
"""
import argparse
import base64
import datetime
import hashlib
import json
import struct
import sys


class Wrong(Exception):
    pass


def read(path):
    with open(path, encoding="utf-8", newline="") as f:  # the bytes as they are: a line ends with a line feed alone
        return f.read()


def sha256(*pieces):
    return hashlib.sha256(b"".join(pieces)).digest()


def digest(text):
    raw = bytes.fromhex(text)
    if len(raw) != 32:
        raise Wrong("a hash has another length than SHA-256")
    return raw


def count(n):
    if type(n) is not int or n < 0:
        raise Wrong("a size or a sequence is no number")
    return n


def node(left, right):
    return sha256(b"\x01", left, right)


def leaf_of(entry, previous):
    """docs/register.md, "What is hashed"."""
    day = datetime.datetime.strptime(entry["recorded"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=datetime.timezone.utc)
    passed = day - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
    micros = (passed.days * 86400 + passed.seconds) * 10**6 + passed.microseconds
    word = lambda t: bytes([len(t.encode())]) + t.encode()
    about = b"\x01" + struct.pack(">Q", entry["about"]) if "about" in entry else b"\x00" + struct.pack(">Q", 0)
    commitment = digest(entry["commitment"])
    if "body" in entry and sha256(digest(entry["salt"]), entry["body"].encode()) != commitment:
        raise Wrong(f"entry {entry['sequence']}: its body was altered")
    leaf = sha256(b"\x00", b"sekisho entry 1\n", struct.pack(">Qq", entry["sequence"], micros), word(entry["by"]),
                  word(entry["kind"]), about, commitment, previous)
    if leaf.hex() != entry["leaf"]:
        raise Wrong(f"entry {entry['sequence']}: its head or its place in the chain was altered")
    return leaf


def inclusion_root(leaf, index, size, proof):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        raise Wrong("the entry stands behind the end")
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            raise Wrong("the proof is too long")
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("the proof is too short")
    return r


def consistency_roots(before, size, root_before, proof):
    """RFC 9162 section 2.1.4.2."""
    if not 0 < before <= size:
        raise Wrong("no such earlier size")
    if before == size:
        if proof:
            raise Wrong("the proof is too long")
        return root_before, root_before
    path = ([root_before] if before & (before - 1) == 0 else []) + proof
    if not path:
        raise Wrong("the proof is too short")
    fn, sn = before - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            raise Wrong("the proof is too long")
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    if sn:
        raise Wrong("the proof is too short")
    return fr, sr


def tree_root(leaves):
    if not leaves:
        return sha256()
    stack = []  # (how many leaves, hash), as a binary counter
    for leaf in leaves:
        n, h = 1, leaf
        while stack and stack[-1][0] == n:
            h, n = node(stack.pop()[1], h), 2 * n
        stack.append((n, h))
    h = stack.pop()[1]
    while stack:
        h = node(stack.pop()[1], h)
    return h


def checkpoint(path, key_path):
    """What a signed note says, after its signature was found right."""
    try:
        import nacl.exceptions
        import nacl.signing
    except ImportError:
        print("a checkpoint's signature is checked with PyNaCl: install python3-nacl (Debian)", file=sys.stderr)
        sys.exit(3)
    name, _, key = read(key_path).strip().split("+", 2)
    raw = base64.b64decode(key, validate=True)
    text, _, signatures = read(path).rpartition("\n\n")
    text += "\n"
    for line in signatures.split("\n"):
        if not line:
            continue
        dash, by, signature = line.split(" ")
        if dash == "\u2014" and by == name:
            try:
                nacl.signing.VerifyKey(raw[1:]).verify(text.encode(), base64.b64decode(signature)[4:])
            except nacl.exceptions.BadSignatureError:
                raise Wrong("the signature of the checkpoint is wrong")
            origin, size, root = text.removesuffix("\n").split("\n")
            return origin, int(size), base64.b64decode(root)
    raise Wrong(f"{name} has not signed the checkpoint")


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("what", choices=["proof", "export"])
    p.add_argument("file")
    p.add_argument("--checkpoint", action="append", default=[])
    p.add_argument("--key")
    a = p.parse_args()
    if a.checkpoint and not a.key:
        p.error("a checkpoint is checked with the signer's open key: --key FILE")
    kept = [checkpoint(path, a.key) for path in a.checkpoint]
    if a.what == "proof":
        j = json.loads(read(a.file))
        size, root, proof = count(j["size"]), digest(j["root"]), [digest(h) for h in j["proof"]]
        if "entry" in j:
            if inclusion_root(leaf_of(j["entry"], digest(j["previous"])), count(j["entry"]["sequence"]), size, proof) != root:
                raise Wrong("the entry is not under this root")
            says = f"entry {j['entry']['sequence']} is one of the {size}"
        else:
            before, root_before = count(j["size_before"]), digest(j["root_before"])
            if consistency_roots(before, size, root_before, proof) != (root_before, root):
                raise Wrong("the later register is not a continuation of the earlier one")
            says = f"the first {before} of the {size} entries are as they were"
        known = [(j["origin"], size, root)] + ([] if "entry" in j else [(j["origin"], before, root_before)])
        for note in kept:
            if note not in known:
                raise Wrong("a checkpoint is of another register or another size, or has another root")
        if kept and "entry" not in j and known[1] not in kept:
            raise Wrong("no checkpoint of the earlier size was given: that nothing of it was rewritten is not shown")
    else:
        lines = read(a.file).removesuffix("\n").split("\n")
        origin, previous, leaves, gone, disposed = json.loads(lines[0])["origin"], bytes(32), [], set(), set()
        for i, line in enumerate(lines[1:]):
            e = json.loads(line)
            if count(e["sequence"]) != i:
                raise Wrong(f"entry {i} is not there")
            previous = leaf_of(e, previous)
            leaves.append(previous)
            if "body" not in e:
                gone.add(i)
            if e["kind"] == "dispose":
                disposed.add(e["about"])
        if gone != disposed:
            raise Wrong(f"disposals and missing bodies differ: {sorted(gone ^ disposed)}")
        for name, size, root in kept:
            if name != origin or size > len(leaves) or tree_root(leaves[:size]) != root:
                raise Wrong("the export is not what the checkpoint had")
        says = f"{len(leaves)} entries, root {tree_root(leaves).hex()}"
    print(says + (", under the signed checkpoint" + "s" * (len(kept) > 1) if kept else ""))


try:
    main()
except Wrong as wrong:
    print(f"refused: {wrong}", file=sys.stderr)
    sys.exit(1)
except OSError as missing:
    print(f"cannot read: {missing}", file=sys.stderr)
    sys.exit(3)
except (ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError, struct.error) as form:
    print(f"refused: it is not in the form that docs/register.md describes ({type(form).__name__}: {form})", file=sys.stderr)
    sys.exit(1)
