import type { CommandOptions } from "../../sdk/command.ts";
import type { MessageContext, Next } from "../../sdk/context.ts";
import type { BurstOptions, EveryOptions, OutgoingDraft, OutgoingOptions, RouteRequest } from "../../sdk/bot.ts";
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

  burst: (At<Handler<never>> & NonNullable<Registered["burst"]>) | null = null;

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

  gather(options: BurstOptions, handler: Handler<never>): void {
    if (this.burst !== null) throw new Error("burst is registered twice: a plugin has one");
    const { pause = 3, longest = Math.min(10 * pause, 300), most = 100, ...rest } = options;
    const [odd] = Object.keys(rest);
    if (odd !== undefined) throw new Error(`burst: ${noSuch("option", odd, ["pause", "longest", "most"])}`);
    if (!(pause >= 0.2 && pause <= 60)) throw new Error("burst: pause takes 0.2 to 60 seconds");
    if (!(longest >= pause && longest <= 300)) throw new Error("burst: longest takes the pause to 300 seconds");
    if (!(Number.isInteger(most) && most >= 1 && most <= 100)) throw new Error("burst: most takes 1 to 100 messages");
    const rule = { pause: Math.round(pause * 1_000), longest: Math.round(longest * 1_000), most };
    this.burst = { ...rule, ...this.at("burst", handler, "({ messages, reply }) => …") };
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
      burst: this.burst && { pause: this.burst.pause, longest: this.burst.longest, most: this.burst.most },
      outgoing:
        this.hooks.length === 0 ? null : this.hooks.some(({ onError }) => onError === "refuse") ? "refuse" : "pass",
      sites: this.sites,
    };
  }
}
