import { draftContext, draftOptions } from "../../core/model/content/draft.ts";
import { asFailure, assertNever, Failure } from "../../core/base/failure.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import { Bucket } from "../../core/policy/pace.ts";
import { recipient } from "../../core/model/recipient.ts";
import { Bodies } from "./bodies.ts";
import type { PluginFault } from "../contract/fault.ts";
import { noSuch } from "../contract/meant.ts";
import { Permissions } from "./permissions.ts";
import type { RpcCall, Manifest, Method, Work } from "../contract/protocol.ts";
import { placeOf, type Questions } from "./questions.ts";
import { isMessage } from "../contract/said.ts";
import type { PluginServices } from "../contract/services.ts";
import type { CommandInfo, OutgoingDraft, PluginInfo, Role, Sent } from "../contract/words.ts";

/** What the door needs of the host behind it. */
export interface HostServices {
  services: PluginServices;
  questions: Questions;
  roleOf(work: Work): Promise<Role>;
  /** Of those plugins that are on where the work happens. */
  commands(work: Work | null): { prefixes: string[]; commands: CommandInfo[] };
  plugins: {
    list(): PluginInfo[];
    /** `chat`: only there; null is everywhere. */
    enable(name: string, chat: string | null): Promise<void>;
    disable(name: string, chat: string | null): Promise<void>;
    uninstall(name: string, options: { keepData: boolean }): Promise<void>;
  };
  /** Whether this plugin may act on this device. */
  isOn(plugin: string, device: string): boolean;
  /** null takes the chat's choice back. */
  speak(event: BotEvent<"message.received">, language: string | null): Promise<void>;
  /** What the outgoing hooks of the other plugins make of it; throws `refused` when one stops it. */
  outgoing(draft: OutgoingDraft): Promise<DraftContent>;
  /** A handler without a delivery failed. */
  faulted(plugin: string, fault: PluginFault): void;
}

const sends = { burst: 30, perSecond: 2, patience: 300 };
const shows = { burst: 20, perSecond: 2 };
const largestValue = 64 * 1024;
/** What a draft may say beside its content; and what the SDK calls some of it. */
const options = [...Object.keys(draftContext), ...Object.keys(draftOptions)];
const spoken: Record<string, string> = { reply_to: "quote", send_at: "at" };
type ArgsOf<M extends Method> = Extract<RpcCall, { method: M }>["args"];

/** The only way from a plugin to the bot: permissions and limits are asked here, on every call. */
export class PluginApi {
  readonly #permissions: Permissions;
  readonly #bodies: Bodies;
  readonly #sends: Bucket;
  readonly #shows: Bucket;
  #refused = 0;

  constructor(
    readonly manifest: Manifest,
    readonly host: HostServices,
    /** Called when the plugin does not take no for an answer. */
    readonly onFlood: (message: string) => void,
  ) {
    this.#permissions = new Permissions(manifest.name, manifest.permissions);
    this.#bodies = new Bodies(this.#permissions, host.services.fetch);
    this.#sends = new Bucket(sends, host.services.clock.monotonic());
    this.#shows = new Bucket(shows, host.services.clock.monotonic());
  }

  async serve(call: RpcCall, work: Work | null): Promise<unknown> {
    const { host, manifest } = this;
    switch (call.method) {
      case "send":
        return this.#send(call.args, work);
      case "typing":
        return this.#typing(call.args, work);
      case "speak":
        return host.speak(messageOf(work, "speak"), call.args);
      case "ask":
        return this.#ask(call.args, work);
      case "role":
        return work ? host.roleOf(work) : "anyone";
      case "store.get":
        return host.services.data.get(manifest.name, this.#key(call.args));
      case "store.set":
        return this.#set(call.args);
      case "store.delete":
        return host.services.data.delete(manifest.name, this.#key(call.args));
      case "store.list":
        return this.#list(call.args);
      case "fetch":
        return this.#bodies.fetch(call.args);
      case "fetch.read":
        return this.#bodies.read(call.args);
      case "fetch.cancel":
        return this.#bodies.cancel(call.args);
      case "media":
        return this.#media(call.args, work);
      case "groups.members":
        this.#permissions.need("groups");
        return this.#groups().members(call.args.device ?? "default", call.args.group);
      case "groups.change": {
        this.#permissions.need("groups");
        const { device, group, action, members } = call.args;
        return this.#act("group.members", device ?? "default", () =>
          this.#groups().change(device ?? "default", group, action, members),
        );
      }
      case "commands":
        return host.commands(work);
      case "plugins.list":
        return host.plugins.list();
      case "plugins.enable":
      case "plugins.disable":
      case "plugins.uninstall":
        return this.#administer(call);
      case "sleep":
        return this.#sleep(call.args);
      case "now":
        return host.services.clock.now();
      default:
        return assertNever(call);
    }
  }

  #administer(call: Extract<RpcCall, { method: "plugins.enable" | "plugins.disable" | "plugins.uninstall" }>) {
    this.#permissions.need("admin");
    const { plugins } = this.host;
    const { name } = call.args;
    switch (call.method) {
      case "plugins.enable":
        return this.#act("plugin.enable", name, () => plugins.enable(name, call.args.chat));
      case "plugins.disable":
        return this.#act("plugin.disable", name, () => plugins.disable(name, call.args.chat));
      case "plugins.uninstall":
        return this.#act("plugin.uninstall", name, () => plugins.uninstall(name, { keepData: call.args.keepData }));
      default:
        return assertNever(call);
    }
  }

  async close(): Promise<void> {
    await this.#bodies.close();
  }

  async #send({ to, content, context, device, key }: ArgsOf<"send">, work: Work | null): Promise<Sent> {
    const odd = Object.keys(context).find((option) => !options.includes(option));
    if (odd !== undefined) {
      const known = [...options.filter((option) => !spoken[option]), ...Object.values(spoken), "device", "key"];
      throw new Failure("invalid", `send: ${noSuch("option", odd, known)}`, { field: odd });
    }
    const from = this.#from(device, to, work);
    this.#spend();
    const { services } = this.host;
    const passed = await this.host.outgoing({ device: from, to, content, plugin: this.manifest.name });
    try {
      const once = `plugin:${this.manifest.name}:${key}`.slice(0, 200);
      return await this.#act("message.send", from, () =>
        services.send(from, { ...context, to, content: passed }, once),
      );
    } catch (thrown) {
      // Said already, in other words, before a redelivery: once is enough.
      if (thrown instanceof Failure && thrown.code === "idempotency_conflict") return { id: "", chat: to };
      throw thrown;
    }
  }

  /** Does what changes something, and has it written down. */
  async #act<T>(action: string, subject: string, work: () => Promise<T>): Promise<T> {
    const done = await work();
    this.host.services.acted?.(this.manifest.name, action, subject);
    return done;
  }

  /** The device that acts in the chat `to`, if it may. */
  #from(device: string | null, to: string, work: Work | null): string {
    const event = work?.kind === "event" ? work.event : null;
    const answering = event && (device ?? event.device) === event.device ? placeOfEvent(event) : null;
    this.#permissions.needSend(to, answering);
    const from = device ?? "default";
    const { name } = this.manifest;
    if (!this.host.isOn(name, from)) throw new Failure("forbidden", `${name} is not on on the device "${from}".`);
    return from;
  }

  /** Too much of it is left out, and a handler does not fail when it cannot be shown: it is an ornament. */
  async #typing({ to, state, device }: ArgsOf<"typing">, work: Work | null): Promise<null> {
    const from = this.#from(device, to, work);
    const { services } = this.host;
    if (!["composing", "recording", "paused"].includes(state))
      throw new Failure("invalid", `typing takes composing, recording or paused, not "${state}".`, { field: "state" });
    if (this.#shows.take(services.clock.monotonic()) > 0) return null;
    await services
      .typing?.(from, recipient(to), state)
      .catch((thrown: unknown) =>
        services.log.debug({ plugin: this.manifest.name, code: asFailure(thrown).code }, "typing was not shown"),
      );
    return null;
  }

  async #ask({ question, key, answer, carry, seconds }: ArgsOf<"ask">, work: Work | null): Promise<null> {
    const event = messageOf(work, "ask");
    const { data } = event;
    if (JSON.stringify(carry ?? null).length > 16 * 1024)
      throw new Failure("too_large", "ask: carry takes at most 16 KB.");
    const device = event.device ?? "default";
    await this.host.questions.ask(this.manifest.name, placeOf(device, data), { name: answer, carry }, seconds);
    await this.#send({ to: data.chat, content: question, context: {}, device, key }, work);
    return null;
  }

  #spend(): void {
    if (this.#sends.take(this.host.services.clock.monotonic()) === 0) {
      this.#refused = 0;
      return;
    }
    if (++this.#refused === sends.patience) this.onFlood(`kept sending after ${sends.patience} refusals`);
    throw new Failure(
      "rate_limited",
      `${this.manifest.name} sends too fast: ${sends.burst} at once, then ${sends.perSecond} a second.`,
    );
  }

  #key(key: unknown): string {
    this.#permissions.need("store");
    if (typeof key !== "string" || key.startsWith("$") || key.length > 256)
      throw new Failure("invalid", "store: a key takes at most 256 characters and does not begin with $.", {
        field: "key",
      });
    return key;
  }

  async #set({ key, value }: ArgsOf<"store.set">): Promise<null> {
    const json = JSON.stringify(value) as string | undefined;
    if (json === undefined)
      throw new Failure("invalid", "store: a value is anything JSON can say; use delete to remove.", {
        field: "value",
      });
    if (json.length > largestValue)
      throw new Failure("too_large", "store: a value takes at most 64 KB as JSON.", { field: "value" });
    await this.host.services.data.set(this.manifest.name, this.#key(key), value);
    return null;
  }

  async #list(prefix: string) {
    this.#key(prefix);
    return this.host.services.data.list(this.manifest.name, prefix, 1000);
  }

  /** A file of the message that is handled is its to read: it was sent to it, as it were. */
  async #media(id: string, work: Work | null) {
    const { services } = this.host;
    const handled = work?.kind !== "event" ? null : work.match.by === "burst" ? work.match.events : work.event.data;
    if (!JSON.stringify(handled).includes(JSON.stringify(id))) this.#permissions.need("media");
    if (!services.media) throw new Failure("unavailable", "This bot has no files.");
    return services.media(id);
  }

  #groups() {
    const { groups } = this.host.services;
    if (!groups) throw new Failure("unavailable", "This bot has no groups.");
    return groups;
  }

  #sleep(seconds: number): Promise<null> {
    if (!(seconds >= 0 && seconds <= 300))
      throw new Failure("invalid", "sleep takes 0 to 300 seconds.", { field: "seconds" });
    const { promise, resolve } = Promise.withResolvers<null>();
    this.host.services.clock.after(seconds * 1000, () => resolve(null));
    return promise;
  }
}

function messageOf(work: Work | null, method: string): BotEvent<"message.received"> {
  if (work?.kind !== "event" || !isMessage(work.event))
    throw new Failure("invalid", `${method} works while a message is handled.`);
  return work.event;
}

/** Where an event happened: writing there is answering. */
function placeOfEvent({ data }: BotEvent): string | null {
  if ("chat" in data && typeof data.chat === "string") return data.chat;
  return "group" in data && typeof data.group === "string" ? data.group : null;
}
