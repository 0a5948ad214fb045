import type { Clock } from "../../core/base/clock.ts";
import type { Connector } from "../../core/ports/connector.ts";
import type { Log } from "../../core/base/log.ts";
import type { History } from "../../core/ports/history.ts";
import type { Messages } from "../../core/ports/messages.ts";
import type { UnknownCounter } from "../../core/ports/unknowns.ts";
import type { Traces } from "../../core/trace/traces.ts";
import type { Vaults } from "../../core/ports/vault.ts";
import type { FileServers, MediaServers } from "../media/servers.ts";
import type { Files } from "../media/upload.ts";
import { Presences } from "../account/presences.ts";
import { LookUpPace } from "../account/look-up-pace.ts";
import { Numbers } from "../account/numbers.ts";
import { Usernames } from "../account/usernames.ts";
import { NameBudget } from "../outbound/name-budget.ts";
import { Resends } from "../outbound/resends.ts";
import { BaileysConnection } from "./connection.ts";
import { authorities, trustRoot } from "../wire/trust.ts";
import type { WebVersion } from "../wire/version.ts";
import { dropOldest } from "../../core/base/drop-oldest.ts";

export interface WhatsAppOptions {
  vaults: Vaults;
  messages: Messages;
  history: History;
  files: Files;
  servers: MediaServers;
  version: WebVersion;
  /** Counts what nobody knows yet. */
  unknowns: UnknownCounter;
  /** Where stanzas are recorded, when somebody wants a trace. */
  traces: Traces;
  clock: Clock;
  log: Log;
  /** Goes along when WhatsApp demands a passkey of an account that is linked. */
  passkeys: boolean;
  /** Another server than WhatsApp's: the simulator's WebSocket URL. */
  url?: string;
  /** That server's certificate root, 64 hex digits. */
  rootKey?: string;
  /** PEM file of authorities to trust besides the usual ones. */
  ca?: string;
}

/** What the connections of a process share. */
export interface ConnectionOptions extends Omit<WhatsAppOptions, "servers"> {
  /** By the way of the connection's device. */
  servers: FileServers;
  /** PEM of the authorities to trust; undefined trusts the usual ones. */
  authorities: string[] | undefined;
  numbers: Numbers;
  usernames: Usernames;
  presencesOf(device: string): Presences;
  resendsOf(device: string): Resends;
  budgetOf(device: string): NameBudget;
}

/** WhatsApp through Baileys. */
export function whatsapp(options: WhatsAppOptions): Connector {
  if (options.rootKey) trustRoot(options.rootKey);
  // Outlives sockets: a retry counter that starts again with each socket lets a message loop for ever.
  const retryCounters = new Map<string, RetryCounters>();
  const trusted = options.ca ? authorities(options.ca) : undefined;
  const lookUps = new LookUpPace(options.clock);
  const numbers = new Numbers(options.clock, lookUps);
  const usernames = new Usernames(options.clock, lookUps);
  const presences = new Map<string, Presences>();
  const presencesOf = (device: string): Presences => {
    const known = presences.get(device) ?? new Presences();
    presences.set(device, known);
    return known;
  };
  const budgets = new Map<string, NameBudget>();
  const budgetOf = (device: string): NameBudget => {
    const known = budgets.get(device) ?? new NameBudget();
    budgets.set(device, known);
    return known;
  };
  const resends = new Map<string, Resends>();
  const resendsOf = (device: string): Resends => {
    const known = resends.get(device) ?? new Resends();
    resends.set(device, known);
    return known;
  };
  return {
    open(hold, hear, connect) {
      let counters = retryCounters.get(hold.device);
      if (!counters) retryCounters.set(hold.device, (counters = new RetryCounters()));
      return new BaileysConnection(
        {
          ...options,
          servers: options.servers.by(connect.way),
          authorities: trusted,
          numbers,
          usernames,
          presencesOf,
          resendsOf,
          budgetOf,
        },
        counters,
        hold,
        hear,
        connect,
      );
    },
  };
}

/** Baileys' cache interface over a bounded map. */
export class RetryCounters {
  readonly #counts = new Map<string, unknown>();

  get<T>(key: string): T | undefined {
    return this.#counts.get(key) as T | undefined;
  }

  set<T>(key: string, value: T): void {
    this.#counts.delete(key);
    this.#counts.set(key, value);
    dropOldest(this.#counts, 10_000);
  }

  del(key: string): void {
    this.#counts.delete(key);
  }

  flushAll(): void {
    this.#counts.clear();
  }
}
