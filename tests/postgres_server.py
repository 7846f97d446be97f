"""A PostgreSQL server of its own, on a socket in a folder of its own, for as long as something needs it.

usage: postgres_server.py VARIABLE COMMAND…    runs the command with the address of an empty database in that variable
"""
import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import subprocess
import sys
import tempfile


@contextlib.contextmanager
def server():
    """The server's address, in which DATABASE stands for a database's name. Its settings are those it comes with: what is
    committed is on the disk."""
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
