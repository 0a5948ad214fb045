/**
 * The control: Baileys as it comes, with keys in memory or in plain SQLite, and a handler that does nothing, or posts
 * each message at once to RAW_POST.
 */
import { Database } from "bun:sqlite";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuthenticationState, SignalDataTypeMap } from "@whiskeysockets/baileys";
import { silence } from "../src/whatsapp/wire/silence.ts";
import { stockBaileys } from "../test/stock/baileys.ts";
import { serve } from "./child.ts";

// Stock libsignal prints the sessions it closes, keys and all.
Object.assign(globalThis.console, { info: () => {}, warn: () => {}, log: () => {} });

type Keys = AuthenticationState["keys"];
/** Without our patches: it takes every root for WhatsApp's. */
const { BufferJSON, initAuthCreds, makeWASocket, proto } = await stockBaileys();
const { RAW_URL = "", RAW_STORE = "memory", RAW_POST } = process.env;

function memory(): Keys {
  const data = new Map<string, unknown>();
  return {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found: Record<string, SignalDataTypeMap[T]> = {};
      for (const id of ids) {
        const value = data.get(`${type}|${id}`);
        if (value) found[id] = value as SignalDataTypeMap[T];
      }
      return found;
    },
    set: async (changes) => {
      for (const [type, entries] of Object.entries(changes)) {
        for (const [id, value] of Object.entries(entries ?? {})) {
          if (value) data.set(`${type}|${id}`, value);
          else data.delete(`${type}|${id}`);
        }
      }
    },
  };
}

/** A plain SQLite auth state, as gateways write it: one table, WAL, default durability. */
function sqlite(): Keys {
  const db = new Database(join(mkdtempSync(join(tmpdir(), "raw-")), "auth.sqlite"), { strict: true });
  db.run("PRAGMA journal_mode=WAL");
  db.run("CREATE TABLE key (id TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID");
  const read = db.query<{ value: string }, [string]>("SELECT value FROM key WHERE id = ?");
  const write = db.query("INSERT OR REPLACE INTO key VALUES (?, ?)");
  const drop = db.query("DELETE FROM key WHERE id = ?");
  return {
    get: async <T extends keyof SignalDataTypeMap>(type: T, ids: string[]) => {
      const found: Record<string, SignalDataTypeMap[T]> = {};
      for (const id of ids) {
        const row = read.get(`${type}|${id}`);
        if (!row) continue;
        const value = JSON.parse(row.value, BufferJSON.reviver);
        found[id] = type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value) : value;
      }
      return found;
    },
    set: async (changes) => {
      db.transaction(() => {
        for (const [type, entries] of Object.entries(changes)) {
          for (const [id, value] of Object.entries(entries ?? {})) {
            if (value) write.run(`${type}|${id}`, JSON.stringify(value, BufferJSON.replacer));
            else drop.run(`${type}|${id}`);
          }
        }
      })();
    },
  };
}

const auth: AuthenticationState = { creds: initAuthCreds(), keys: RAW_STORE === "sqlite" ? sqlite() : memory() };
let showQr: (qr: string) => void = () => {};
const firstQr = new Promise<string>((resolve) => (showQr = resolve));
let opened: () => void = () => {};
let current: ReturnType<typeof makeWASocket>;
const open = new Promise<void>((resolve) => (opened = resolve));

function connect(): void {
  const sock = (current = makeWASocket({ auth, logger: silence, waWebSocketUrl: RAW_URL, markOnlineOnConnect: false }));
  sock.ev.on("creds.update", () => {});
  sock.ev.on("connection.update", ({ connection, qr }) => {
    if (qr) showQr(qr);
    if (connection === "open") opened();
    if (connection === "close") connect();
  });
  sock.ev.on("messages.upsert", ({ messages }) => {
    for (const { key } of RAW_POST === undefined ? [] : messages) void post(key.id ?? "");
  });
}
connect();

async function post(id: string): Promise<void> {
  const body = JSON.stringify({ type: "message.received", data: { id } });
  await (await fetch(RAW_POST ?? "", { method: "POST", body })).text();
}

serve({
  qr: () => firstQr,
  open: () => open,
  /** As a caller would who waits for Baileys' promise, so many at once. */
  send: async ({ numbers, count }: { numbers: string[]; count: number }) => {
    let next = 0;
    const caller = async () => {
      for (let at = next++; at < count; at = next++)
        await current.sendMessage(`${numbers[at % numbers.length]}@s.whatsapp.net`, { text: `answer ${at}` });
    };
    await Promise.all(Array.from({ length: 64 }, caller));
  },
  cpu: () => process.cpuUsage(),
  rss: () => process.memoryUsage.rss(),
  exit: () => process.exit(0),
});
