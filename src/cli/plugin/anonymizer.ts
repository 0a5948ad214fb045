import type { BotEvent } from "../../core/model/events/events.ts";

const address = /^(\d{5,20}(?:-\d+)?)(?::\d+)?@(s\.whatsapp\.net|lid|g\.us)$/;
const numbered = (start: string, length: number) => (index: number) => start + String(index).padStart(length, "0");
/** How the nth of each kind is called. */
const invented = {
  "s.whatsapp.net": numbered("62812", 8),
  lid: numbered("100", 12),
  "g.us": numbered("120363", 12),
  name: (index: number) => `Person ${index}`,
  subject: (index: number) => `Group ${index}`,
};
type Kind = keyof typeof invented;

/** Puts invented people and groups in the place of those of recorded events, the same each time they occur. Texts stay. */
export class Anonymizer {
  readonly #known = new Map<string, string>();
  readonly #counts = new Map<Kind, number>();

  event(event: BotEvent): BotEvent {
    const plain = JSON.parse(JSON.stringify(event.data), (key, value: unknown) =>
      typeof value === "string" ? this.#said(key, value) : value,
    ) as BotEvent["data"];
    return { ...event, data: plain };
  }

  #said(key: string, value: string): string {
    const [, user = "", domain] = address.exec(value) ?? [];
    if (domain) return `${this.#instead(domain as Kind, user)}@${domain}`;
    if (/phone/.test(key) && /^\d{5,20}$/.test(value)) return this.#instead("s.whatsapp.net", value);
    if (key === "push_name" || key === "name") return this.#instead("name", value);
    return key === "subject" ? this.#instead("subject", value) : value;
  }

  #instead(kind: Kind, value: string): string {
    const known = this.#known.get(`${kind} ${value}`);
    if (known !== undefined) return known;
    const index = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, index);
    const made = invented[kind](index);
    this.#known.set(`${kind} ${value}`, made);
    return made;
  }
}
