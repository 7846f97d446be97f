"""Every block marked `law` in docs/language.md compiles, and the cases in it are decided.

usage: language_doc_test.py BINARY SOURCE_ROOT
"""
import pathlib
import re
import subprocess
import sys
import tempfile

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
blocks = re.findall(r"```law\n(.*?)```", (root / "docs/language.md").read_text(encoding="utf-8"), re.S)
failed = 0
with tempfile.TemporaryDirectory() as name:
    for i, block in enumerate(blocks):
        path = pathlib.Path(name) / f"block{i}.law"
        path.write_text(block, encoding="utf-8")
        done = subprocess.run([binary, "check", path], capture_output=True, text=True)
        if done.returncode != 0:
            failed += 1
            print(done.stderr)
        once = subprocess.run([binary, "fmt", "-"], input=block, capture_output=True, text=True).stdout
        twice = subprocess.run([binary, "fmt", "-"], input=once, capture_output=True, text=True).stdout
        if not once or once != twice:
            failed += 1
            print("formatting is not idempotent")
if not blocks:
    sys.exit("docs/language.md has no law block")
print(f"{len(blocks) - failed} passed, {failed} failed")
sys.exit(1 if failed else 0)
