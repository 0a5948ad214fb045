import { join } from "node:path";
import { actionKinds } from "../../src/core/model/content/action.ts";
import { contentKinds } from "../../src/core/model/content/content.ts";
import * as done from "../../src/core/model/content/done.ts";
import { draftKinds } from "../../src/core/model/content/draft.ts";
import { inOrder } from "../../src/core/model/content/kind.ts";
import * as said from "../../src/core/model/content/said.ts";

/** The guide whose table of kinds is made here. `bun test/golden/kinds.ts` writes it. */
const guide = join(import.meta.dir, "../../docs/api.md");
const kinds = { ...said, ...done };
const sent: readonly string[] = draftKinds;
const received: readonly string[] = [...contentKinds, ...actionKinds];

/** The rows of the table, as `bun fmt` has them. */
export function tableOfKinds(): string {
  const rows = inOrder(kinds).map((kind) => {
    const { here, others } = kinds[kind].about;
    const ours = [sent.includes(kind) ? "S" : "", received.includes(kind) ? "R" : ""].filter((each) => each !== "");
    return [`\`${kind}\``, [ours.join(" "), here].filter((each) => each !== undefined).join(", "), others];
  });
  const cells = [["kind", "here", "the others"], ...rows];
  const widths = [0, 1, 2].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, at) => (row[at] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(cells[0] ?? []), rule, ...rows.map(line)].join("\n");
}

if (import.meta.main) {
  const text = await Bun.file(guide).text();
  await Bun.write(guide, text.replace(/^\| kind +\| here [\s\S]*?(?=\n\n)/m, tableOfKinds()));
}
