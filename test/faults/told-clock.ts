import { WoundClock } from "../clock.ts";
import { Watch } from "../watch.ts";

/** A wound clock that tells whenever somebody sets an alarm: a device that begins to wait does, and tells nobody else. */
export class ToldClock extends WoundClock {
  readonly #watch = new Watch();

  override after(ms: number, fire: () => void): () => void {
    const cancel = super.after(ms, fire);
    queueMicrotask(() => this.#watch.changed());
    return cancel;
  }

  /** Resolves once `holds` is true, looked at after every alarm that is set. */
  async until(holds: () => boolean, what: string): Promise<void> {
    await this.#watch.until(() => holds() || undefined, what);
  }
}
