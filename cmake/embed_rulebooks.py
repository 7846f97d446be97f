"""Writes a C++ file that holds every rulebook of the source tree, and the order of variables kept beside them.

usage: embed_rulebooks.py SOURCE_ROOT OUTPUT
"""
import pathlib
import sys

root, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
files = sorted((root / "rulebooks").rglob("*.law"))
if not files:
    sys.exit("no rulebook found under rulebooks/")


def source_text(path):
    text = path.read_text(encoding="utf-8")
    pieces = [text[i : i + 8000] for i in range(0, len(text), 8000)] or [""]
    literal = "\n".join(f'R"LAW({p})LAW"' for p in pieces)
    return f'{{"{path.relative_to(root).as_posix()}",\n{literal}}}'


parts = [f"      {source_text(path)}," for path in files]
order = root / "rulebooks" / "variables.order"
output.write_text(
    '#include "sekisho/sekisho.h"\n\nnamespace sekisho {\n\n'
    "std::vector<SourceText> shipped_rulebooks() {\n  return {\n"
    + "\n".join(parts)
    + "\n  };\n}\n\nstd::optional<SourceText> shipped_order() {\n  return "
    + (f"SourceText{source_text(order)}" if order.exists() else "std::nullopt")
    + ";\n}\n\n}  // namespace sekisho\n",
    encoding="utf-8",
)
