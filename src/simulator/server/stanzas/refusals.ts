import type { LinkedDevice } from "../../accounts/linked-device.ts";
import type { Network } from "../../network/network.ts";
import { isGroupAddress, parseAddress } from "../../wire/address.ts";
import { child, children, type Stanza } from "../../wire/stanza.ts";

/** What the server does with a message it does not take. */
export interface StanzaRefusal {
  /** The attributes of its ack; undefined when it drops the message without a word. */
  readonly ack: Readonly<Record<string, string>> | undefined;
  /** What the client did wrong, if it should have known. */
  readonly fault: string | undefined;
}

const TYPES = new Set(["text", "media", "reaction", "poll", "event"]);
const STATUS = "status@broadcast";
/** The namespace a JID's server belongs to. */
const NAMESPACES: Readonly<Record<string, "pn" | "lid">> = {
  "s.whatsapp.net": "pn",
  hosted: "pn",
  lid: "lid",
  "hosted.lid": "lid",
};

/** Why WhatsApp does not take a message for the way its stanza is made; undefined when it does. */
export function refusalOf(network: Network, device: LinkedDevice, message: Stanza): StanzaRefusal | undefined {
  const { to = "" } = message.attrs;
  if (message.attrs["category"] === "peer") return undefined;
  const shape = shapeFault(message);
  if (shape) return shape;
  if (to === STATUS) return statusFault(network, device, message);
  if (isGroupAddress(to)) return staleGroup(network, message, to);
  return addressFault(network, device, message, to);
}

function shapeFault(message: Stanza): StanzaRefusal | undefined {
  const { type = "" } = message.attrs;
  const named = namedIn(message);
  const participants = child(message, "participants");
  if (!TYPES.has(type)) return refused("400", `sent a message of the type ${type}, which there is not`);
  if (participants && named.length === 0)
    return { ack: {}, fault: "sent a message whose participants are empty, so nobody gets it" };
  if (child(message, "tctoken") && child(message, "cstoken"))
    return { ack: {}, fault: "sent a tctoken and a cstoken, of which a message has one" };
  if (new Set(named).size < named.length) return refused("400", "named a device twice in one message");
  if (type !== "media") return undefined;
  if (child(message, "biz")) return refused("479", "sent a biz child with the type media");
  const encs = [...children(message, "enc"), ...children(participants, "to").flatMap((one) => children(one, "enc"))];
  const isMarked = encs.length === 0 || encs.some((enc) => enc.attrs["mediatype"] !== undefined);
  return isMarked ? undefined : { ack: undefined, fault: "sent media without mediatype, which is dropped" };
}

function statusFault(network: Network, device: LinkedDevice, message: Stanza): StanzaRefusal | undefined {
  const { type, edit, addressing_mode: mode } = message.attrs;
  if (mode !== undefined) return refused("479", "sent a status with addressing_mode");
  const isPost = type !== "reaction" && edit !== "7" && edit !== "8";
  if (!isPost && child(message, "meta")?.attrs["status_setting"] !== undefined)
    return refused("479", "sent a meta with a reaction to a status, or its deletion");
  const byNumber = namedIn(message).some((jid) => namespaceOf(jid) === "pn");
  if (byNumber && network.isMigrated(device.user)) return refused("479", "sent a status to people by their numbers");
  return undefined;
}

// Not a fault: the group may have moved meanwhile. The client asks for its members and sends once more.
function staleGroup(network: Network, message: Stanza, to: string): StanzaRefusal | undefined {
  const group = network.groups.get(to);
  if (!group) return undefined;
  const mode = message.attrs["addressing_mode"];
  const strays = namedIn(message).some((jid) => namespaceOf(jid) !== group.addressing);
  if (!strays && (mode === undefined || mode === group.addressing)) return undefined;
  return { ack: { error: "421", addressing_mode: group.addressing }, fault: undefined };
}

// Which of the two names is taken is a property of the sending account; a client may have to learn it.
function addressFault(network: Network, device: LinkedDevice, message: Stanza, to: string): StanzaRefusal | undefined {
  const names = new Set([to, ...namedIn(message)].map(namespaceOf));
  if (names.size > 1) return refused("400", "mixed numbers and LIDs in one message");
  const [name] = names;
  const migrated = network.isMigrated(device.user);
  if (migrated === undefined || name === undefined) return undefined;
  if (migrated && name === "pn") return { ack: { error: "463" }, fault: undefined };
  return !migrated && name === "lid" ? { ack: { error: "400" }, fault: undefined } : undefined;
}

function refused(error: string, fault: string): StanzaRefusal {
  return { ack: { error }, fault };
}

function namedIn(message: Stanza): string[] {
  return children(child(message, "participants"), "to").flatMap((one) => one.attrs["jid"] ?? []);
}

function namespaceOf(jid: string): "pn" | "lid" | undefined {
  return NAMESPACES[parseAddress(jid)?.server ?? ""];
}
