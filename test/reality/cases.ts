import { readdirSync, readFileSync } from "node:fs";

/** A stanza as the files hold it: names in braces, and bytes in a form of their own. */
export interface CaseNode {
  readonly tag: string;
  readonly attrs?: Readonly<Record<string, string>>;
  readonly content?: readonly CaseNode[] | string | CaseBytes;
}

/** Bytes: hexadecimal digits, text, or a protobuf `Message`. */
export interface CaseBytes {
  readonly hex?: string;
  readonly utf8?: string;
  readonly $plain?: object;
}

/** The envelope of an encrypted message: what it has besides, or instead of, the usual. */
export interface Shape {
  /** How its sender is addressed; `own` is the same for a copy of what the account wrote on its phone. */
  readonly by?: "pn" | "lid";
  readonly own?: "pn" | "lid";
  readonly tag?: string;
  /** Null leaves one out. */
  readonly attrs?: Readonly<Record<string, string | null>>;
  readonly encAttrs?: Readonly<Record<string, string>>;
  readonly before?: readonly CaseNode[];
  /** Between the sender's key and the message. */
  readonly between?: readonly CaseNode[];
  readonly after?: readonly CaseNode[];
  /** The sender's key and no message. */
  readonly skdmOnly?: boolean;
}

/** How a client settles a stanza: an ack without error, a receipt without type (or `inactive`), or of this type. */
export type Settled = "ack" | "receipt" | "sender" | "peer_msg" | "retry";

/** An event that must come out at a webhook, and what its data must hold; `{ any: […] }` allows several values. */
export interface ExpectedEvent {
  readonly type: string;
  readonly data?: object;
}

/** What follows a last stanza or a refused login. */
export type Aftermath = "reconnects" | { readonly phase: string; readonly reason: string };

/** One stanza that WhatsApp was seen or is known to send. */
export interface Case {
  readonly id: string;
  /** C captured · P a regression test or pull request made from a capture · W WhatsApp Web's parser · T other code. */
  readonly mark: "C" | "P" | "W" | "T";
  readonly source: string;
  readonly date: string;
  /** `push`: queued, must be settled · `send`: sent once · `direct`, `group`, `status`: encrypted · `close`, `login`. */
  readonly how: "push" | "send" | "direct" | "group" | "status" | "close" | "login";
  readonly node?: CaseNode;
  readonly shape?: Shape;
  readonly message?: object;
  /** Which answers settle it; what its kind needs when left out. */
  readonly answer?: readonly Settled[];
  /** What a real client does, in words; what is not in the fields below is not tested. */
  readonly real: string;
  /** All events it brings; none when left out. */
  readonly events?: readonly (string | ExpectedEvent)[];
  /** What the client must send because of it, each at least this much. */
  readonly asks?: readonly CaseNode[];
  readonly then?: Aftermath;
}

/** Messages first, since what follows drops sessions, members and names. */
const files = [
  "messages",
  "receipts",
  "calls",
  "others",
  "group-notifications",
  "notifications",
  "mex-notifications",
  "endings",
];

function read(file: string): Case[] {
  const text = readFileSync(new URL(`cases/${file}.jsonl`, import.meta.url), "utf8");
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Case);
}

const all = files.flatMap(read);

/** Cases that leave the device connected. */
export const stanzas = all.filter(({ how }) => how !== "close" && how !== "login");
/** Cases that end its stream or its login. */
export const endings = all.filter(({ how }) => how === "close" || how === "login");

/** What is wrong with the files themselves. */
export function mistakesInFiles(): string[] {
  const there = readdirSync(new URL("cases/", import.meta.url)).map((name) => name.replace(/\.jsonl$/, ""));
  const unread = there.filter((name) => !files.includes(name)).map((name) => `cases/${name} is read by nobody`);
  const ids = all.map(({ id }) => id);
  const twice = ids.filter((id, at) => ids.indexOf(id) < at).map((id) => `${id} is there twice`);
  const bare = all.filter(({ source, date, mark }) => !source || !date || !/^[CPWT]$/.test(mark));
  return [...unread, ...twice, ...bare.map(({ id }) => `${id} lacks a source, a date or a mark`)];
}
