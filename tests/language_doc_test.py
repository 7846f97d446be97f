"""Every block marked `law` in docs/language.md compiles, and the cases in it are decided.

usage: language_doc_test.py BINARY SOURCE_ROOT
"""
import pathlib
import re
import subprocess
import sys
import tempfile

from checks import check, conclude, require

binary, root = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]).resolve()
blocks = re.findall(r"```law\n(.*?)```", (root / "docs/language.md").read_text(encoding="utf-8"), re.S)
require(blocks, "docs/language.md has no law block")
with tempfile.TemporaryDirectory() as name:
    for i, block in enumerate(blocks):
        path = pathlib.Path(name) / f"block{i}.law"
        path.write_text(block, encoding="utf-8")
        done = subprocess.run([binary, "check", path], capture_output=True, text=True)
        check(done.returncode == 0, f"block {i + 1}: {done.stderr}")
        once = subprocess.run([binary, "fmt", "-"], input=block, capture_output=True, text=True).stdout
        twice = subprocess.run([binary, "fmt", "-"], input=once, capture_output=True, text=True).stdout
        check(once and once == twice, f"block {i + 1}: formatted twice it is another text than formatted once")
conclude()
