import type { Slices } from "../../core/base/slices.ts";
import type { Disk } from "./disk.ts";

/** Rows of an index that one step looks at. */
export const windowRows = 1_000;

/** What one walk through an index needs. Places rise or fall; the walk does not know which. */
interface WindowWalk<Row> {
  /** Whose walk it is: of each one at a time. */
  readonly owner: string;
  /** Behind which place it begins. */
  readonly from: number;
  /** The place at the far end of the next window behind `from`; null: there is none. */
  readonly edge: (from: number) => number | null;
  /** What the window may hold, in its order. */
  readonly rows: (from: number, edge: number) => Row[];
  /** Hears of each row; false ends the walk. */
  readonly take: (row: Row) => boolean;
}

/** Looks through rows that no index tells apart, a window at a time, so that others have their turn between. */
export async function walk<Row>(
  disk: Disk,
  slices: Slices,
  { owner, from, edge, rows, take }: WindowWalk<Row>,
): Promise<void> {
  let at = from;
  await slices.run(owner, () =>
    disk.read(() => {
      const end = edge(at);
      if (end === null) return "done";
      if (!rows(at, end).every(take)) return "done";
      at = end;
      return "more";
    }),
  );
}
