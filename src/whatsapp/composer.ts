import { randomBytes } from "node:crypto";
import { proto } from "@whiskeysockets/baileys";
import type { Clock } from "../core/clock.ts";
import { Failure } from "../core/failure.ts";
import type { History } from "../core/history.ts";
import type { Outgoing } from "../core/message.ts";
import type { Uploaded } from "./convert/converter.ts";
import { kindNames, opened } from "./convert/envelopes.ts";
import type { Me } from "./incoming.ts";
import { bare, isLid } from "./jid.ts";
import { type Ballot, isBallot, sealBallot, secretOf } from "./votes.ts";
import { encoded, keyOf, written } from "./writing.ts";

export interface ComposerPorts {
  history: Pick<History, "wire">;
  clock: Clock;
  /** The device's uid. */
  device: string;
  me: Me;
  /** Brings a message's file to WhatsApp; null for a message without. */
  upload(message: Outgoing): Promise<Uploaded | null>;
}

/** A message as WhatsApp gets it, with what it quotes, what it is sealed with and its file. */
export async function composed(message: Outgoing, ports: ComposerPorts): Promise<Uint8Array> {
  const { content, chat, context } = message;
  const now = ports.clock.now();
  if (isBallot(content)) return encoded(await ballotOf(message, content, now, ports));
  const { reply_to: reply } = context;
  const wire = reply ? await ports.history.wire(ports.device, chat, reply.id) : null;
  const upload = await ports.upload(message);
  return encoded(written(message, { now, secret: randomBytes(32), upload, quoted: wire && quotable(wire) }));
}

async function ballotOf({ chat }: Outgoing, ballot: Ballot, now: number, ports: ComposerPorts) {
  const { target } = ballot;
  const wire = await ports.history.wire(ports.device, chat, target.id);
  const secret = wire && secretOf(wire);
  if (!secret)
    throw new Failure("gone", "The poll or event is not kept here any more, so nobody could read the answer.");
  const { me } = ports;
  const author = bare(target.sender ?? chat);
  // Answered under the identity that the question was asked under, as the other clients expect.
  const voter = bare(isLid(author) && me.lid ? me.lid : me.id);
  return sealBallot(ballot, keyOf(chat, target), secret, { id: target.id, author, voter }, now);
}

/** A message as it stands in a quote: without what it quoted itself, and without its secret. */
function quotable(wire: Uint8Array): proto.IMessage {
  const { message } = opened(proto.Message.decode(wire));
  const [name] = kindNames(message);
  if (name === undefined) return { conversation: "" };
  const said = message[name as keyof proto.IMessage];
  return { [name]: typeof said === "object" ? { ...said, contextInfo: null } : said };
}
