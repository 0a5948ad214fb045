/** Proof that this process owns a device: every write of the device's state carries it and fails without it. */
export interface Hold {
  /** The device's uid. */
  readonly device: string;
  /** Rises with every new owner; an older one can no longer write. */
  readonly epoch: number;
  /** Aborted when the hold is lost or given up. */
  readonly signal: AbortSignal;
}
