import { proto } from "@whiskeysockets/baileys/WAProto/index.js";
import type { MessageContent } from "../../content/content.ts";
import { rawPublic } from "../../crypto/curve.ts";
import { pad } from "../../signal/padding.ts";
import { SenderKey } from "../../signal/sender-key.ts";
import { type Ciphertext, Sessions } from "../../signal/session.ts";
import { bytesOf, child, children, el, numberOf, type Stanza } from "../../wire/stanza.ts";
import type { ControlClient } from "./client.ts";

/** How the control client writes: the right stanza, for a test to spoil before it leaves. */
export class ControlOutbox {
  readonly #client: ControlClient;
  readonly #sessions = new Map<string, Sessions>();
  readonly senderKey: SenderKey;

  constructor(client: ControlClient) {
    this.#client = client;
    this.senderKey = new SenderKey(client.random);
  }

  /** A session with a device, made of a bundle of the server's; the same bundle again makes it anew. */
  async session(jid: string, { anew }: { anew?: Stanza } = {}): Promise<Sessions> {
    const known = this.#sessions.get(jid);
    if (known && !anew) return known;
    const sessions = new Sessions(this.#client.keys, this.#client.random);
    sessions.open(bundleOf(anew ?? (await this.bundle(jid))));
    this.#sessions.set(jid, sessions);
    return sessions;
  }

  async bundle(jid: string): Promise<Stanza> {
    const keys = [el("key", {}, [el("user", { jid })])];
    const answer = await this.#client.ask({ type: "get", xmlns: "encrypt" }, keys);
    const [user] = children(child(answer, "list"), "user");
    if (!user) throw new Error(`no keys of ${jid}`);
    return user;
  }

  async seal(jid: string, content: MessageContent): Promise<Ciphertext> {
    const plain = pad(proto.Message.encode(content).finish(), this.#client.random);
    return (await this.session(jid)).encrypt(plain);
  }

  /** A one-to-one message by LID: to the other's phone, a copy to the own. */
  async direct(
    to: string,
    content: MessageContent,
    marks: { type: string; mediatype?: string } = { type: "text" },
  ): Promise<Stanza> {
    const { type, mediatype } = marks;
    const own = this.#client.lid.replace(/:\d+@/, "@");
    const copy = { deviceSentMessage: { destinationJid: to, message: content } };
    const encs = [
      el("to", { jid: to }, [encOf(await this.seal(to, content), mediatype)]),
      el("to", { jid: own }, [encOf(await this.seal(own, copy), mediatype)]),
    ];
    const identity = el("device-identity", {}, this.#client.deviceIdentity ?? Buffer.alloc(0));
    return el("message", { id: this.#client.newId(), to, type }, [el("participants", {}, encs), identity]);
  }

  /** A message by sender key to a group or as a status; the key goes to each of `members`. */
  async shared(to: string, members: readonly string[], content: MessageContent): Promise<Stanza> {
    const axolotlSenderKeyDistributionMessage = this.senderKey.distribution();
    const told = { senderKeyDistributionMessage: { groupId: to, axolotlSenderKeyDistributionMessage } };
    const named: Stanza[] = [];
    for (const jid of members) named.push(el("to", { jid }, [encOf(await this.seal(jid, told))]));
    const plain = pad(proto.Message.encode(content).finish(), this.#client.random);
    const skmsg = el("enc", { v: "2", type: "skmsg" }, this.senderKey.encrypt(plain));
    const identity = el("device-identity", {}, this.#client.deviceIdentity ?? Buffer.alloc(0));
    const participants = named.length > 0 ? [el("participants", {}, named)] : [];
    return el("message", { id: this.#client.newId(), to, type: "text" }, [...participants, skmsg, identity]);
  }
}

export function encOf({ type, bytes }: Ciphertext, mediatype?: string): Stanza {
  return el("enc", { v: "2", type, mediatype }, bytes);
}

function bundleOf(user: Stanza) {
  const skey = child(user, "skey");
  const key = child(user, "key");
  const part = (stanza: Stanza | undefined, tag: string) => bytesOf(child(stanza, tag)) ?? Buffer.alloc(0);
  return {
    registrationId: numberOf(child(user, "registration")) ?? 0,
    identity: rawPublic(part(user, "identity")),
    signedPreKey: {
      id: numberOf(child(skey, "id")) ?? 0,
      key: rawPublic(part(skey, "value")),
      signature: part(skey, "signature"),
    },
    preKey: key && { id: numberOf(child(key, "id")) ?? 0, key: rawPublic(part(key, "value")) },
  };
}
