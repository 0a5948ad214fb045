import type { ILogger } from "@whiskeysockets/baileys/lib/Utils/logger.js";

const nothing = () => {};

/**
 * Baileys logs stanzas, texts, phone numbers and keys at every level, so nothing it says is kept: what is worth
 * knowing arrives as a signal, and the adapter logs that in our own words.
 */
export const silence: ILogger = {
  level: "silent",
  child: () => silence,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
};
