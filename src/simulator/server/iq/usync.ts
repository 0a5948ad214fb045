import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../../accounts/user.ts";
import { child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import type { Connection } from "../../network/connection.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

type Protocol = (connection: Connection, user: User | undefined, asked: Stanza) => Stanza | undefined;

/** What a client may ask about users. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  devices: (connection, user) => user && deviceList(user, connection.network.now),
  lid: (_, user) => user && el("lid", { val: user.jid("lid") }),
  contact: (_, user, asked) => el("contact", { type: user ? "in" : "out" }, phoneOf(asked)),
  status: (connection, user) => user && el("status", { t: connection.network.now }, user.settings.get("status") ?? ""),
  disappearing_mode: (connection, user) => {
    const duration = user?.settings.get("disappearing") ?? "0";
    return el("disappearing_mode", { duration, t: connection.network.now });
  },
  username: () => undefined,
  bot: () => undefined,
};

/** `usync`: devices, LIDs and more of several users in one go. */
export const usync: QueryHandler = (connection, iq, request) => {
  const { sid, mode, context } = request?.attrs ?? {};
  const protocols = children(child(request, "query")).map((one) => one.tag);
  const unknown = protocols.find((name) => !PROTOCOLS[name]);
  if (unknown !== undefined || protocols.length === 0) {
    connection.complain(`asked usync for ${unknown ?? "nothing"}`, iq);
    return refuse(connection, iq, 400, "bad-request");
  }
  const users = children(child(request, "list"), "user").map((asked) => answer(connection, asked, protocols));
  const list = [
    el(
      "result",
      {},
      protocols.map((name) => el(name)),
    ),
    el("list", {}, users),
    el("side_list"),
  ];
  result(connection, iq, [el("usync", { sid, index: "0", last: "true", mode, context }, list)]);
};

function answer(connection: Connection, asked: Stanza, protocols: string[]): Stanza {
  const phone = phoneOf(asked)?.replaceAll(/\D/g, "");
  const { directory } = connection.network;
  const other = directory.otherForms.get(phone ?? "");
  const jid = other?.jid() ?? asked.attrs["jid"] ?? `${phone}@s.whatsapp.net`;
  const user = directory.user(jid);
  const parts = protocols.flatMap((name) => PROTOCOLS[name]?.(connection, user, asked) ?? []);
  return el("user", { jid }, parts);
}

function phoneOf(asked: Stanza): string | undefined {
  return textOf(child(asked, "contact"));
}

/** The devices of a user: the phone, and companions with the index of the key the phone signed. */
function deviceList(user: User, now: string): Stanza {
  const devices = user.devices.map((device) =>
    el("device", { id: String(device.id), "key-index": device.id === 0 ? undefined : String(device.id) }),
  );
  const validIndexes = user.devices.map((device) => device.id);
  const details = proto.ADVKeyIndexList.encode({
    rawId: 1,
    currentIndex: Math.max(...validIndexes),
    validIndexes,
  }).finish();
  const signed = proto.ADVSignedKeyIndexList.encode({ details }).finish();
  return el("devices", {}, [el("device-list", {}, devices), el("key-index-list", { ts: now }, signed)]);
}
