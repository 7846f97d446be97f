"""Every example that `--help` shows does what it says: it runs, and says nothing about an error.

usage: help_test.py BINARY SOURCE_ROOT
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, conclude

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()


def help_of(*command):
    return subprocess.run([binary, *command, "--help"], capture_output=True, text=True, timeout=60).stdout


def commands(*above):
    """The command and all below it."""
    yield above
    listed = help_of(*above).split("Subcommands:")
    for name in re.findall(r"^  ([a-z-]+) ", listed[1], re.M) if len(listed) > 1 else []:
        yield from commands(*above, name)


inits = []
for command in commands():
    examples = re.findall(r"^(?:Example|Piped): ((?:.*\\\n)*.*)$", help_of(*command), re.M)
    check(not command or examples or "Subcommands:" in help_of(*command), f"{' '.join(command)}: its help shows no example")
    for example in examples:
        inits += re.findall(r"register init --register (\S+)", example)
        with tempfile.TemporaryDirectory() as folder:
            for link in ("examples", "rulebooks"):
                (pathlib.Path(folder) / link).symlink_to(root / link)
            if "exports.register" in example and "init --register exports" not in example:  # what its reader has made before
                made = "register init --register exports.register --origin exports.example", "register append examples/patriot/events.jsonl --register exports.register --by officer_1", "register key --signer exports.example --out exports.secret"
                correction = '{"event": "correct", "id": "c1", "on": "2025-12-03", "of": "own_stock_to_ukraine", "withdrawn": "yes", "reason": "it never left"}\n'
                (pathlib.Path(folder) / "correction.jsonl").write_text(correction)
                for make in (*made, "register append correction.jsonl --register exports.register --by officer_1"):
                    subprocess.run([binary, *make.split()], cwd=folder, check=True, capture_output=True)
            line = re.sub(r"\bsekisho\b(?=\s)", str(binary), example)
            done = subprocess.run(["bash", "-c", line], cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
        refused = re.search(r"\d refused", done.stderr)  # rows of the example that are wrong on purpose
        check((done.returncode == 0 or refused) and "error" not in done.stderr, f"{example}: exit {done.returncode}\n{done.stderr[-500:]}")
for name in set(inits):
    check(inits.count(name) == 1, f"two examples make `{name}`: the second fails in the folder of the first")
conclude(at_least=10)
