/**
 * Writes the answers of exchanges that have none yet: `bun test/golden/record.ts groups.http`. What differs from run to run
 * becomes a placeholder; read the result before it is kept.
 */
import { join } from "node:path";
import { Stage } from "../api/stage.ts";
import { parse } from "../api/transcript.ts";
import { startBot } from "../harness.ts";

const moments = /(^|_)(at|until|since|timestamp|last_seen)$/;
const patterns: readonly (readonly [name: string, shape: RegExp])[] = [
  ["uuid", /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/],
  ["waid", /^3EB0[0-9A-F]{18}$/],
  ["iso", /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/],
  ["file link", /\/media\/[\w-]+\.[0-9a-f]{64}$/],
  ["channel link", /^https:\/\/whatsapp\.com\/channel\//],
  ["channel", /@newsletter$/],
  ["lid", /@lid$/],
  ["phone's id", /^3A[0-9A-F]{18}$/],
  ["invite link", /^https:\/\/chat\.whatsapp\.com\//],
  ["media path", /^\/v1\/media\//],
  ["group", /@g\.us$/],
];

function general(value: unknown, field = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => general(each));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, general(each, name)]));
  if (typeof value === "number" && moments.test(field) && value > 1_000_000_000) return "{{unix}}";
  if (field === "code" && typeof value === "string" && value.length > 11 && !/^[a-z_]+$/.test(value))
    return "{{invite code}}";
  if (field === "media_id") return "{{media id}}";
  const name = typeof value === "string" ? patterns.find(([, shape]) => shape.test(value))?.[0] : undefined;
  return name === undefined ? value : `{{${name}}}`;
}

const file = join(import.meta.dir, process.argv[2] ?? "");
const parts = (await Bun.file(file).text()).split(/^(?=== )/m).filter((part) => part.trim() !== "");
await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
const stage = new Stage(bot);
const written: string[] = [];
for (const part of parts) {
  const [exchange] = parse(part);
  if (!exchange) continue;
  if (exchange.state !== null) await stage.reach(exchange.state);
  const { response, said } = await stage.ask(exchange);
  const body = said === null ? "" : `\n${JSON.stringify(general(said), null, 2)}\n`;
  written.push(
    exchange.answer.status > 0
      ? part.trimEnd()
      : `${part.trimEnd()}\n----------\n${response.status}\n${body}`.trimEnd(),
  );
}
await Bun.write(file, `${written.join("\n\n")}\n`);
