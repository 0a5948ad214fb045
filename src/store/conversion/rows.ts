import type { Database } from "bun:sqlite";
import type { Sealer } from "../seal/cipher.ts";
import type { ColumnRow, SealedTable, ColumnValue } from "./columns.ts";

/** Rows of one transaction. */
const slice = 500;

export type SealDirection = "sealed" | "plain";

/** The rows of a table, a slice at a time: each call converts the next ones, inside somebody's transaction. */
export interface TableWalk {
  readonly count: number;
  /** What the last row is named by; null: none is left. `done`: how many were converted. */
  next(after: readonly ColumnValue[] | null): { after: ColumnValue[] | null; done: number };
}

export function walkOf(db: Database, table: SealedTable, sealer: Sealer, to: SealDirection): TableWalk {
  const { key, bound, columns, derived } = table;
  const names = [
    ...new Set([...key, ...bound, ...columns.map(({ name }) => name), ...(derived ? ["deleted_at"] : [])]),
  ];
  const from = `SELECT ${names.join(", ")} FROM ${table.table}`;
  const order = `ORDER BY ${key.join(", ")} LIMIT ${slice}`;
  const first = db.query<ColumnRow, []>(`${from} ${order}`);
  const further = db.query<ColumnRow, ColumnValue[]>(
    `${from} WHERE (${key.join(", ")}) > (${key.map(() => "?").join(", ")}) ${order}`,
  );
  const changed = [...columns.map(({ name }) => name), ...(derived ? [derived.column] : [])];
  const write = db.query<unknown, ColumnValue[]>(
    `UPDATE ${table.table} SET ${changed.map((name) => `${name} = ?`).join(", ")}
     WHERE ${key.map((name) => `${name} = ?`).join(" AND ")}`,
  );
  const count = db.query<{ n: number }, []>(`SELECT count(*) AS n FROM ${table.table}`).get()?.n ?? 0;
  return {
    count,
    next: (after) => {
      const rows = after === null ? first.all() : further.all(...after);
      for (const row of rows) write.run(...valuesOf(table, row, sealer, to), ...key.map((name) => row[name] ?? null));
      const last = rows.at(-1);
      const isEnd = rows.length < slice || last === undefined;
      return { after: isEnd ? null : key.map((name) => last[name] ?? null), done: rows.length };
    },
  };
}

function valuesOf(
  { table, bound, columns, derived }: SealedTable,
  row: ColumnRow,
  sealer: Sealer,
  to: SealDirection,
): ColumnValue[] {
  const after: ColumnRow = { ...row };
  for (const column of columns) {
    const value = row[column.name] ?? null;
    if (value === null || typeof value === "number") continue;
    const place = `${table}.${column.name}|${bound.map((name) => row[name]).join("|")}`;
    after[column.name] = to === "sealed" ? column.seal(sealer, place, value) : column.open(sealer, place, value);
  }
  const values = columns.map(({ name }) => after[name] ?? null);
  if (derived) values.push(to === "sealed" ? derived.cleared : derived.from(after));
  return values;
}
