"""The recursive query of DuckDB that the graph of lots is held against: which mark lies on which state.

usage: rival.py FOLDER   (edges.csv, own.csv, marks.csv, as custody_bench writes them)
prints: processor seconds for reading and asking, pairs, a sum over them
"""
import sys
import time

import duckdb

folder = sys.argv[1]
db = duckdb.connect()
db.execute("SET threads = 1")
start = time.process_time()
db.execute(f"CREATE TABLE edges AS SELECT * FROM read_csv('{folder}/edges.csv')")
db.execute(f"CREATE TABLE own AS SELECT * FROM read_csv('{folder}/own.csv')")
db.execute(f"CREATE TABLE marks AS SELECT * FROM read_csv('{folder}/marks.csv')")
count, total = db.execute("""
  WITH RECURSIVE lies(state, mark) AS (
    SELECT state, mark FROM own
    UNION
    SELECT e.child, l.mark FROM lies l JOIN edges e ON e.parent = l.state JOIN marks m ON m.mark = l.mark
    WHERE e.built_in = 0 OR m.sees_through = 1)
  SELECT count(*), sum((state + 1) * (mark + 1))::UBIGINT FROM lies
""").fetchone()
print(time.process_time() - start, count, total)
