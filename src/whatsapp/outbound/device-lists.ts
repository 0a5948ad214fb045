import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, jidDecode } from "@whiskeysockets/baileys";
import type { Clock } from "../../core/base/clock.ts";
import { hour } from "../../core/base/durations.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";
import { bare, isLid, phoneOf } from "../wire/jid.ts";
import type { ServerQueries } from "../wire/server-queries.ts";

/** WhatsApp tells what changes in a list; this is for what it did not. */
const freshMs = hour;
const mostLists = 20_000;
const mostHeard = 5_000;
/** People in one question. */
const mostAsked = 500;

interface DeviceList {
  readonly devices: readonly string[];
  readonly at: number;
}

export interface DeviceListPorts {
  queries: ServerQueries;
  clock: Clock;
  /** Two names of one person. */
  learn(lid: string, phoneJid: string): Promise<void>;
  /** The other name of a person, as far as it is known. */
  other(jid: string): Promise<string | null>;
}

/** Which devices people have: asked once, and forgotten with each sign that it is not so any more. */
export class DeviceLists {
  readonly #lists = new Map<string, DeviceList>();
  /** Devices that something came from since a list changed: they are no news. */
  readonly #heard = new Set<string>();

  readonly #ports: DeviceListPorts;

  constructor(ports: DeviceListPorts) {
    this.#ports = ports;
  }

  /** The devices of all these people, each by the name that was given. */
  async of(people: readonly string[]): Promise<string[]> {
    const wanted = [...new Set(people.map(bare))];
    const oldest = this.#ports.clock.monotonic() - freshMs;
    const unknown = wanted.filter((jid) => (this.#lists.get(jid)?.at ?? -Infinity) < oldest);
    for (let at = 0; at < unknown.length; at += mostAsked) await this.#ask(unknown.slice(at, at + mostAsked));
    return wanted.flatMap((jid) => this.#lists.get(jid)?.devices ?? []);
  }

  /**
   * Asks who has numbers that nobody wrote to yet, in one question with the devices. Resolves to the JID that WhatsApp has for
   * each, which in some countries is another number; null where there is nobody.
   */
  async lookUp(phoneJids: readonly string[]): Promise<Map<string, string | null>> {
    const found = new Map<string, string | null>();
    for (let at = 0; at < phoneJids.length; at += mostAsked) {
      const asked = phoneJids.slice(at, at + mostAsked);
      const users = await this.#usync(["contact", "lid", "devices"], asked.map(askedByNumber));
      for (const jid of asked) {
        const user = users.length === 1 && asked.length === 1 ? users[0] : users.find((one) => isAnswerTo(one, jid));
        found.set(jid, await this.#named(jid, user));
      }
    }
    return found;
  }

  async #named(phoneJid: string, user: BinaryNode | undefined): Promise<string | null> {
    if (!user || getBinaryNodeChild(user, "contact")?.attrs.type === "out") return null;
    const { jid = phoneJid, pn_jid: byNumber = jid } = user.attrs;
    const named = bare(byNumber);
    await this.#keep(named, user);
    // By LID alone: the number that was asked for is the only one that is known of the account.
    if (isLid(named) && (await this.#ports.other(named)) === null) await this.#ports.learn(named, phoneJid);
    return named;
  }

  /** Whether the devices of this person were asked for, by this name. */
  isListed(jid: string): boolean {
    return this.#lists.has(bare(jid));
  }

  /** The LID that a number has now; null when WhatsApp tells none. */
  async currentLid(phoneJid: string): Promise<string | null> {
    const [user] = await this.#usync(["lid"], [{ tag: "user", attrs: { jid: phoneJid } }]);
    const lid = getBinaryNodeChild(user, "lid")?.attrs.val ?? null;
    if (lid !== null) await this.#ports.learn(lid, phoneJid);
    return lid;
  }

  /** Something about somebody's devices changed. */
  async forget(jid: string): Promise<void> {
    const name = bare(jid);
    this.#drop(name);
    const other = await this.#ports.other(name);
    if (other !== null) this.#drop(bare(other));
  }

  /** A stanza came from a device: one that is not on the list shows that the list is old. */
  async heardFrom(device: string): Promise<void> {
    if (this.#heard.has(device)) return;
    this.#heard.add(device);
    dropOldest(this.#heard, mostHeard);
    const name = bare(device);
    for (const each of [name, await this.#ports.other(name)]) {
      const list = each === null ? undefined : this.#lists.get(bare(each));
      const number = jidDecode(device)?.device ?? 0;
      if (list && !list.devices.some((one) => (jidDecode(one)?.device ?? 0) === number)) await this.forget(name);
    }
  }

  /** Two names turned out to be one person's: what came from them concerns the list of either. */
  renamed(): void {
    this.#heard.clear();
  }

  /** Those who have no keys get nothing until the list is asked for again. */
  leaveOut(devices: readonly string[]): void {
    const gone = new Set(devices);
    for (const name of new Set(devices.map(bare))) {
      const list = this.#lists.get(name);
      if (list) this.#put(name, { ...list, devices: list.devices.filter((device) => !gone.has(device)) });
    }
  }

  #put(name: string, list: DeviceList): void {
    this.#lists.set(name, list);
    this.#heard.clear();
  }

  #drop(name: string): void {
    if (this.#lists.delete(name)) this.#heard.clear();
  }

  async #ask(people: readonly string[]): Promise<void> {
    const asked = people.map((jid) => ({ tag: "user", attrs: { jid } }));
    for (const user of await this.#usync(["devices", "lid"], asked)) await this.#keep(bare(user.attrs.jid ?? ""), user);
  }

  async #usync(protocols: readonly string[], users: BinaryNode[]): Promise<BinaryNode[]> {
    const query = protocols.map((tag) => ({ tag, attrs: versionOf(tag) }));
    const sid = `${Date.now()}`;
    const attrs = { sid, mode: "query", last: "true", index: "0", context: "message" };
    const content = [
      { tag: "query", attrs: {}, content: query },
      { tag: "list", attrs: {}, content: users },
    ];
    const answer = await this.#ports.queries.ask("usync", "get", [{ tag: "usync", attrs, content }]);
    return getBinaryNodeChildren(getBinaryNodeChild(getBinaryNodeChild(answer, "usync"), "list"), "user");
  }

  async #keep(name: string, user: BinaryNode): Promise<void> {
    const lid = getBinaryNodeChild(user, "lid")?.attrs.val;
    if (lid && !isLid(name)) await this.#ports.learn(lid, name);
    const listed = getBinaryNodeChildren(
      getBinaryNodeChild(getBinaryNodeChild(user, "devices"), "device-list"),
      "device",
    );
    const devices = listed.map(({ attrs }) => deviceOf(name, Number(attrs.id), attrs.is_hosted === "true"));
    // An empty list tells nothing: who is there has a phone.
    if (devices.length === 0) this.#drop(name);
    else this.#put(name, { devices, at: this.#ports.clock.monotonic() });
    dropOldest(this.#lists, mostLists);
  }
}

const askedByNumber = (phoneJid: string): BinaryNode => {
  const contact = { tag: "contact", attrs: {}, content: Buffer.from(`+${phoneOf(phoneJid) ?? ""}`) };
  return { tag: "user", attrs: {}, content: [contact] };
};

/** The answer says which number was asked for; without that, by the JID. */
function isAnswerTo(user: BinaryNode, phoneJid: string): boolean {
  const { content = "" } = getBinaryNodeChild(user, "contact") ?? {};
  const asked = Array.isArray(content) ? "" : Buffer.from(content).toString().replaceAll(/\D/g, "");
  return asked === "" ? bare(user.attrs.pn_jid ?? user.attrs.jid ?? "") === phoneJid : asked === phoneOf(phoneJid);
}

function deviceOf(person: string, number: number, isHosted: boolean): string {
  const [user = "", server = ""] = person.split("@");
  const hosted = server === "lid" ? "hosted.lid" : "hosted";
  return `${user}${number > 0 ? `:${number}` : ""}@${isHosted ? hosted : server}`;
}

const versionOf = (protocol: string): BinaryNode["attrs"] => (protocol === "devices" ? { version: "2" } : {});
