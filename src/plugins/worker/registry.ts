import type { CommandOptions } from "../../sdk/command.ts";
import type { MessageContext, Next } from "../../sdk/context.ts";
import type { EveryOptions, OutgoingDraft, OutgoingOptions, RouteRequest } from "../../sdk/bot.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import { type Pattern, readPattern } from "../contract/pattern.ts";
import { noSuch } from "../contract/meant.ts";
import { place } from "../contract/place.ts";
import type { Registered, Site } from "../contract/protocol.ts";
import { checkHandler, checkOptions } from "./command-options.ts";
import type { Beat } from "./rpc.ts";

interface At<H> {
  handler: H;
  site: number;
}
const verbs = ["GET", "POST", "PUT", "DELETE"];
type Handler<C> = (context: C) => unknown;

/** What `setup` made. Handlers take `never` here: the SDK's types have matched each to its context already. */
export class Registry {
  readonly commands: (At<Handler<never>> & { pattern: Pattern; options: CommandOptions })[] = [];
  readonly subscriptions: (At<Handler<never>> & { type: string })[] = [];
  readonly middleware: At<(context: MessageContext, next: Next) => unknown>[] = [];
  readonly answers = new Map<string, At<(context: MessageContext, carry: never) => unknown>>();
  readonly schedules: (At<Handler<{ at: Date }>> & { cron: string; options: EveryOptions })[] = [];
  readonly routes: (At<(ask: RouteRequest) => Response | Promise<Response>> & { method: string; path: string })[] = [];
  readonly hooks: (At<
    (draft: OutgoingDraft) => DraftContent | undefined | void | Promise<DraftContent | undefined | void>
  > & { onError: "pass" | "refuse" })[] = [];

  /** What runs when the plugin ends, last registered first. */
  readonly closings: At<() => unknown>[] = [];
  readonly sites: Site[] = [];

  constructor(
    readonly beat: Beat,
    readonly root: string,
  ) {}

  /** Remembers where in the plugin's files this call was made. */
  site(what: string): number {
    return this.sites.push({ what, ...place(new Error().stack ?? "", this.root) }) - 1;
  }

  command(pattern: string, options: CommandOptions, handler: Handler<never>): void {
    const read = readPattern(pattern);
    checkOptions(read.name, options);
    checkHandler(`command "${read.name}"`, handler, '({ reply }) => reply("hi")');
    if (this.commands.some((other) => other.pattern.name === read.name))
      throw new Error(`command "${read.name}" is registered twice`);
    this.commands.push({ pattern: read, options, handler, site: this.site(`command ${read.name}`) });
  }

  route(method: string, path: string, handler: (ask: RouteRequest) => Response | Promise<Response>): void {
    const what = `http ${method} ${path}`;
    if (!verbs.includes(method)) throw new Error(`http: takes ${verbs.join(", ")}, not ${JSON.stringify(method)}`);
    if (!path.startsWith("/")) throw new Error(`http: a path begins with /, e.g. "/${path}"`);
    this.routes.push({ method, path, ...this.at(what, handler, '() => new Response("hi")') });
  }

  hook(handler: Registry["hooks"][number]["handler"], options: OutgoingOptions = {}): void {
    const { onError = "pass", ...rest } = options;
    const [odd] = Object.keys(rest);
    if (odd !== undefined) throw new Error(`outgoing: ${noSuch("option", odd, ["onError"])}`);
    if (onError !== "pass" && onError !== "refuse")
      throw new Error(`outgoing: onError takes "pass" or "refuse", not ${JSON.stringify(onError)}`);
    this.hooks.push({ onError, ...this.at("outgoing", handler, "({ content }) => …") });
  }

  /** `what` names it in a fault, and where it was made. */
  at<H>(what: string, handler: H, example: string): At<H> {
    checkHandler(what, handler, example);
    return { handler, site: this.site(what) };
  }

  described(plugin: string): Registered {
    return {
      subscribedTo: [...new Set(this.subscriptions.map(({ type }) => type))],
      commands: this.commands.map(({ pattern, options }) => ({
        plugin,
        name: pattern.name,
        aliases: (options.aliases ?? []).map((alias) => alias.toLowerCase()),
        usage: pattern.usage,
        description: options.description ?? "",
        role: options.role ?? "anyone",
        chats: options.chats ?? null,
        hidden: options.hidden ?? false,
        guard: {
          ...(options.allow && { allow: [...options.allow] }),
          ...(options.cooldown !== undefined && { cooldown: options.cooldown }),
        },
      })),
      schedules: this.schedules.map(({ cron, options }) => ({ cron, options })),
      routes: this.routes.map(({ method, path }) => ({ method, path })),
      outgoing:
        this.hooks.length === 0 ? null : this.hooks.some(({ onError }) => onError === "refuse") ? "refuse" : "pass",
      sites: this.sites,
    };
  }
}
