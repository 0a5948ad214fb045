import { asMessageRef, type KnownMessage, type TargetName } from "../model/content/message-ref.ts";
import { Failure } from "../base/failure.ts";
import { nameOfMessage } from "../model/message/message-name.ts";
import type { HistoryChange } from "../ports/history.ts";
import type { Scope } from "../model/scopes.ts";
import type { Label, LabelUse, Labels, LabelCalls } from "../ports/labels.ts";

export interface LabelPorts {
  labels: Labels;
  /** The device's uid. */
  device: string;
  calls: LabelCalls;
  /** Throws `forbidden`. */
  readonly need: (scope: Scope) => void;
  /** Throws `invalid` for an id that two share. */
  readonly known: (chat: string, which: TargetName) => Promise<KnownMessage | null>;
  /** The name a chat goes by at WhatsApp. */
  readonly named: (chat: string) => Promise<string>;
  readonly remember: (changes: readonly HistoryChange[]) => Promise<void>;
}

/** The labels of a device: what is remembered of them, and what is changed there. */
export class LabelService {
  readonly #ports: LabelPorts;

  constructor(ports: LabelPorts) {
    this.#ports = ports;
  }

  async list(): ReturnType<Labels["list"]> {
    this.#ports.need("read");
    return this.#ports.labels.list(this.#ports.device);
  }

  /** Throws `not_found`. */
  async get(id: string): Promise<Label & LabelUse> {
    this.#ports.need("read");
    const { labels, device } = this.#ports;
    return { ...(await this.#found(id)), ...(await labels.uses(device, id)) };
  }

  async create(label: Omit<Label, "id">): Promise<Label> {
    const { labels, device, calls, remember } = this.#ports;
    const made = { id: await calls.create(label, await labels.highest(device)), ...label };
    await remember([{ type: "label", label: made }]);
    return made;
  }

  /** Throws `not_found`. */
  async change(id: string, change: Partial<Omit<Label, "id">>): Promise<Label> {
    this.#ports.need("manage");
    const label = { ...(await this.#found(id)), ...change };
    await this.#ports.calls.change(label);
    await this.#ports.remember([{ type: "label", label }]);
    return label;
  }

  /** Throws `not_found`. */
  async remove(id: string): Promise<void> {
    this.#ports.need("manage");
    await this.#ports.calls.remove(await this.#found(id));
    await this.#ports.remember([{ type: "unlabel", id }]);
  }

  /** Labels a chat, or one message of it, or no longer. Throws `not_found`, and `invalid` for an id that two share. */
  async assign(id: string, chat: string, message: TargetName | null, labelled: boolean): Promise<void> {
    const { calls, need, known, named, remember } = this.#ports;
    need("manage");
    await this.#found(id);
    const said = message === null ? null : await known(chat, message);
    if (message !== null && !said) throw new Failure("not_found", "There is no such message in that chat here.");
    const place = said ? (said.addressed?.chat ?? said.chat) : await named(chat);
    const sender = said && (said.addressed?.sender ?? said.sender);
    await calls.assign(id, place, said && asMessageRef({ ...said, sender: sender ?? said.sender }), labelled);
    await remember([{ type: "labelled", label: id, chat: place, message: said && nameOfMessage(said), labelled }]);
  }

  async #found(id: string): Promise<Label> {
    const label = await this.#ports.labels.get(this.#ports.device, id);
    if (!label) throw new Failure("not_found", `There is no label "${id}".`);
    return label;
  }
}
