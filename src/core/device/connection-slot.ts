import type { Connection, Connector, ConnectOptions, Hear, Signal, WithVault } from "../ports/connector.ts";
import type { WebVersionFigures } from "../model/web-version.ts";
import type { Hold } from "../ports/hold.ts";

/** What a device's line asks of whoever owns it. */
export interface ConnectionSlotOwner {
  /** Runs `work` while nothing else happens to the device. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  /** `current`: no other connection has taken its place. Looked at within a turn. */
  hear(signals: readonly Signal[], isCurrent: () => boolean, withVault?: WithVault): Promise<void>;
}

/** The device's line to WhatsApp: one connection at a time, and never a second one before the first has ended. */
export class ConnectionSlot {
  #connection: Connection | null = null;
  #closing: Promise<void> = Promise.resolve();
  #version: WebVersionFigures | null = null;

  readonly #connector: () => Promise<Connector>;
  readonly #hold: Hold;
  readonly #owner: ConnectionSlotOwner;

  constructor(connector: () => Promise<Connector>, hold: Hold, owner: ConnectionSlotOwner) {
    this.#connector = connector;
    this.#hold = hold;
    this.#owner = owner;
  }

  get current(): Connection | null {
    return this.#connection;
  }

  /** Which WhatsApp Web the connection says it is, or the last one did; null before the first. */
  get version(): WebVersionFigures | null {
    return (this.#version = this.#connection?.version ?? this.#version);
  }

  /** Resolves when every connection so far has ended. */
  get ended(): Promise<void> {
    return this.#closing;
  }

  hangUp(): void {
    // Whoever needs to know waits for `ended`.
    this.#leave((connection) => connection.close()).catch(() => {});
  }

  /** Unlinks, then hangs up; without a connection there is nothing to do. */
  logout(): Promise<void> {
    return this.#leave((connection) => connection.logout());
  }

  #leave(end: (connection: Connection) => Promise<void>): Promise<void> {
    const connection = this.#connection;
    this.#version = connection?.version ?? this.#version;
    this.#connection = null;
    if (connection) this.#closing = Promise.allSettled([this.#closing, end(connection)]).then(() => {});
    return this.#closing;
  }

  /** Connects once the connections before have ended, if `wanted` still holds then. `dialled` hears of the new one. */
  dial(wanted: () => boolean, options: () => ConnectOptions, dialled: (connection: Connection) => void): void {
    this.hangUp();
    const connect = async (): Promise<void> => {
      if (!wanted()) return;
      const connector = await this.#connector();
      if (wanted()) dialled(this.#connect(connector, options()));
    };
    // Without a connection nobody would say that there is none, and the device would start for ever.
    const failed = { type: "closed", code: null, origin: "local", detail: "could not connect" } as const;
    this.#closing
      .then(() => this.#owner.turn(connect))
      .catch(() => this.#owner.hear([failed], wanted))
      .catch(() => {});
  }

  #connect(connector: Connector, options: ConnectOptions): Connection {
    const isCurrent = (): boolean => connection === this.#connection;
    const hear: Hear = (signals, withVault) => this.#owner.hear(signals, isCurrent, withVault);
    const connection = connector.open(this.#hold, hear, options);
    this.#connection = connection;
    return connection;
  }
}
