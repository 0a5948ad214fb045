import type { Child } from "./child.ts";
import { measured, merpati, raw } from "./subject.ts";
const messages = Number(process.argv[2] ?? 5000),
  contacts = 100;
const run = (s: any, until: string) =>
  measured(
    s,
    (w) => w.call<number>("prepare", { messages, contacts }),
    (w: Child) => w.call<number>(until),
  );
for (let i = 0; i < 3; i++) {
  for (const [s, u] of [
    [raw("memory"), "receipted"],
    [merpati("to the receipt"), "receipted"],
    [merpati("to the webhook"), "delivered"],
  ] as const) {
    const r = await run(s, u);
    console.log(r.what, r.value, r.cpu, r.memory);
  }
}
process.exit(0);
