import { Failure } from "../../core/base/failure.ts";
import type { PluginData } from "../../core/ports/plugin-data.ts";

/** No plugin can have that name: these are the host's own notes. */
const owner = "$host";
const prefix = "$language:";
/** How many chats may have a language of their own. */
const most = 100_000;

/** Which language each chat is spoken to in. */
export class Languages {
  readonly #chosen = new Map<string, string>();

  constructor(
    readonly data: PluginData,
    /** What the bot speaks where nobody chose, best first. */
    public usual: readonly string[],
  ) {}

  async restore(): Promise<void> {
    for (const { key, value } of await this.data.list(owner, prefix, most))
      if (typeof value === "string") this.#chosen.set(key.slice(prefix.length), value);
  }

  /** Best first. */
  of(device: string | null, chat: string | null): string[] {
    const chosen = this.#chosen.get(placeOf(device, chat));
    return [...new Set([...(chosen === undefined ? [] : [chosen]), ...this.usual])];
  }

  /** null takes the choice back. Throws `invalid`. */
  async choose(device: string | null, chat: string, language: string | null): Promise<void> {
    const place = placeOf(device, chat);
    if (language === null) {
      this.#chosen.delete(place);
      await this.data.delete(owner, prefix + place);
      return;
    }
    if (!/^[a-z]{2,3}(-[A-Za-z]{2,4})?$/.test(language))
      throw new Failure("invalid", `speak takes a language such as "en", "id" or "pt-BR", not "${language}".`, {
        field: "language",
      });
    if (this.#chosen.size >= most) throw new Failure("limit_reached", `Only ${most} chats may choose a language.`);
    await this.data.set(owner, prefix + place, language);
    this.#chosen.set(place, language);
  }
}

const placeOf = (device: string | null, chat: string | null) => `${device ?? "default"}|${chat ?? ""}`;
