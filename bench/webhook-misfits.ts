/** Receivers that misbehave for as long as they are asked, in a process of their own. */
import { type Manner, ProofReceiver } from "../test/webhooks/proof/receivers.ts";
import { serve } from "./child.ts";

const manners: Record<string, Manner> = {
  resets: () => "reset",
  hangs: () => "hang",
  "hangs too": () => "hang",
  slow: () => ({ answer: 200, after: 5_000 }),
  late: () => ({ answer: 200, after: 20_000 }),
  redirects: () => ({ answer: 302, location: "http://127.0.0.1:1/" }),
  "one chat": ({ chat }) => ({ answer: chat === "chat0" ? 500 : 200 }),
  lies: () => ({ answer: 200, lie: true }),
};
const forEver = 2 ** 31 - 1;
const receivers = await Promise.all([
  ...Object.entries(manners).map(([name, manner]) => ProofReceiver.start(name, manner)),
  ProofReceiver.start("down", () => ({ answer: 200 }), forEver),
]);

serve({
  urls: () => receivers.map(({ url }) => url),
});
