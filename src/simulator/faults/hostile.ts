import { deflateSync } from "node:zlib";
import type { Random } from "../base/random.ts";
import type { DeviceConnection } from "../network/connection.ts";
import { encodeStanza } from "../wire/codec.ts";
import { el } from "../wire/stanza.ts";

type Sender = (connection: DeviceConnection, random: Random) => void;

const FROM = { from: "6280000000000@s.whatsapp.net", t: "1795176349" };

/** Frames that a client must survive, or end the connection over, without harm. */
const FRAMES = {
  /** Bytes that were never sealed: the transport's tag does not fit. */
  unsealed: (connection, random) => connection.sendRaw(random.bytes(64)),
  /** Properly sealed random bytes. */
  garbage: (connection, random) => connection.sendSealed(Buffer.concat([Buffer.from([0]), random.bytes(200)])),
  /** A sealed frame of nothing. */
  empty: (connection) => connection.sendSealed(Buffer.alloc(0)),
  /** A stanza cut short. */
  truncated: (connection) => connection.sendSealed(encodeStanza(el("message", { ...FROM, id: "T" })).subarray(0, 9)),
  /** A list that claims 65,535 children and has none. */
  "long-list": (connection) => connection.sendSealed(Buffer.from([0, 249, 255, 255, 3])),
  /** A token that is in no dictionary. */
  "unknown-token": (connection) => connection.sendSealed(Buffer.from([0, 248, 1, 239, 255])),
  /** "Compressed", but not zlib. */
  "not-zlib": (connection) => connection.sendSealed(Buffer.from([2, 1, 2, 3, 4])),
  /** A megabyte of zeros in a kilobyte of zlib. */
  bomb: (connection) => connection.sendSealed(Buffer.concat([Buffer.from([2]), deflateSync(Buffer.alloc(1 << 20))])),
  /** Stanzas that are well formed and make no sense. */
  "unknown-tag": (connection) => connection.send(el("nonsense", { id: "1" }, [el("more", {}, "text")])),
  "message-without-id": (connection) => connection.send(el("message", { ...FROM, type: "text" })),
  "message-without-sender": (connection) => connection.send(el("message", { id: "3AFF", type: "text" })),
  "message-from-nowhere": (connection) =>
    connection.send(el("message", { ...FROM, from: "@", id: "3AFE", type: "text" })),
  "message-of-text": (connection) => connection.send(el("message", { ...FROM, id: "3AFD", type: "text" }, "not bytes")),
  "notification-without-child": (connection) =>
    connection.send(el("notification", { ...FROM, id: "1", type: "w:gp2" })),
  "receipt-without-id": (connection) => connection.send(el("receipt", FROM)),
  "call-without-offer": (connection) => connection.send(el("call", { ...FROM, id: "2" })),
  "result-of-nothing": (connection) =>
    connection.send(el("iq", { type: "result", id: "never-asked", from: "@s.whatsapp.net" })),
} as const satisfies Record<string, Sender>;

export type HostileFrame = keyof typeof FRAMES;

export const HOSTILE_FRAMES: readonly HostileFrame[] = Object.keys(FRAMES).filter(isHostileFrame);

export function hostileFrame(connection: DeviceConnection, kind: HostileFrame, random: Random): void {
  const send: Sender = FRAMES[kind];
  send(connection, random);
}

/** Whether a name is one of `HOSTILE_FRAMES`. */
export function isHostileFrame(name: string): name is HostileFrame {
  return name in FRAMES;
}
