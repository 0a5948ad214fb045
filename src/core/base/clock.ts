/** Time, as a port: tests wind it by hand. Deadlines come from `monotonic`, showing from `now`. */
export interface Clock {
  /** Wall time, milliseconds since 1970. May jump. */
  now(): number;
  /** Milliseconds since some moment in the past. Never goes backwards. */
  monotonic(): number;
  /** Calls `fire` once after `ms`. Returns a cancel, harmless after the fact. Does not keep the process alive. */
  after(ms: number, fire: () => void): () => void;
}
