import type { Clock } from "../../core/base/clock.ts";
import type { BotEvent } from "../../core/model/events/events.ts";
import { asFailure } from "../../core/base/failure.ts";
import { translate } from "../../sdk/texts.ts";
import type { Languages } from "./languages.ts";
import type { CommandEntry } from "../contract/protocol.ts";
import type { PluginServices } from "../contract/services.ts";
import { guardTexts } from "./texts.ts";
import type { Role } from "../contract/words.ts";

type Received = BotEvent<"message.received">;
const rank: Record<Role, number> = { anyone: 0, group_admin: 1, admin: 2, owner: 3 };

export interface People {
  /** Phone numbers, digits. */
  owners: readonly string[];
  admins: readonly string[];
}

/** Decides whether somebody may use a command now. */
export class Guards {
  /** Last use by command and who; `told`: the cooldown was explained already. */
  readonly #uses = new Map<string, { event: string; until: number; told: string | null }>();

  constructor(
    /** Those of now. */
    public people: People,
    readonly services: Pick<PluginServices, "groups" | "log">,
    readonly clock: Clock,
    readonly languages: Languages,
  ) {}

  async role({ data, device }: Received): Promise<Role> {
    if (data.from_me || this.#is(this.people.owners, data)) return "owner";
    if (this.#is(this.people.admins, data)) return "admin";
    return data.is_group && (await this.#groupAdmin(data, device ?? "")) ? "group_admin" : "anyone";
  }

  /** null: go on. Else the sentence to answer, or "" to stay silent. */
  async refusal(entry: CommandEntry, event: Received): Promise<string | null> {
    const { chats, role, guard } = entry;
    if (chats && (chats === "group") !== event.data.is_group) return this.#say(event, `only_${chats}`);
    if (role !== "anyone" || guard.allow) {
      const has = await this.role(event);
      const listed = guard.allow?.includes(event.data.sender_phone ?? "") ?? false;
      if (guard.allow && !listed && has !== "owner") return this.#say(event, "not_listed");
      if (!listed && rank[has] < rank[role]) return this.#say(event, `needs_${role}`);
    }
    return this.#cooldown(entry, event);
  }

  #cooldown({ plugin, name, guard }: CommandEntry, event: Received): string | null {
    const { id, data, device } = event;
    if (guard.cooldown === undefined) return null;
    const { seconds, per } =
      typeof guard.cooldown === "number" ? { seconds: guard.cooldown, per: "user" } : guard.cooldown;
    const key = [plugin, name, device, per === "chat" ? data.chat : data.sender].join("|");
    const now = this.clock.monotonic();
    const use = this.#uses.get(key);
    if (use && use.event !== id && use.until > now) {
      if (use.told !== null && use.told !== id) return "";
      use.told = id;
      return this.#say(event, "cooldown", { seconds: Math.ceil((use.until - now) / 1000) });
    }
    if (use?.event !== id) this.#uses.set(key, { event: id, until: now + seconds * 1000, told: null });
    if (this.#uses.size > 10_000) for (const [old, { until }] of this.#uses) if (until <= now) this.#uses.delete(old);
    return null;
  }

  #is(list: readonly string[], data: Received["data"]): boolean {
    return data.sender_phone !== null && list.includes(data.sender_phone);
  }

  async #groupAdmin(data: Received["data"], device: string): Promise<boolean> {
    try {
      const members = (await this.services.groups?.members(device, data.chat)) ?? [];
      const names = new Set([data.sender, data.sender_phone, data.sender_lid].filter((name) => name !== null));
      return members.some(
        ({ role, jid, phone, lid }) =>
          role !== "member" && [jid, phone, lid].some((name) => name !== null && names.has(name)),
      );
    } catch (thrown) {
      this.services.log.warn({ code: asFailure(thrown).code }, "the group's admins are not known: nobody is one");
      return false;
    }
  }

  #say({ device, data }: Received, key: string, values: Record<string, unknown> = {}): string {
    return translate(guardTexts, this.languages.of(device, data.chat), key, values);
  }
}
