import { listening } from "./listening.ts";

/** What a listener is opened with besides what it answers. */
export interface Binding {
  readonly port: number;
  /** Whether another of this process may listen there too. */
  readonly reusePort: boolean;
}

type AnyServer = Bun.Server<unknown>;

/**
 * A server that another takes over from on the same port, for a new certificate: the new one listens before the old one stops,
 * so that nobody is refused meanwhile. What is under way on the old one, and its sockets, go on to their end.
 */
export class RenewableServer {
  #present: AnyServer;
  readonly #former = new Set<AnyServer>();

  /** With `isRenewed` the port is shared with those to come, and with nobody else. Throws `unavailable` when it is taken. */
  constructor(port: number, open: (binding: Binding) => AnyServer, isRenewed: boolean) {
    this.#present = listening(port, () => {
      // Bun shares the port otherwise: two bots would answer in turns.
      const first = open({ port, reusePort: false });
      if (!isRenewed) return first;
      const taken = first.port ?? port;
      // Nobody is there yet. One that shares the port can only listen when no other does without sharing.
      first.stop(true).catch(() => {});
      return open({ port: taken, reusePort: true });
    });
  }

  get port(): number {
    return this.#present.port ?? 0;
  }

  /** `open` makes the listener that answers from now on. */
  renew(open: (binding: Binding) => AnyServer): void {
    const former = this.#present;
    this.#present = this.#beside(open, former);
    this.#former.add(former);
    former.stop(false).then(
      () => this.#former.delete(former),
      () => {},
    );
  }

  async stop(): Promise<void> {
    await Promise.all([this.#present, ...this.#former].map((server) => server.stop(true)));
  }

  /** Where the system has no shared ports the old one must let go first. */
  #beside(open: (binding: Binding) => AnyServer, former: AnyServer): AnyServer {
    const binding = { port: former.port ?? 0, reusePort: true };
    try {
      return open(binding);
    } catch {
      former.stop(false).catch(() => {});
      return open(binding);
    }
  }
}
