"""A type has one name in its namespace: two that share it would share their members when linked, and a
vector of the one would be grown by the code of the other. usage: names_test.py SOURCE_ROOT
"""
import pathlib
import re
import sys

NAMESPACE = re.compile(r"^namespace\s*([\w:]*)\s*{")
CLOSED = re.compile(r"^}\s*//\s*namespace")
TYPE = re.compile(r"^(?:template <.*> )?(?:struct|class|enum class|union) (\w+)(?: final)?(?: : [^;]*)?\s*{")


def types(path, text):
    """Yields (qualified name, place) of every type at the level of a namespace, and not in an unnamed one."""
    inside = []
    for number, line in enumerate(text.splitlines(), 1):
        if opened := NAMESPACE.match(line):
            inside.append(opened[1] or None)
        elif CLOSED.match(line) and inside:
            inside.pop()
        elif (declared := TYPE.match(line)) and None not in inside:
            yield "::".join([*inside, declared[1]]), f"{path}:{number}"


def shared(files):
    places = {}
    for path, text in files:
        for name, place in types(path, text):
            places.setdefault(name, []).append(place)
    return len(places), {name: at for name, at in places.items() if len(at) > 1}


planted = [("a.h", "namespace n {\nstruct Same {\n};\n}  // namespace n\n"),
           ("b.cpp", "namespace n {\nnamespace {\nstruct Same {};\n}  // namespace\nclass Same : Base {\n};\n}  // namespace n\n")]
if list(shared(planted)[1].values()) != [["a.h:2", "b.cpp:5"]]:
    sys.exit("names_test: the planted second type was not found as it should be")
root = pathlib.Path(sys.argv[1])
count, found = shared((p.relative_to(root), p.read_text(encoding="utf-8")) for top in ("include", "src", "cli")
                      for p in sorted((root / top).rglob("*")) if p.suffix in (".h", ".cpp"))
for name, at in found.items():
    print(f"{name}: {', '.join(at)}")
print(f"{count} types, {len(found)} names that two share")
sys.exit(bool(found or count < 200))
