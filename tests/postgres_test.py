"""Starts a PostgreSQL server of its own, on a socket in a folder of its own, and runs everything about registers over it.

usage: postgres_test.py UNIT_TESTS BINARY SOURCE_ROOT [--kills N]
"""
import glob
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile

unit, binary, root, *rest = sys.argv[1:]
programs = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
if not programs:
    sys.exit("no PostgreSQL server is installed; fix: apt-get install postgresql")
programs = pathlib.Path(programs[-1]).parent
user = pwd.getpwnam("postgres") if os.getuid() == 0 else pwd.getpwuid(os.getuid())  # the server refuses to run as root


def as_user(*argv):
    step_down = ["runuser", "-u", user.pw_name, "--"] if os.getuid() == 0 else []
    done = subprocess.run([*step_down, *map(str, argv)], cwd="/", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{argv[0]}: exit {done.returncode}\n{done.stdout[-2000:]}")


folder = pathlib.Path(tempfile.mkdtemp(prefix="sekisho-pg-"))
if os.getuid() == 0:
    os.chown(folder, user.pw_uid, user.pw_gid)
data = folder / "data"
failed = 1
try:
    as_user(programs / "initdb", "-D", data, "-A", "trust", "-U", "sekisho", "--no-sync", "-E", "UTF8", "--locale", "C")
    as_user(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses=''", "start")
    address = f"postgresql:///DATABASE?host={folder}&user=sekisho"
    environment = {**os.environ, "SEKISHO_TEST_POSTGRES": address}
    cases = subprocess.run([unit, "-sf=*register_test.cpp"], env=environment)
    whole = subprocess.run([sys.executable, pathlib.Path(root) / "tests/register_test.py", binary, root, "--register", address, *rest])
    failed = 1 if cases.returncode or whole.returncode else 0
finally:
    if (data / "postmaster.pid").exists():
        as_user(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    shutil.rmtree(folder, ignore_errors=True)
sys.exit(failed)
