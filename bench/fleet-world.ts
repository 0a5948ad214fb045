/** The world around a fleet: a simulated WhatsApp with a phone for every device and one contact, in a process of their own. */
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import type { Phone } from "../src/simulator/index.ts";
import { serve } from "./child.ts";

const sim = await startBotSimulator({ seed: 1, historySync: false });
const ann = sim.contact("628123456789", { name: "Ann" });
const phone = (place: number) => sim.phone(`62811${String(place).padStart(7, "0")}`, { name: `Phone ${place}` });

/** What a contact may do to a device, as often as it may. */
const floods = {
  "long messages": [
    20,
    async (to: Phone, count: number) => {
      const text = "!ping ".repeat(2 ** 20 / 6);
      await ann.saysMany(
        Array.from({ length: count }, () => text),
        { to },
      );
    },
  ],
  "many messages": [
    2_000,
    async (to: Phone, count: number) => {
      await ann.saysMany(
        Array.from({ length: count }, (_, at) => `message ${at}`),
        { to },
      );
    },
  ],
  "unreadable messages": [
    1_500,
    async (to: Phone, count: number) => {
      for (let at = 0; at < count; at++) ann.poisons("undecryptable", { to });
    },
  ],
} as const;
export type ContactFlood = keyof typeof floods;

serve({
  where: () => ({ url: sim.url, rootKey: sim.rootKey }),
  scan: ({ place, qr }: { place: number; qr: string }) =>
    phone(place)
      .scan(qr)
      .then(() => undefined),
  /** Ann writes to one phone. */
  says: async ({ place, text }: { place: number; text: string }) => {
    await ann.says(text, { to: phone(place) });
  },
  /** Ann floods one phone, and says how many messages it was. */
  flood: async ({ place, what }: { place: number; what: ContactFlood }) => {
    const to = phone(place);
    const [count, flood] = floods[what];
    await flood(to, count);
    return count;
  },
  /** Resolves when Ann has heard `text`, with who said it. */
  hears: async (text: string) => (await ann.hears(text, { timeoutMs: 60_000 })).from,
  /** Whatever the phone goes by. */
  names: (place: number) => [phone(place).jid, phone(place).lid],
  problems: () => sim.problems,
});
