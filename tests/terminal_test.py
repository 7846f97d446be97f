"""Balances are shown with bars on a terminal, and only there. Skipped (77) where the system gives no terminal.

usage: terminal_test.py BINARY
"""
import json
import os
import pathlib
import pty
import subprocess
import sys
import tempfile

binary = pathlib.Path(sys.argv[1]).resolve()
EVENTS = [{"event": "authorise", "id": "granted", "on": "2024-01-01", "authorisation": "permit", "kind": "licence", "state": "granted",
           "authority": "x.office", "limits": [{"quantity": "90 pieces"}]},
          {"event": "reserve", "id": "r", "on": "2024-02-01", "lines": [{"line": "1", "quantity": "60 pieces", "under": ["permit"]}]}]
try:
    reader, terminal = pty.openpty()
except OSError as no_terminal:
    print(f"skipped: no terminal ({no_terminal})")
    sys.exit(77)
with tempfile.TemporaryDirectory() as name:
    file = pathlib.Path(name) / "events.jsonl"
    file.write_text("".join(json.dumps(e) + "\n" for e in EVENTS))
    shown = b""
    for what in (["show", "permit"], ["list"]):
        subprocess.run([binary, "licence", *what, "--events", file], stdout=terminal, timeout=300, check=True)
    os.close(terminal)
    try:
        while part := os.read(reader, 65536):
            shown += part
    except OSError:  # the other end is closed
        pass
    elsewhere = subprocess.run([binary, "licence", "show", "permit", "--events", file], capture_output=True, text=True, timeout=300).stdout
if shown.decode().count("▒" * 20 + "░" * 10) != 2 or "▒" in elsewhere:
    sys.exit(f"FAILED: on a terminal {shown.decode()}\nelsewhere {elsewhere}")
print("bars on a terminal, none elsewhere")
