import type { Device } from "../../src/core/device/device.ts";
import type { SimulatedContact } from "../../src/simulator/index.ts";
import { adminKey, type TestBot } from "../harness.ts";
import type { Conformance } from "./conformance.ts";
import { picture } from "../files.ts";
import { differences, type Exchange, filled } from "./transcript.ts";

const contact = "628123456789";
const business = {
  description: "Pigeons of all sorts",
  categories: ["Pet store"],
  email: "ann@example.com",
  websites: ["https://example.com"],
  address: "Jl. Merpati 1",
  hours: { timezone: "Asia/Jakarta", days: [{ day: "mon", open: 480, close: 1_020 }] },
};

const ofAllSorts = `export default {
  name: "sorts",
  description: "Has one of each.",
  version: "1.2.0",
  permissions: ["store", "http"],
  async setup({ command, on, http, every, store }) {
    command("sort <what:text>", { description: "Sorts it" }, () => {});
    on("group.members", () => {});
    http("GET", "/state", () => new Response("well"));
    every("0 9 * * *", { zone: "Asia/Jakarta" }, () => {});
    await store.set("greeting", { text: "Hello" });
  },
};`;

interface Noted {
  message_id?: string;
  bulk_id?: string | null;
  id?: string;
  secret?: string;
  key?: string;
  0?: { id: string; seq?: number | null };
}

/** Brings the bot to the state a transcript names, and back out of any other. */
export class Stage {
  /** The device that the transcript is about. */
  device: string = "default";
  message = "";
  bulk = "";
  /** What the last answer made: a key and its id. */
  made = { key: "", id: "" };
  webhook = "";
  event = "";
  /** The channel and the group that were made last. */
  place: { channel?: string; group?: string } = {};

  readonly #ann: SimulatedContact;
  /** What happened in the world outside: `{{their message}}`, `{{media}}`. */
  readonly #heard: Record<string, string> = {};

  constructor(readonly bot: TestBot) {
    this.#ann = bot.contact(contact);
  }

  async reach(state: string): Promise<void> {
    if (state === "myphone") return void (this.device = "myphone");
    const happening = this.#happenings[state];
    if (happening) return happening();
    const device = this.bot.workspace.device(this.device);
    const { phase } = device.status();
    if (state === "stopped") await device.stop();
    else if (state === "pairing")
      await this.bot.until(() => device.status().qr !== null && device.status().phase === "pairing", "a QR");
    else if (state === "connected" && phase !== "connected") await this.link(device);
    else if (state === "removed") await this.remove(device);
    else if (state === "linked, stopped") {
      await this.link(device);
      await device.stop();
    } else if (state === "sent") await device.outbox.settled(this.message, 5_000);
    else if (state !== "connected") throw new Error(`no state is called ${state}`);
  }

  /** What people do. */
  readonly #happenings: Readonly<Record<string, () => Promise<void>>> = {
    "a plugin of all sorts": () => this.bot.install("sorts.ts", ofAllSorts),
    "ann wrote": async () => {
      const said = await this.#ann.says("Is the shop open?", { to: this.bot.phone });
      this.#heard["their message"] = (
        await this.bot.next("message.received", ({ data }) => data.id === said.id)
      ).data.id;
    },
    "ann sent a picture": async () => {
      const { id } = await this.#ann.sends({ kind: "image", bytes: await picture() }, { to: this.bot.phone });
      const { content } = (await this.bot.next("message.received", ({ data }) => data.id === id)).data;
      if ("media_id" in content) this.#heard["media"] = content.media_id;
    },
    "ann has a business": async () => {
      this.#ann.opensBusiness(business);
    },
    "ann can be let in": async () => {
      const group = this.bot.sim.group("Pigeon race", [this.bot.phone]);
      group.asksApproval(true);
      await this.bot.next("group.joined", ({ data }) => data.group === group.id);
      this.place = { ...this.place, group: group.id };
      group.join(this.#ann);
      await this.bot.next("group.join_request");
    },
    room: async () =>
      void (await this.bot.call("PATCH", "/v1/admin/tenants/default", { limits: { queued_messages: null } })),
    "ann has a group": async () => {
      this.#heard["invite"] = this.bot.sim.group("Open house", [this.#ann]).inviteCode;
    },
    "ann refuses groups": async () => this.#ann.refusesGroups(),
    "a passkey is asked for": async () => {
      this.bot.phone.hasPasskey();
      const { qr } = await this.bot.device.qr();
      this.bot.phone.scan(qr).catch(() => {});
      await this.bot.next("device.passkey_stage", ({ data }) => data.stage === "signature");
    },
    "ann calls": async () => {
      const call = this.#ann.calls({ to: this.bot.phone });
      await this.bot.next("call.received");
      this.#heard["call"] = call.id;
    },
    "ann's channel": async () => {
      const channel = this.bot.sim.channel("Pigeon news", { by: this.#ann, followers: [] });
      this.#heard["channel code"] = channel.invite;
    },
  };

  /** On the phone; `default` shows a QR again by itself. */
  async remove(device: Device): Promise<void> {
    if (device.status().phase !== "connected") await this.link(device);
    await this.bot.phone.unlink();
    const again = device.id === "default" ? "pairing" : "logged_out";
    const over = () => device.status().unlinked?.reason === "revoked" && device.status().phase === again;
    await this.bot.until(over, "the device to be removed");
  }

  async link(device: Device): Promise<void> {
    await this.bot.until(() => device.status().qr !== null || device.status().pairingCode !== null, "a QR or a code");
    const { qr, pairingCode } = device.status();
    if (pairingCode) await this.bot.phone.enterCode(pairingCode.code);
    else if (qr) await this.bot.phone.scan(qr.qr);
    await this.bot.until(() => device.status().phase === "connected", "the device to be connected");
  }

  values(): Record<string, string> {
    const phone = this.bot.phone.number;
    const { message, bulk, webhook, event } = this;
    const hook = this.bot.receiver.url;
    const known = { key: adminKey, contact, "contact jid": `${contact}@s.whatsapp.net`, phone, message };
    const soon = String(Math.floor(Date.now() / 1000) + 3_600);
    return { ...known, ...this.#heard, bulk, "in an hour": soon, webhook, event, hook, ...this.place, ...this.#made() };
  }

  /** Ids that later requests need. */
  note(data: Noted): void {
    this.message = data.message_id ?? this.message;
    this.bulk = data.bulk_id ?? this.bulk;
    if (data.key !== undefined) this.made = { key: data.key, id: data.id ?? "" };
    if (data.secret !== undefined && data.id !== undefined) this.webhook = data.id;
    if (data.id?.endsWith("@newsletter")) this.place.channel = data.id;
    if (data.id?.endsWith("@g.us")) this.place.group = data.id;
    if (typeof data[0]?.seq === "number") this.event = data[0].id;
  }

  #made = () => ({ "made key": this.made.key, "made id": this.made.id });

  /** Makes the call of an exchange, and remembers what its answer names. */
  async ask(exchange: Exchange): Promise<{ response: Response; text: string; said: unknown }> {
    const { method, path, headers, body } = filled(exchange, this.values());
    const response = await fetch(`${this.bot.url}${path}`, { method, headers, ...(body === null ? {} : { body }) });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const said: unknown = isJson ? JSON.parse(text) : null;
    this.note((said as { data?: Noted } | null)?.data ?? {});
    return { response, text, said };
  }

  /** Where an answer is not the one of the transcript, or not what OpenAPI says. */
  async play(exchange: Exchange, conformance: Conformance): Promise<string[]> {
    const { method, path, answer } = filled(exchange, this.values());
    const { response, text, said } = await this.ask(exchange);
    const isJson = said !== null;
    const fault = conformance.fault(method, path, response, said);
    const heads = Object.entries(answer.headers).filter(([name, value]) => response.headers.get(name) !== value);
    return [
      ...(response.status === answer.status ? [] : [`status ${response.status} instead of ${answer.status}: ${text}`]),
      ...(fault === null ? [] : [`OpenAPI says otherwise: ${fault}`]),
      ...heads.map(([name, value]) => `${name}: ${response.headers.get(name)} instead of ${value}`),
      ...(isJson || answer.body !== null ? differences(answer.body, said) : []),
    ];
  }
}
