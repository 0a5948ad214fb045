/** What a client tells of itself, in words that do not depend on it. */
export interface Told {
  readonly event: string;
  readonly [name: string]: unknown;
}

/** A line that a client wrote into its log at WARN or above. */
export interface Complaint {
  readonly level: string;
  readonly text: string;
}

/** What a deed comes with. */
export interface With {
  readonly to?: string;
  readonly text?: string;
  readonly message?: string;
  readonly members?: readonly string[];
  readonly file?: string;
  readonly on?: boolean;
  readonly group?: Readonly<Record<string, unknown>>;
}

/** What a client must know of a server. */
export interface Server {
  /** Host and port of the WebSocket. */
  readonly url: string;
  readonly rootKey: string;
  /** The certificate authority of its TLS, as PEM. */
  readonly ca: string;
}

/** One linked device of a client that nobody here wrote, told what to do. */
export interface Player {
  readonly told: readonly Told[];
  readonly complaints: readonly Complaint[];
  /** Rejects with what the client says when it cannot. */
  do(deed: string, how?: With): Promise<unknown>;
  /** The first event of a name that fits, among those told already or to come. */
  hears(event: string, fits?: (told: Told) => boolean): Promise<Told>;
  /** Resolves when it has all that a phone tells a new companion. */
  ready(): Promise<void>;
  stop(): Promise<void>;
}

/** What a client has told so far, and who waits for more of it. */
export class Tale {
  readonly told: Told[] = [];
  readonly complaints: Complaint[] = [];
  readonly #waiting = new Set<() => boolean>();
  #broken: Error | undefined;

  tell(told: Told): void {
    this.told.push(told);
    this.#look();
  }

  /** The client is gone: whoever waits, waits in vain. */
  break(cause: Error): void {
    this.#broken = cause;
    this.#look();
  }

  hears(event: string, fits: (told: Told) => boolean = () => true, timeoutMs = 10_000): Promise<Told> {
    return new Promise((resolve, reject) => {
      const look = (): boolean => {
        const found = this.told.find((one) => one.event === event && fits(one));
        if (found) resolve(found);
        else if (this.#broken) reject(this.#broken);
        else return false;
        clearTimeout(timer);
        return true;
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const heard = this.told.map((one) => JSON.stringify(one)).join("\n");
        reject(new Error(`after ${timeoutMs} ms still waiting for ${event}; told so far:\n${heard}`));
      }, timeoutMs);
      if (!look()) this.#waiting.add(look);
    });
  }

  #look(): void {
    for (const look of this.#waiting) if (look()) this.#waiting.delete(look);
  }
}
