/** The world around a fleet: a simulated WhatsApp with a phone for every device and one contact, in a process of their own. */
import { startBotSimulator } from "../src/cli/base/simulated.ts";
import { serve } from "./child.ts";

const sim = await startBotSimulator({ seed: 1, historySync: false });
const ann = sim.contact("628123456789", { name: "Ann" });
const phone = (place: number) => sim.phone(`62811${String(place).padStart(7, "0")}`, { name: `Phone ${place}` });

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
  /** Resolves when Ann has heard `text`, with who said it. */
  hears: async (text: string) => (await ann.hears(text, { timeoutMs: 60_000 })).from,
  jid: (place: number) => phone(place).jid,
  problems: () => sim.problems,
});
