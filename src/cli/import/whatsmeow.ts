import { Database } from "bun:sqlite";
import { SQL } from "bun";
import { Failure } from "../../core/base/failure.ts";
import type { SessionFiles } from "../../core/ports/moving.ts";
import type { WhatsmeowRows } from "../../whatsapp/moving/whatsmeow.ts";
import { isThere } from "./folder.ts";

type Query = <T>(sql: string, ...values: string[]) => Promise<T[]>;

const ofDevice = {
  sessions: "SELECT their_id, session FROM whatsmeow_sessions WHERE our_jid = $1",
  identities: "SELECT their_id, identity FROM whatsmeow_identity_keys WHERE our_jid = $1",
  preKeys: "SELECT key_id, key, uploaded FROM whatsmeow_pre_keys WHERE jid = $1",
  senderKeys: "SELECT chat_id, sender_id, sender_key FROM whatsmeow_sender_keys WHERE our_jid = $1",
  appStateKeys: "SELECT key_id, key_data, timestamp, fingerprint FROM whatsmeow_app_state_sync_keys WHERE jid = $1",
  tokens: "SELECT their_jid, token, timestamp FROM whatsmeow_privacy_tokens WHERE our_jid = $1",
} as const satisfies Partial<Record<keyof WhatsmeowRows, string>>;

/** A device in whatsmeow's store, a SQLite file or PostgreSQL. `account`: its number, where the store has several. */
export async function whatsmeowFilesOf(from: string, account: string | undefined): Promise<SessionFiles> {
  const { whatsmeowFiles } = await import("../../whatsapp/moving/whatsmeow.ts");
  const { query, close } = /^postgres(ql)?:/.test(from) ? inPostgres(from) : inSqlite(from);
  try {
    const device = await deviceIn(query, account);
    const rows: Record<string, unknown[]> = {};
    for (const [name, sql] of Object.entries(ofDevice)) rows[name] = await query(sql, device.jid);
    const names = await query("SELECT lid, pn FROM whatsmeow_lid_map");
    return whatsmeowFiles({ ...rows, device, names } as unknown as WhatsmeowRows);
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw new Failure(
      "invalid",
      `This is no store of whatsmeow: ${error instanceof Error ? error.message : String(error)}`,
    );
  } finally {
    await close();
  }
}

async function deviceIn(query: Query, account: string | undefined): Promise<WhatsmeowRows["device"]> {
  const all = await query<WhatsmeowRows["device"]>("SELECT * FROM whatsmeow_device");
  const number = (jid: string): string => jid.split(/[:.@]/)[0] ?? "";
  const found = account === undefined ? all : all.filter(({ jid }) => number(jid) === account);
  const [device] = found;
  if (device && found.length === 1) return device;
  throw new Failure(
    "invalid",
    all.length === 0
      ? "No device of this store is linked."
      : `This store has ${all.length} devices: name one by its number, --account=<number>.`,
  );
}

function inSqlite(path: string): { query: Query; close: () => Promise<void> } {
  if (!isThere(path)) throw new Failure("invalid", `There is no ${path}.`);
  const db = new Database(path, { readonly: true });
  return { query: async (sql, ...values) => db.query(sql).all(...values) as never[], close: async () => db.close() };
}

function inPostgres(url: string): { query: Query; close: () => Promise<void> } {
  const sql = new SQL(url);
  return {
    query: async (text, ...values) => [...(await sql.unsafe(text, values))] as never[],
    close: () => sql.close(),
  };
}
