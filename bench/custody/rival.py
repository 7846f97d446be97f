"""The recursive query of DuckDB that the graph of lots is held against: which mark lies on which state.

usage: rival.py FOLDER   (edges.csv, own.csv, marks.csv, as custody_bench writes them)
prints: processor seconds for reading and for asking, the best of five runs of each; pairs, a sum over them
"""
import sys
import time

import duckdb

folder = sys.argv[1]


def once():
    """Processor seconds for reading the files and for asking, and the answer."""
    db = duckdb.connect()
    db.execute("SET threads = 1")
    start = time.process_time()
    for table in ("edges", "own", "marks"):
        db.execute(f"CREATE TABLE {table} AS SELECT * FROM read_csv('{folder}/{table}.csv')")
    read = time.process_time()
    answer = db.execute("""
      WITH RECURSIVE lies(state, mark) AS (
        SELECT state, mark FROM own
        UNION
        SELECT e.child, l.mark FROM lies l JOIN edges e ON e.parent = l.state JOIN marks m ON m.mark = l.mark
        WHERE e.built_in = 0 OR m.sees_through = 1)
      SELECT count(*), sum((state + 1) * (mark + 1))::UBIGINT FROM lies
    """).fetchone()
    return read - start, time.process_time() - read, *answer


runs = [once() for _ in range(5)]
print(min(r[0] for r in runs), min(r[1] for r in runs), *runs[0][2:])
