import { same, type Story } from "../story.ts";

const hangsUp = {
  line: /Error reading from websocket/,
  since: "the server ends the socket without a word, as WhatsApp does",
};

/** How the server ends a connection: it must be heard before the socket is gone. */
export const ends: readonly Story[] = [
  ...([402, 405, 403] as const).map((reason): Story => ({
    name: `a login that is refused with ${reason} is heard`,
    play: async ({ sim, player }) => {
      await player.do("disconnect");
      sim.faults.failLogin({ reason: String(reason) });
      await player.do("connect");
      const told = await Promise.race([player.hears("failed"), player.hears("logged-out")]);
      same(told["reason"], reason, "the reason");
    },
    expects: [{ line: /connect failure|outdated/, since: "the login is refused" }, hangsUp],
  })),
  ...(["500", "503"] as const).map((code): Story => ({
    name: `a stream that ends with ${code} is heard, and the client is back`,
    play: async ({ sim, player, phone, ann }) => {
      sim.faults.streamError({ code });
      await player.hears("closed");
      await ann.says("are you back?", { to: phone });
      await player.hears("message", ({ text }) => text === "are you back?");
    },
    expects: [{ line: /503 stream error|Unknown stream error/, since: "the stream ends so" }, hangsUp],
  })),
  {
    name: "a client that is replaced hears it",
    play: async ({ sim, player }) => {
      sim.faults.streamError({}, { tag: "conflict", attrs: { type: "replaced" } });
      same((await player.hears("closed"))["reason"], "replaced", "the reason");
    },
  },
  {
    name: "a line that breaks is taken up again",
    play: async ({ sim, player, phone, ann }) => {
      sim.faults.cut();
      await player.hears("closed");
      await ann.says("are you back?", { to: phone });
      await player.hears("message", ({ text }) => text === "are you back?");
    },
    expects: [hangsUp, { line: /Failed to send (receipt|acknowledgement)/, since: "the line is cut while it is said" }],
  },
];
