import type { Signal, SignalOf } from "../../core/ports/connector.ts";
import type { History } from "../../core/ports/history.ts";
import type { Me } from "../codec/incoming.ts";
import { bare } from "../wire/jid.ts";
import { type EncryptedVote, type VoteKeys, isEncryptedVote, decryptVote } from "../codec/votes.ts";

export interface VotePorts {
  history: Pick<History, "find" | "wire">;
  /** The device's uid. */
  device: string;
  me: Me;
  /** The other JID of a person, LID for number and number for LID; null when unknown. */
  readonly alias: (jid: string) => Promise<string | null>;
}

/** The same signals with every vote and answer opened whose poll or event is known, from before or from among them. */
export function decryptVotes(signals: readonly Signal[], ports: VotePorts): Promise<Signal[]> {
  return Promise.all(
    signals.map(async (signal) => {
      if (signal.type !== "message" || !isEncryptedVote(signal.message.content)) return signal;
      const keys = await voteKeysOf(signal, signal.message.content, signals, ports);
      if (!keys) return signal;
      const content = decryptVote(signal.message.content, signal.wire, keys);
      return { ...signal, message: { ...signal.message, content } };
    }),
  );
}

async function voteKeysOf(
  { message }: SignalOf<"message">,
  { target }: EncryptedVote,
  signals: readonly Signal[],
  { history, device, me, alias }: VotePorts,
): Promise<VoteKeys | null> {
  const { chat } = message;
  const beside = signals.find((each) => each.type === "message" && each.message.id === target.id);
  const wire = beside?.type === "message" ? beside.wire : await history.wire(device, chat, target.id);
  if (!wire) return null;
  const known = await history.find(device, chat, target.id);
  const author = target.from_me ? me.id : (known?.sender ?? target.sender ?? chat);
  const voter = message.fromMe ? me.id : message.sender;
  const all = async (jid: string) => [...new Set([bare(jid), ...named(await alias(bare(jid)))])];
  return { wire, id: target.id, authors: await all(author), voters: await all(voter) };
}

const named = (jid: string | null): string[] => (jid === null ? [] : [bare(jid)]);
