/**
 * The control: a gateway wired as most are. Baileys with its keys in SQLite, as durable as ours; events posted from the
 * handler, retried in memory. It must lose messages where the bot does not, or the proof proves nothing.
 */
import { Database } from "bun:sqlite";
import { join } from "node:path";
import type { AuthenticationCreds } from "@whiskeysockets/baileys";
import { silence } from "../../src/whatsapp/wire/silence.ts";
import { stockBaileys } from "../stock/baileys.ts";

/** As it comes: it takes every root for WhatsApp's. */
const { BufferJSON, initAuthCreds, makeWASocket, proto } = await stockBaileys();
const { SESSIONS_DIR = "", WHATSAPP_URL = "", WEBHOOK_URL = "" } = process.env;

const db = new Database(join(SESSIONS_DIR, "stock.sqlite"), { strict: true });
db.run("PRAGMA journal_mode=WAL");
db.run("PRAGMA synchronous=FULL");
db.run("CREATE TABLE IF NOT EXISTS key (id TEXT PRIMARY KEY, value TEXT)");
const read = db.query<{ value: string }, [string]>("SELECT value FROM key WHERE id = ?");
const write = db.query("INSERT OR REPLACE INTO key VALUES (?, ?)");
const load = (id: string): unknown => {
  const row = read.get(id);
  return row ? JSON.parse(row.value, BufferJSON.reviver) : null;
};
const save = (id: string, value: unknown) => void write.run(id, JSON.stringify(value ?? null, BufferJSON.replacer));

const creds = (load("creds") as AuthenticationCreds | null) ?? initAuthCreds();
let qr: string | null = null;

const server = Bun.serve({
  port: 0,
  hostname: "127.0.0.1",
  fetch: () => (qr ? Response.json({ success: true, data: { qrCode: qr } }) : new Response(null, { status: 404 })),
});

function connect(): void {
  const sock = makeWASocket({
    logger: silence,
    waWebSocketUrl: WHATSAPP_URL,
    auth: {
      creds,
      keys: {
        get: async (type, ids) => {
          const found: Record<string, never> = {};
          for (const id of ids) {
            const value = load(`${type}|${id}`);
            if (value === null) continue;
            found[id] = (
              type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value as object) : value
            ) as never;
          }
          return found;
        },
        set: async (data) => {
          db.transaction(() => {
            for (const [type, entries] of Object.entries(data)) {
              for (const [id, value] of Object.entries(entries ?? {})) save(`${type}|${id}`, value);
            }
          })();
        },
      },
    },
  });
  sock.ev.on("creds.update", () => save("creds", creds));
  sock.ev.on("connection.update", (update) => {
    if (update.qr) qr = update.qr;
    if (update.connection === "close") connect();
  });
  sock.ev.on("messages.upsert", ({ messages }) => {
    for (const { key, message } of messages) {
      const text = message?.conversation ?? message?.extendedTextMessage?.text;
      if (text) void post({ id: key.id, type: "message.received", data: { id: key.id, chat: key.remoteJid } });
    }
  });
}

async function post(event: object, attempt = 0): Promise<void> {
  try {
    await fetch(WEBHOOK_URL, { method: "POST", body: JSON.stringify(event) });
  } catch {
    if (attempt < 5) setTimeout(() => void post(event, attempt + 1), 100 * 2 ** attempt);
  }
}

connect();
process.stdout.write(`listens on http://127.0.0.1:${server.port}\n`);
