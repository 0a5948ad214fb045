import { Failure } from "../core/base/failure.ts";
import { isLoopback } from "../core/base/loopback.ts";
import type { App } from "../core/app.ts";
import { hashKey, sameHash } from "../core/access/keys.ts";
import { need } from "../core/access/scope.ts";
import type { Log } from "../core/base/log.ts";
import type { GaugeReading } from "../core/metrics/gauges.ts";
import type { Meter } from "../core/metrics/meter.ts";
import { apiKeyOf, usualKeys } from "../api/credentials.ts";
import { exposition } from "./exposition.ts";
import { failureResponse } from "./gate.ts";
import { watchLag } from "./lag.ts";

export interface MetricsOptions {
  app: Pick<App, "authenticate">;
  meter: Meter;
  gauges: () => Promise<GaugeReading>;
  /** How many incidents each rule has open. */
  openIncidents: () => ReadonlyMap<string, number>;
  /** METRICS_KEY. */
  key: string | null;
  version: string;
  log: Log;
}

const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" };
/** What a proxy says of whom it speaks for: such a request is not this machine's own. */
const forwarded = ["x-forwarded-for", "forwarded", "x-real-ip", "via"];

/** `GET /metrics`, for Prometheus. Whoever asks from this machine needs no key; `?devices=1` has a series for each device. */
export class MetricsRoute {
  #key: string | null;
  readonly #options: MetricsOptions;
  readonly #lag = watchLag();

  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#key = options.key;
  }

  /** METRICS_KEY is another. */
  keyIs(key: string | null): void {
    this.#key = key;
  }

  async answer(request: Request, address: string): Promise<Response> {
    try {
      this.#admit(request, address);
      const { meter, gauges, version, openIncidents } = this.#options;
      const text = exposition({
        meter,
        gauges: await gauges(),
        perDevice: new URL(request.url).searchParams.get("devices") === "1",
        version,
        worstLag: this.#lag.read().worst / 1_000,
        openIncidents: openIncidents(),
      });
      return new Response(text, { headers });
    } catch (thrown) {
      return failureResponse(thrown, undefined, this.#options.log, request);
    }
  }

  stop(): void {
    this.#lag.stop();
  }

  /** Throws `unauthorized`, `forbidden`. */
  #admit(request: Request, address: string): void {
    const { app } = this.#options;
    const key = this.#key;
    const shown = apiKeyOf(request.headers, usualKeys);
    if (shown !== null && key !== null && sameHash(hashKey(key), hashKey(shown))) return;
    if (shown !== null) {
      const principal = app.authenticate(shown, address);
      need(principal, "admin");
      return need(principal, "read");
    }
    const isOwn = isLoopback(address) && !forwarded.some((name) => request.headers.has(name));
    if (!isOwn)
      throw new Failure("unauthorized", "Metrics need METRICS_KEY or an admin key: send it as a Bearer token.");
  }
}
