import type { GroupMetadata } from "@whiskeysockets/baileys";
import type { Signal } from "../../core/ports/connector.ts";
import { bare, isGroup } from "../wire/jid.ts";

export interface MemberPorts {
  groups: {
    /** What is known of a group without asking WhatsApp: receipts are many, and everybody waits behind one. */
    peek(id: string): Pick<GroupMetadata, "participants"> | null;
  };
  /** The other JID of a person, LID for number and number for LID; null when unknown. */
  alias(jid: string): Promise<string | null>;
}

/** Without receipts of people who are no members of their group, as far as its members are known. */
export async function fromMembers(signals: readonly Signal[], ports: MemberPorts): Promise<Signal[]> {
  const kept: Signal[] = [];
  for (const signal of signals) if (await isBelieved(signal, ports)) kept.push(signal);
  return kept;
}

async function isBelieved(signal: Signal, ports: MemberPorts): Promise<boolean> {
  if (signal.type !== "receipt" || signal.participant === null || !isGroup(signal.chat)) return true;
  const group = ports.groups.peek(signal.chat);
  if (group === null) return true;
  const reader = bare(signal.participant);
  const names = [reader, await ports.alias(reader)];
  return group.participants.some(({ id, lid, phoneNumber }) =>
    [id, lid, phoneNumber].some((name) => name && names.includes(bare(name))),
  );
}
