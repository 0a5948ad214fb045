import { field, link, same, type Story } from "../story.ts";

export const linking: readonly Story[] = [
  {
    name: "a client is linked by QR, and told keys, history and names",
    unlinked: true,
    play: async ({ sim, player, phone, ann }) => {
      await ann.says("before you were linked", { to: phone });
      await link(player, { sim, phone });
      const { texts } = await player.hears("history", ({ type }) => type === "INITIAL_BOOTSTRAP");
      same(texts, ["before you were linked"], "the texts of the history");
      same((await player.hears("push-name"))["name"], "Budi", "the name of the account");
    },
  },
  {
    name: "a client is linked by code",
    unlinked: true,
    play: async ({ player, phone }) => {
      await player.do("connect");
      await player.hears("qr");
      await phone.enterCode(String(await player.do("code", { to: phone.number })));
      const { jid } = await player.hears("paired", ({ jid: one }) => one !== undefined);
      same(jid, phone.linkedDevices()[0]?.jid, "the device");
      await player.ready();
    },
  },
  {
    name: "a client that leaves is unlinked",
    play: async ({ player, phone }) => {
      await player.do("logout");
      same(phone.linkedDevices(), [], "the linked devices");
    },
  },
  {
    name: "a client that the phone unlinks hears it",
    play: async ({ player, phone }) => {
      await phone.unlink();
      same((await player.hears("logged-out"))["onConnect"], false, "on connecting");
    },
  },
  {
    name: "a client that was unlinked while it was away hears it when it logs in",
    play: async ({ player, phone }) => {
      await player.do("disconnect");
      await phone.unlink();
      await player.do("connect");
      same((await player.hears("logged-out"))["reason"], 401, "the reason");
    },
  },
  {
    name: "a second client is linked, and the first is told",
    // Baileys keeps the list of its own devices for five minutes, whatever it is told.
    only: "whatsmeow",
    play: async ({ sim, player, phone, ann, another }) => {
      await player.do("text", { to: ann.jid, text: "while there is one" });
      await ann.hears("while there is one");
      const second = await another();
      await link(second, { sim, phone });
      const id = field(await player.do("text", { to: ann.jid, text: "hello" }), "id");
      same((await second.hears("message", ({ message }) => message === id))["text"], "hello", "what the second hears");
    },
  },
];
