/** A part of the bot that runs by itself from its start to its stop. */
export interface Service {
  start(): Promise<void> | void;
  /** Resolves when it has ended, and what it had to write is written. */
  stop(): Promise<void> | void;
}

/** Started one after the other; stopped the last first. */
export function inSequence(services: readonly Service[]): Service {
  return {
    async start() {
      for (const service of services) await service.start();
    },
    stop: () => stopAll(services),
  };
}

/** Started at the same time; stopped one after the other, the last first. */
export function atOnce(services: readonly Service[]): Service {
  return {
    async start() {
      await Promise.all(services.map(async (service) => service.start()));
    },
    stop: () => stopAll(services),
  };
}

async function stopAll(services: readonly Service[]): Promise<void> {
  for (const service of services.toReversed()) await service.stop();
}
