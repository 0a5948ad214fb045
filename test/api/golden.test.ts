import { beforeAll, describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";
import type { Device } from "../../src/core/device/device.ts";
import { type TestBot, adminKey, startBot } from "../harness.ts";
import { Conformance } from "./conformance.ts";
import { describedApi } from "./described.ts";
import { type Exchange, differences, filled, parse } from "./transcript.ts";

const folder = join(import.meta.dir, "../golden");
const contact = "628123456789";

interface Noted {
  message_id?: string;
  bulk_id?: string | null;
  id?: string;
  secret?: string;
  key?: string;
  0?: { id: string; seq?: number | null };
}

/** Brings the bot to the state a transcript names, and back out of any other. */
class Stage {
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

  constructor(readonly bot: TestBot) {}

  async reach(state: string): Promise<void> {
    if (state === "myphone") return void (this.device = "myphone");
    const device = this.bot.workspace.device(this.device);
    const { phase } = device.status();
    if (state === "stopped") await device.stop();
    else if (state === "pairing") await this.bot.until(() => device.status().qr !== null, "a QR");
    else if (state === "connected" && phase !== "connected") await this.link(device);
    else if (state === "removed") await this.remove(device);
    else if (state === "linked, stopped") {
      await this.link(device);
      await device.stop();
    } else if (state === "sent") await device.outbox.settled(this.message, 5_000);
    else if (state !== "connected") throw new Error(`no state is called ${state}`);
  }

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
    return { ...known, bulk, "in an hour": soon, webhook, event, hook, ...this.place, ...this.#made() };
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

  async play(exchange: Exchange, conformance: Conformance): Promise<string[]> {
    const { method, path, headers, body, answer } = filled(exchange, this.values());
    const response = await fetch(`${this.bot.url}${path}`, { method, headers, ...(body === null ? {} : { body }) });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
    const said: unknown = isJson ? JSON.parse(text) : null;
    this.note((said as { data?: Noted } | null)?.data ?? {});
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

let conformance: Conformance;
beforeAll(() => {
  conformance = new Conformance(describedApi());
});

describe.each([...new Glob("*.http").scanSync(folder)].sort())("%s", (file) => {
  test("is what the bot says", async () => {
    await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback" } });
    bot.contact(contact);
    const stage = new Stage(bot);
    for (const exchange of parse(await Bun.file(join(folder, file)).text())) {
      if (exchange.state !== null) await stage.reach(exchange.state);
      expect(await stage.play(exchange, conformance), exchange.title).toEqual([]);
    }
  });
});
