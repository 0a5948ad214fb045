import type { GroupMetadata } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import type { Signal, SignalOf } from "../../core/ports/connector.ts";
import { bare } from "../wire/jid.ts";

/** Everybody waits behind a deletion: who is not known to be an admin by then is none. */
const longestMs = 5_000;

export interface AdminPorts {
  /** Throw what asking WhatsApp throws. */
  groups: { known(id: string): Promise<Pick<GroupMetadata, "participants">> };
  /** The other JID of a person, LID for number and number for LID; null when unknown. */
  alias(jid: string): Promise<string | null>;
  clock: Clock;
}

/** Says of deletions of others' messages in groups whether an admin sent them: nobody else's count. */
export async function withAdmins(signals: readonly Signal[], ports: AdminPorts): Promise<Signal[]> {
  const marked: Signal[] = [];
  for (const signal of signals) {
    const isAsked = signal.type === "message" && isOfOthers(signal);
    if (!isAsked || !(await isAdmin(signal, ports))) marked.push(signal);
    else marked.push({ ...signal, message: { ...signal.message, byAdmin: true } });
  }
  return marked;
}

function isOfOthers({ message: { content, isGroup, fromMe, sender } }: SignalOf<"message">): boolean {
  if (content.kind !== "delete" || !isGroup || fromMe) return false;
  return content.target.from_me || (content.target.sender !== null && bare(content.target.sender) !== bare(sender));
}

async function isAdmin({ message: { chat, sender } }: SignalOf<"message">, ports: AdminPorts): Promise<boolean> {
  const late = Promise.withResolvers<null>();
  const cancel = ports.clock.after(longestMs, () => late.resolve(null));
  try {
    const group = await Promise.race([ports.groups.known(chat), late.promise]);
    const names = [bare(sender), await ports.alias(bare(sender))];
    return (group?.participants ?? []).some(
      ({ id, lid, phoneNumber, admin }) =>
        Boolean(admin) && [id, lid, phoneNumber].some((name) => name && names.includes(bare(name))),
    );
  } catch {
    return false;
  } finally {
    cancel();
  }
}
