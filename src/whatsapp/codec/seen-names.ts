import { areJidsSameUser, type BinaryNode, getBinaryNodeChild } from "@whiskeysockets/baileys";
import { jidOfPhone, type NameSource, type SeenNames } from "../../core/model/person.ts";
import { bare, isLid, isPerson, phoneOf } from "../wire/jid.ts";

/** An attribute that names somebody, and those beside it that give their other names. */
interface Naming {
  readonly jid: string;
  readonly others: readonly string[];
  readonly usernames: readonly string[];
}

/** whatsmeow message.go, whatspec and captures, 2026-08; usernames as of zapo 1.8. */
const namings: readonly Naming[] = [
  { jid: "participant", others: ["participant_pn", "participant_lid"], usernames: ["participant_username"] },
  {
    jid: "recipient",
    others: ["peer_recipient_pn", "peer_recipient_lid", "recipient_pn", "recipient_lid"],
    usernames: ["peer_recipient_username", "recipient_username"],
  },
  { jid: "author", others: ["author_pn", "author_lid"], usernames: ["author_username"] },
  { jid: "jid", others: ["phone_number", "lid", "pn_jid", "participant_pn"], usernames: ["username"] },
  { jid: "creator", others: ["creator_pn", "creator_lid"], usernames: ["creator_username"] },
  { jid: "s_o", others: ["s_o_pn", "s_o_lid"], usernames: ["s_o_username"] },
  { jid: "call-creator", others: ["caller_pn", "caller_lid"], usernames: ["caller_username"] },
  { jid: "old", others: ["old_lid"], usernames: [] },
  { jid: "new", others: ["new_lid"], usernames: [] },
];
const namingOf: ReadonlyMap<string, Naming> = new Map(namings.map((naming) => [naming.jid, naming]));
const sender: Naming = { jid: "from", others: ["sender_pn", "sender_lid"], usernames: ["sender_username", "username"] };
const deviceOwner: Naming = { jid: "from", others: ["lid"], usernames: [] };

const sources: Readonly<Record<string, NameSource>> = {
  message: "message",
  status: "message",
  receipt: "receipt",
  notification: "notification",
  call: "call",
  presence: "presence",
  chatstate: "presence",
};
/** Nodes of a stanza that are looked at: a list of groups with their members is the deepest and longest. */
const mostNodes = 20_000;

/** The names of people that a stanza tells, where it tells more than one of somebody. */
export function seenNames(stanza: BinaryNode): SeenNames[] {
  const isAnswer = stanza.tag === "iq" && stanza.attrs.type === "result";
  const source = isAnswer ? (getBinaryNodeChild(stanza, "usync") ? "usync" : "roster") : sources[stanza.tag];
  if (source === undefined) return [];
  const found = new Map<string, SeenNames>();
  const add = (seen: SeenNames | null): void => {
    if (seen) found.set(`${seen.phone ?? null}|${seen.lid}|${seen.username}`, seen);
  };
  if (!isAnswer) {
    const isShared = !isPerson(stanza.attrs.from ?? "");
    add(namesAt(stanza, isShared ? { ...sender, jid: "participant" } : sender, source));
    if (stanza.attrs.type === "devices") add(namesAt(stanza, deviceOwner, source));
  }
  const queue: BinaryNode[] = [stanza];
  for (let place = 0; place < queue.length && place < mostNodes; place++) {
    const node = queue[place];
    if (!node) break;
    for (const name in node.attrs) {
      const naming = namingOf.get(name);
      if (naming) add(namesAt(node, naming, sourceOf(naming, source)));
    }
    if (node.tag === "user") add(answered(node, source));
    if (node.attrs.op_name === "UsernameSetNotification") add(usernameSet(node));
    if (Array.isArray(node.content)) queue.push(...node.content);
  }
  return [...found.values()];
}

/** A number of the account and a LID of somebody else, or the reverse. */
export function mixesOwn(phone: string, lid: string, me: { id: string; lid: string | null }): boolean {
  if (me.lid === null) return false;
  return areJidsSameUser(phone, me.id) !== areJidsSameUser(lid, me.lid);
}

/**
 * Without pairs that take the account for somebody else: a copy of one's own message names both sides, and which of them an
 * attribute is about is not certain (zapo#241, 2026-07).
 */
export const withoutMixed = (names: readonly SeenNames[], me: { id: string; lid: string | null }): SeenNames[] =>
  names.filter(({ phone, lid }) => !phone || !lid || !mixesOwn(jidOfPhone(phone), lid, me));

const sourceOf = ({ jid }: Naming, source: NameSource): NameSource =>
  jid === "recipient" && source === "message" ? "own_copy" : source;

function namesAt({ attrs }: BinaryNode, { jid, others, usernames }: Naming, source: NameSource): SeenNames | null {
  const first = attrs[jid];
  if (first === undefined || !isPerson(first)) return null;
  const given = [first, ...others.map((name) => attrs[name])].filter((one) => one !== undefined && isPerson(one));
  const username = usernames.map((name) => attrs[name]).find(Boolean) ?? null;
  return pairOf(given as string[], username, source);
}

/** A person in the answer to a question: their LID is a child. */
function answered(user: BinaryNode, source: NameSource): SeenNames | null {
  const lid = getBinaryNodeChild(user, "lid")?.attrs.val;
  const given = [user.attrs.jid, user.attrs.pn_jid, lid].filter((one) => one !== undefined && isPerson(one));
  const username = getBinaryNodeChild(user, "username")?.attrs.val ?? null;
  return pairOf(given as string[], username, source);
}

/** Somebody goes by a username from now on, or by none any more (zapo, 2026-08). */
function usernameSet({ content }: BinaryNode): SeenNames | null {
  if (content === undefined || Array.isArray(content)) return null;
  try {
    const { data } = JSON.parse(Buffer.from(content as Uint8Array).toString()) as { data?: Record<string, unknown> };
    const { lid, username } = (data?.["xwa2_notify_username_on_change"] ?? {}) as Record<string, unknown>;
    if (typeof lid !== "string" || !isLid(lid)) return null;
    if (username === null || username === "")
      return { lid: bare(lid), username: null, dropsUsername: true, source: "notification" };
    return typeof username === "string" ? pairOf([lid], username, "notification") : null;
  } catch {
    return null;
  }
}

/** Null of one name alone. */
function pairOf(jids: readonly string[], username: string | null, source: NameSource): SeenNames | null {
  const phone = jids.map(phoneOf).find((one) => one !== null) ?? null;
  const lid = jids.map(bare).find(isLid) ?? null;
  const count = [phone, lid, username].filter((one) => one !== null).length;
  return count > 1 ? { phone, lid, username, source } : null;
}
