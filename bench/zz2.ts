import { Child } from "./child.ts";
import { merpati } from "./subject.ts";
const s = merpati("x");
const messages = 20000,
  contacts = 100;
const world = new Child("./world.ts");
const client = new Child(s.file, {
  ...s.env(await world.call<any>("where")),
  BUN_OPTIONS: "--cpu-prof --cpu-prof-dir=/tmp/sig/prof --cpu-prof-name=m.cpuprofile",
});
await world.call("scan", await client.call("qr"));
await client.call("open");
await world.call("prepare", { messages, contacts });
await world.call(process.argv[2] ?? "delivered");
(client as any).process.disconnect?.();
await (client as any).process.exited;
await world.kill();
process.exit(0);
