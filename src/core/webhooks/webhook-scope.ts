import { reaches } from "../access/scope.ts";
import { Failure } from "../base/failure.ts";
import type { Endpoint } from "../ports/endpoint.ts";
import { noWebhook, type Webhooks } from "./webhooks.ts";

/**
 * The webhooks that there are for one caller: those of his tenant, and for a key that is bound to devices only those
 * that hear of these devices alone.
 */
export class WebhookScope {
  readonly #webhooks: Webhooks;
  readonly #tenant: string;
  readonly #devices: readonly string[] | null;

  constructor(webhooks: Webhooks, tenant: string, devices: readonly string[] | null) {
    this.#webhooks = webhooks;
    this.#tenant = tenant;
    this.#devices = devices;
  }

  list(): Endpoint[] {
    return this.#webhooks.list(this.#tenant).filter((endpoint) => this.#holds(endpoint.devices));
  }

  /** Throws `not_found`, in the same words for absent and foreign. */
  get(id: string): Endpoint {
    const found = this.#webhooks.get(this.#tenant, id);
    if (this.#holds(found.devices)) return found;
    throw noWebhook();
  }

  reaches(device: string | null): boolean {
    return reaches({ devices: this.#devices }, device);
  }

  /** What a webhook of this caller may hear of, when it asks for `devices`. Throws `invalid`. */
  devicesOf(devices: readonly string[] | null): string[] | null {
    const wanted = devices ?? this.#devices;
    const foreign = wanted?.find((id) => !this.reaches(id));
    if (foreign === undefined) return wanted && [...wanted];
    throw new Failure("invalid", `"devices" names "${foreign}", which there is not for this key.`, {
      field: "devices",
    });
  }

  #holds(devices: readonly string[] | null): boolean {
    return this.#devices === null || (devices?.every((id) => this.reaches(id)) ?? false);
  }
}
