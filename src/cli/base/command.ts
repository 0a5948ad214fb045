/** One verb of the program. */
export interface Command {
  /** `new|list|revoke …`, as `--help` shows it after the verb. */
  readonly usage: string;
  readonly about: string;
  /** Writes to standard output; an exit code other than 0 may be returned. Throws a Failure to say why it cannot be done. */
  run(args: readonly string[]): Promise<number | void>;
}

export const print = (text: string) => void process.stdout.write(`${text}\n`);
