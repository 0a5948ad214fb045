import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { User } from "../../accounts/user.ts";
import { addressingOf } from "../../wire/address.ts";
import { bytesOf, child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { keyIndexList } from "../../linking/device-list.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

type Protocol = (connection: DeviceConnection, user: User | undefined, asked: Stanza) => Stanza | undefined;

/** What a client may ask about users; texts are bytes, since a plain one would be packed as a JID or a number. */
const PROTOCOLS: Readonly<Record<string, Protocol>> = {
  devices: (connection, user, asked) => {
    const isHidden = user?.isListedByLidOnly && addressingOf(asked.attrs["jid"] ?? "") === "pn";
    if (isHidden) return el("devices", {}, [el("device-list")]);
    return user && deviceList(user, connection.network.now);
  },
  lid: (_, user) => user && el("lid", { val: user.jid("lid") }),
  contact: (_, user, asked) => el("contact", { type: user ? "in" : "out" }, bytesOf(child(asked, "contact"))),
  status: (connection, user) =>
    user && el("status", { t: connection.network.now }, Buffer.from(user.settings.get("status") ?? "")),
  text_status: (_, user) => user && el("text_status", { text: user.settings.get("status") }),
  picture: (_, user) => user?.picture && el("picture", { id: user.picture.id }),
  business: (_, user) => user?.business && el("business", {}, [verifiedName(user)]),
  disappearing_mode: (connection, user) => {
    const duration = user?.settings.get("disappearing") ?? "0";
    return el("disappearing_mode", { duration, t: connection.network.now });
  },
  username: () => undefined,
  bot: () => undefined,
};

/** `usync`: devices, LIDs and more of several users in one go. What is unknown of it fails alone. */
export const usync: QueryHandler = (connection, iq, request) => {
  const { sid, mode, context } = request?.attrs ?? {};
  const protocols = children(child(request, "query"));
  if (protocols.length === 0) {
    connection.complain("asked usync for nothing", iq);
    return refuse(connection, iq, 400, "bad-request");
  }
  const unknown = protocols.filter(({ tag }) => !PROTOCOLS[tag]).map(({ tag }) => tag);
  for (const tag of unknown) connection.complain(`asked usync for ${tag}`, iq);
  const users = children(child(request, "list"), "user").map((asked) => answer(connection, asked, protocols));
  const failed = [el("error", { code: "400", text: "bad-request" })];
  const results = protocols.map(({ tag }) => el(tag, {}, unknown.includes(tag) ? failed : undefined));
  const list = [el("result", {}, results), el("list", {}, users), el("side_list")];
  result(connection, iq, [el("usync", { sid, index: "0", last: "true", mode, context }, list)]);
};

function answer(connection: DeviceConnection, asked: Stanza, protocols: Stanza[]): Stanza {
  const phone = textOf(child(asked, "contact"))?.replaceAll(/\D/g, "");
  const { directory } = connection.network;
  const other = directory.otherForms.get(phone ?? "");
  const jid = other?.jid() ?? asked.attrs["jid"] ?? `${phone}@s.whatsapp.net`;
  const named = child(asked, "contact")?.attrs ?? {};
  if (named["username"] !== undefined) return byUsername(connection, asked, protocols);
  const found = directory.user(jid);
  const user = found?.isNumberless && addressingOf(jid) === "pn" ? undefined : found;
  const parts = protocols.flatMap(({ tag }) => PROTOCOLS[tag]?.(connection, user, asked) ?? []);
  const byLid = protocols.some(({ tag, attrs }) => tag === "contact" && attrs["addressing_mode"] === "lid");
  // Who is asked for by number is named by LID, and by number alone when there is no such account (whatsmeow user.go:182).
  if (user?.isNamedByLid && phone !== undefined) return el("user", { jid: user.jid("lid") }, parts);
  return el("user", byLid ? { jid: user?.jid("lid"), pn_jid: user?.jid() ?? jid } : { jid }, parts);
}

// Nobody goes by it, or not without the pin: then there is no JID in the answer.
function byUsername(connection: DeviceConnection, asked: Stanza, protocols: Stanza[]): Stanza {
  const { username = "", pin } = child(asked, "contact")?.attrs ?? {};
  const { directory } = connection.network;
  const user = directory.called(username, pin);
  const needsPin = !user && directory.users.some((one) => one.username === username);
  const contact = el("contact", { type: user ? "in" : needsPin ? undefined : "out", username });
  const others = protocols.filter(({ tag }) => tag !== "contact");
  const parts = user ? others.flatMap(({ tag }) => PROTOCOLS[tag]?.(connection, user, asked) ?? []) : [];
  return el("user", { jid: user?.jid("lid") }, [contact, ...parts]);
}

/** The certificate of a business's name. */
function verifiedName({ name }: User): Stanza {
  const details = proto.VerifiedNameCertificate.Details.encode({ serial: 1, issuer: "smb:wa", verifiedName: name });
  const certificate = proto.VerifiedNameCertificate.encode({ details: details.finish() }).finish();
  const attrs = { v: "1", verified_level: "unknown", serial: "1", host_storage: "1", actual_actors: "1" };
  return el("verified_name", { ...attrs, privacy_mode_ts: "0" }, certificate);
}

/** The devices of a user: the phone, and companions with the index of the key the phone signed. */
function deviceList(user: User, now: string): Stanza {
  const devices = user.devices.map((device) =>
    el("device", {
      id: String(device.id),
      "key-index": device.id === 0 ? undefined : String(device.id),
      is_hosted: device.hosted ? "true" : undefined,
    }),
  );
  return el("devices", {}, [el("device-list", {}, devices), keyIndexList(user, now)]);
}
