"""A PostgreSQL server of its own, on a socket in a folder of its own, for as long as something needs it.

usage: postgres_server.py VARIABLE COMMAND…    runs the command with the address of an empty database in that variable
"""
import contextlib
import glob
import os
import pathlib
import pwd
import re
import shutil
import subprocess
import sys
import tempfile


def server_programs():
    """The folder of initdb and pg_ctl: on the path, else where pg_config says, else where Debian keeps the newest."""
    found = [shutil.which("initdb")]
    if pg_config := shutil.which("pg_config"):
        bindir = subprocess.run([pg_config, "--bindir"], capture_output=True, text=True).stdout.strip()
        found.append(f"{bindir}/initdb")
    found += sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: list(map(int, re.findall(r"\d+", path))), reverse=True)
    for initdb in filter(None, found):
        folder = pathlib.Path(initdb).resolve().parent  # a link on the path need not have pg_ctl beside it
        if all((folder / program).exists() for program in ("initdb", "pg_ctl")):
            return folder
    sys.exit("no PostgreSQL server is installed; fix: apt-get install postgresql")


@contextlib.contextmanager
def server():
    """The server's address, in which DATABASE stands for a database's name. Its settings are those it comes with: what is
    committed is on the disk."""
    programs = server_programs()
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
    try:
        as_user(programs / "initdb", "-D", data, "-A", "trust", "-U", "sekisho", "--no-sync", "-E", "UTF8", "--locale", "C")
        as_user(programs / "pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", f"-k {folder} -c listen_addresses=''", "start")
        yield f"postgresql:///DATABASE?host={folder}&user=sekisho"
    finally:
        if (data / "postmaster.pid").exists():
            as_user(programs / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    variable, *command = sys.argv[1:]
    with server() as address:
        code = subprocess.run(command, env={**os.environ, variable: address.replace("DATABASE", "postgres")}).returncode
    sys.exit(code)
