/** One short text that survives a restart. */
export interface TextFile {
  /** null when nothing was ever written. */
  read(): Promise<string | null>;
  write(text: string): Promise<void>;
}
