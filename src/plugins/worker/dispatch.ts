import type { MessageContext } from "../../sdk/context.ts";
import { assertNever } from "../../core/base/failure.ts";
import { Refusal } from "../../sdk/refusal.ts";
import { parseArgs } from "../contract/pattern.ts";
import type { Match, WireResponse, Work } from "../contract/protocol.ts";
import { isMessage } from "../contract/said.ts";
import { burstOf, contextOf } from "./context.ts";
import type { Texts } from "../contract/words.ts";
import type { Registry } from "./registry.ts";

/** A Refusal of the plugin's own is an answer, not a fault. */
async function worded(message: MessageContext, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (thrown) {
    if (!(thrown instanceof Refusal) || thrown.code !== "said") throw thrown;
    await message.reply(thrown.message);
  }
}

type Step = { site: number; run: () => unknown };

/** Hands one piece of work to the handlers it is for, one after the other. */
export class HandlerDispatch {
  constructor(
    readonly registry: Registry,
    readonly texts: Texts,
  ) {}

  async run(work: Work): Promise<unknown> {
    switch (work.kind) {
      case "event":
        return this.#event(work);
      case "schedule": {
        const schedule = this.registry.schedules[work.index];
        if (schedule) await this.#step({ site: schedule.site, run: () => schedule.handler({ at: new Date(work.at) }) });
        return null;
      }
      case "http":
        return this.#http(work);
      case "outgoing":
        return this.#outgoing(work);
      default:
        return assertNever(work);
    }
  }

  async #event({ event, match, languages }: Extract<Work, { kind: "event" }>): Promise<null> {
    const around = { texts: this.texts, languages, answers: [...this.registry.answers.keys()] };
    const context = match.by === "burst" ? burstOf(match.events, around) : contextOf(event, around);
    const raw = match.by === "burst" ? [] : this.#subscriptions(event.type, context);
    if (!isMessage(event)) {
      for (const step of raw) await this.#step(step);
      return null;
    }
    const message = context as MessageContext;
    const steps = [...raw, ...this.#taken(message, match)];
    await this.#around(message, 0, async () => {
      for (const step of steps) await this.#step(step);
    });
    return null;
  }

  #subscriptions(type: string, context: unknown): Step[] {
    return this.registry.subscriptions
      .filter((subscription) => subscription.type === type)
      .map(({ site, handler }) => ({ site, run: () => handler(context as never) }));
  }

  #taken(message: MessageContext, match: Match): Step[] {
    if (match.by === "subscription")
      return match.as
        .flatMap((kind) => this.#subscriptions(kind, message))
        .map(({ site, run }) => ({ site, run: () => worded(message, run) }));
    if (match.by === "burst") {
      const { burst } = this.registry;
      if (burst === null) return [];
      return [{ site: burst.site, run: () => worded(message, () => burst.handler(message as never)) }];
    }
    if (match.by === "answer") {
      const answer = this.registry.answers.get(match.name);
      if (!answer) return [];
      const run = () => answer.handler(message, match.carry as never);
      return [{ site: answer.site, run: () => worded(message, run) }];
    }
    const command = this.registry.commands.find(({ pattern }) => pattern.name === match.command);
    if (!command) return [];
    const parsed = parseArgs(command.pattern, match.rest, message.data.mentions);
    const usage = `${match.prefix}${command.pattern.name} ${command.pattern.usage}`.trim();
    const run =
      "wrong" in parsed
        ? () => message.reply(`${parsed.wrong}.\n${usage}`)
        : () => command.handler({ ...message, command: command.pattern.name, args: parsed.args } as never);
    return [{ site: command.site, run: () => worded(message, run) }];
  }

  async #around(message: MessageContext, index: number, last: () => Promise<void>): Promise<void> {
    const layer = this.registry.middleware[index];
    if (!layer) return last();
    await this.#step({
      site: layer.site,
      run: () => layer.handler(message, () => this.#around(message, index + 1, last)),
    });
  }

  async #step({ site, run }: Step): Promise<unknown> {
    return this.registry.beat.enter(site, run);
  }

  async #http({ index, params, request }: Extract<Work, { kind: "http" }>): Promise<WireResponse> {
    const route = this.registry.routes[index];
    if (!route) throw new Refusal("no such route", "not_found");
    const asked = new Request(request.url, { method: request.method, headers: request.headers, body: request.body });
    const response = await this.#step({ site: route.site, run: () => route.handler({ request: asked, params }) });
    if (!(response instanceof Response)) throw new TypeError(`route ${route.path} must return a Response`);
    return {
      status: response.status,
      headers: [...response.headers],
      body: new Uint8Array(await response.arrayBuffer()),
    };
  }

  async #outgoing({ draft }: Extract<Work, { kind: "outgoing" }>): Promise<unknown> {
    let { content } = draft;
    for (const { site, handler } of this.registry.hooks) {
      const changed = await this.#step({ site, run: () => handler({ ...draft, content }) });
      if (changed !== undefined && changed !== null) content = changed as typeof content;
    }
    return content;
  }
}
