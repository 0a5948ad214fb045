import { join } from "node:path";
import type { Config } from "../config/config.ts";
import type { Clock } from "../core/base/clock.ts";
import type { Connector } from "../core/ports/connector.ts";
import type { Log } from "../core/base/log.ts";
import type { MediaSource } from "../core/ports/media.ts";
import type { MediaService } from "../core/media/media-service.ts";
import type { SafeFetch } from "../core/base/safe-fetch.ts";
import type { WaysOut } from "../core/ports/ways-out.ts";
import { UnknownNames } from "../core/trace/unknown-names.ts";
import type { Traces } from "../core/trace/traces.ts";
import type { Store } from "../core/ports/store.ts";
import { textFileIn } from "../store/sqlite/text-file.ts";
import { whatsapp } from "../whatsapp/connection/connector.ts";
import { MediaServers } from "../whatsapp/media/servers.ts";
import { unknownNamesFile } from "./unknown-names-file.ts";
import { assertPatched } from "../whatsapp/wire/patched.ts";
import { officialSource, WebVersion } from "../whatsapp/wire/version.ts";

export interface WhatsAppParts {
  store: Store;
  media: MediaService;
  safeFetch: SafeFetch;
  ways: WaysOut;
  traces: Traces;
  clock: Clock;
  log: Log;
}

/** Both ways to WhatsApp. */
export interface WhatsApp {
  connector: Connector;
  servers: MediaSource;
  /** Names of the protocol that came and are not known. */
  unknownNames(): string[];
  /** Resolves when what was counted is on disk. */
  close(): Promise<void>;
}

/** A module of its own, read when the server listens: Baileys is half of what a start has to read. */
export async function openWhatsApp(config: Config, parts: WhatsAppParts): Promise<WhatsApp> {
  assertPatched();
  const { store, media, safeFetch, ways, traces, clock, log } = parts;
  const { whatsappUrl: url, whatsappCa: ca, whatsappRootKey: rootKey, sessionsDir } = config;
  const elsewhere = { ...(ca ? { ca } : {}), ...(url ? { url } : {}) };
  const servers = new MediaServers(elsewhere, ways);
  const told = config.whatsappVersionUrl ?? (url === null ? officialSource : "off");
  const source = told === "off" ? null : told;
  const version = await WebVersion.load({
    note: textFileIn(join(sessionsDir, "whatsapp-version")),
    safeFetch,
    clock,
    log,
    source,
    matters: url === null || source !== null,
  });
  const failed = (error: unknown) => log.warn({ err: error }, "counts of the unknown were not written");
  const unknowns = await UnknownNames.load({ note: textFileIn(unknownNamesFile(sessionsDir)), clock, failed });
  const connector = whatsapp({
    version,
    unknowns,
    traces,
    files: media,
    servers,
    vaults: store.vaults,
    messages: store.messages,
    history: store.history,
    clock,
    log,
    passkeys: config.passkeyLinking,
    ...elsewhere,
    ...(rootKey ? { rootKey } : {}),
  });
  const unknownNames = () => unknowns.all.map(({ kind, name }) => `${kind} ${name}`);
  return { connector, servers, unknownNames, close: () => unknowns.write().catch(failed) };
}
