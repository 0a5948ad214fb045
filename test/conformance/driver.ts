import type { TestBot } from "../harness.ts";

/** One face as its own client uses it. A verb that the face has not is absent, and the story leaves it out. */
export interface Driver {
  readonly name: string;
  /** The id of the device that the face means. */
  readonly device: string;
  /** Connects to the bot, also after it was started again elsewhere. */
  open(bot: TestBot): Promise<void>;
  close(): void;
  start?(): Promise<void>;
  /** The QR as its text, or as a picture of it. */
  qr(): Promise<string>;
  /** Resolves when the face says that WhatsApp is connected. */
  connected(): Promise<void>;
  /** Resolves when this text has come in. */
  received?(text: string): Promise<void>;
  send?(to: string, text: string): Promise<void>;
  stop?(): Promise<void>;
  logout(): Promise<void>;
  /** Resolves when the face says that WhatsApp is not connected. */
  disconnected(): Promise<void>;
}

/** Asks again after everything that happens, until the face says so. */
export async function poll(bot: TestBot, ask: () => Promise<boolean>): Promise<void> {
  for (;;) {
    const seen = bot.events.length;
    if (await ask()) return;
    await bot.until(() => bot.events.length > seen, "something to happen");
  }
}
