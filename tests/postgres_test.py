"""Runs everything about registers over a PostgreSQL server.

usage: postgres_test.py UNIT_TESTS BINARY SOURCE_ROOT [--kills N]
"""
import os
import pathlib
import subprocess
import sys

from postgres_server import server

unit, binary, root, *rest = sys.argv[1:]
with server() as address:
    environment = {**os.environ, "SEKISHO_TEST_POSTGRES": address}
    cases = subprocess.run([unit, "-sf=*register_test.cpp"], env=environment)
    whole = subprocess.run([sys.executable, pathlib.Path(root) / "tests/register_test.py", binary, root, "--register", address, *rest])
sys.exit(1 if cases.returncode or whole.returncode else 0)
