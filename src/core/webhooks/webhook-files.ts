import { SignedLinks } from "../access/signed-links.ts";
import { unixSeconds } from "../base/durations.ts";
import type { Clock } from "../base/clock.ts";
import { Failure } from "../base/failure.ts";
import { filesIn, type ToldFile, withFiles } from "../media/files-in.ts";
import { givenFor } from "../media/media-link.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import type { BotEvent } from "../model/events/events.ts";

export interface WebhookFilePorts {
  clock: Clock;
  /** Null when there is none of that id. */
  find: (webhook: string) => Endpoint | null;
  /** Whether this tenant wants links in what it is told. */
  isLinked: (tenant: string) => boolean;
  /** Where others reach this server, without a slash at the end. */
  address: () => string;
  /** The file itself, fetched from WhatsApp when it is not here yet. */
  open: (tenant: string, media: string) => Promise<Blob>;
  hash: (text: string) => string;
}

/** How long a delivery waits for the files that stand in it, milliseconds: what is not here by then is left out. */
const patience = 5_000;

/**
 * Files for receivers without a key: links signed with the webhook's own secret, so that they hold beyond a restart and end with
 * the webhook, and small files in the event itself.
 */
export class WebhookFiles {
  readonly #ports: WebhookFilePorts;

  constructor(ports: WebhookFilePorts) {
    this.#ports = ports;
  }

  /** The event as this webhook gets it. */
  readonly in = async (endpoint: Endpoint, event: BotEvent): Promise<BotEvent> => {
    const files = filesIn(event.data);
    if (files.length === 0) return event;
    const inline = await this.#inline(endpoint, files);
    const linked = this.#ports.isLinked(endpoint.tenant);
    const data = withFiles(event.data, ({ media_id: id }) => ({
      ...(linked && this.#link(endpoint, id)),
      ...(inline.has(id) && { base64: inline.get(id) }),
    }));
    return { ...event, data };
  };

  /** The file that a token of a webhook's link names. Throws `unauthorized`, `gone`. */
  read(token: string): { tenant: string; media: string; webhook: string } {
    const [said = "", signature = "", webhook = ""] = token.split(".");
    const endpoint = this.#ports.find(webhook);
    const now = this.#ports.clock.now();
    const secrets = endpoint?.secrets.filter(({ expiresAt }) => expiresAt === null || expiresAt > now) ?? [];
    if (endpoint !== null && !this.#ports.isLinked(endpoint.tenant)) throw unwanted();
    let failure = new Failure("unauthorized", "This link is not valid: its webhook is gone, or has another secret.");
    for (const { secret } of secrets)
      try {
        const [media = ""] = this.#signer(secret).read(`${said}.${signature}`).words;
        return { tenant: endpoint?.tenant ?? "", media, webhook };
      } catch (error) {
        if (error instanceof Failure && error.code === "gone") failure = error;
      }
    throw failure;
  }

  #link({ id, secrets }: Endpoint, media: string) {
    const { token, expiresAt } = this.#signer(secrets[0]?.secret ?? "").sign([media], givenFor);
    return { link: `${this.#ports.address()}/media/${token}.${id}`, link_expires_at: unixSeconds(expiresAt) };
  }

  /** The secret signs deliveries too: its hash with a word of its own, so that neither signature is the other. */
  #signer(secret: string): SignedLinks {
    return new SignedLinks(this.#ports.clock, Buffer.from(this.#ports.hash(`media link|${secret}`)));
  }

  async #inline({ tenant, inlineKb }: Endpoint, files: readonly ToldFile[]): Promise<Map<string, string>> {
    const most = inlineKb * 1_024;
    const found = new Map<string, string>();
    const small = files.filter(({ size }) => size > 0 && size <= most);
    if (small.length === 0) return found;
    const late = Promise.withResolvers<void>();
    const cancel = this.#ports.clock.after(patience, () => late.resolve());
    const read = async ({ media_id: id }: ToldFile): Promise<void> => {
      const blob = await this.#ports.open(tenant, id).catch(() => null); // gone for good, or not here now: the link says so
      // Its sender said how large it is; its bytes are believed.
      if (blob !== null && blob.size <= most) found.set(id, Buffer.from(await blob.bytes()).toString("base64"));
    };
    await Promise.race([Promise.all(small.map(read)), late.promise]);
    cancel();
    return new Map(found);
  }
}

export const unwanted = () =>
  new Failure("unauthorized", "This link is not valid any more: its tenant wants no links to files.");
