type Fields = Record<string, unknown>;

/**
 * Where the bot writes what it did. `sentence` is constant; data goes in `fields`. Message texts, keys and
 * phone numbers belong in neither.
 */
export interface Log {
  debug(fields: Fields, sentence: string): void;
  info(fields: Fields, sentence: string): void;
  warn(fields: Fields, sentence: string): void;
  error(fields: Fields, sentence: string): void;
  child(fields: Fields): Log;
}
