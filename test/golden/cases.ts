import { readdirSync } from "node:fs";
import { join } from "node:path";

/** One case of a golden file: what goes in above the line, what must come out below it. */
export interface Case {
  name: string;
  given: unknown;
  expected: unknown;
}

const line = "----------";
const between = "==========";

/** Every case in a folder of golden files, by the file's name without `.txt`. */
export async function goldens(folder: string): Promise<Map<string, Case[]>> {
  const found = new Map<string, Case[]>();
  for (const file of readdirSync(folder).toSorted()) {
    const kind = file.replace(/\.txt$/, "");
    const text = await Bun.file(join(folder, file)).text();
    found.set(
      kind,
      text.split(`\n${between}\n`).map((part, place) => parsed(`${kind} ${place + 1}`, part)),
    );
  }
  return found;
}

function parsed(name: string, part: string): Case {
  const [given, expected, ...more] = part.split(`\n${line}\n`);
  if (given === undefined || expected === undefined || more.length > 0) throw new Error(`${name}: one ${line} a case`);
  return { name, given: JSON.parse(given), expected: JSON.parse(expected) };
}
