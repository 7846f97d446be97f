"""What the tests share that hold the program against `plain.py`, on laws and facts written at random."""
import json
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import plain  # noqa: E402
from checks import check, dice  # noqa: E402


class Comparison:
    """Of one law after the other, in a folder of its own."""

    def __init__(self, folder, on):
        self.binary, self.folder, self.on = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(folder), on

    def use(self, law):
        self.law = law
        (self.folder / "a.law").write_text(law)

    def run(self, *args):
        """The words after the program's name. @returns exit code, what it said, what it complained of"""
        done = subprocess.run([self.binary, *args, "--rules", self.folder / "a.law"], capture_output=True, text=True, timeout=300)
        return done.returncode, done.stdout, done.stderr

    def same(self, what, expected, found, of):
        check(expected == found, f"{what}: {found}, not {expected}, of {of} under\n{self.law}")

    def plainly(self, facts, world=None, law=None):
        """Best and worst of each regime as the evaluator finds them that shares nothing with the program."""
        q = {"rulebook": law or self.law, "on": self.on, "transfer": {"facts": facts}} | ({"world": world} if world else {})
        return {r: (a["best"], a["worst"]) for r, a in plain.answer(q)["regimes"].items()}

    def decide(self, expected, facts, world=None):
        """`decide` finds it, and `proof check` agrees with the answer."""
        (self.folder / "t.yaml").write_text(json.dumps({"transfer": 1, "on": self.on, "facts": facts}))
        (self.folder / "w.yaml").write_text(json.dumps({"world": 1, **(world or {})}))
        of_world = ["--world", self.folder / "w.yaml"] if world else []
        _, answer, error = self.run("decide", self.folder / "t.yaml", *of_world, "--format", "json")
        found = {r["regime"]: (r["best"], r["worst"]) for r in json.loads(answer)["regimes"]} if answer else error
        self.same("decide", expected, found, (facts, world))
        (self.folder / "answer.json").write_text(answer)
        self.same("proof check", 0, self.run("proof", "check", self.folder / "answer.json")[0], (facts, world))


def arguments(usual):
    """BINARY SOURCE_ROOT [LAWS [SEED]]. @returns how many laws, and what throws the dice"""
    laws = int(sys.argv[3]) if len(sys.argv) > 3 else usual
    return laws, dice(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
