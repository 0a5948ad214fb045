/** A browser that is signed in at the dashboard, as it is kept: never its cookie, never a key. */
export interface BrowserSession {
  /** SHA-256 of the cookie, hex. */
  hash: string;
  /** The id of the key it was opened with. */
  key: string;
  /** SHA-256 of the cookie and of the key's hash: proves the very key, also where it is not kept. */
  seal: string;
  /** Milliseconds since 1970, both. `seenAt` is to the minute. */
  createdAt: number;
  seenAt: number;
}

export interface BrowserSessions {
  list(): Promise<BrowserSession[]>;
  put(session: BrowserSession): Promise<void>;
  remove(hashes: readonly string[]): Promise<void>;
}
