import { field, same, type Story } from "../story.ts";

const bytes = Buffer.from("not really a picture, but long enough to be more than one block of it");

export const files: readonly Story[] = [
  {
    name: "files go both ways",
    play: async ({ player, phone, ann }) => {
      await player.do("image", { to: ann.jid, text: "look", file: bytes.toString("base64") });
      same(ann.opens(await ann.hears("look")).equals(bytes), true, "the bytes at the contact");
      await ann.sends({ kind: "image", bytes, caption: "look too" }, { to: phone });
      const { message } = await player.hears("message", ({ text }) => text === "look too");
      same(await player.do("fetch", { message: String(message) }), bytes.toString("base64"), "the bytes at the client");
    },
  },
  {
    name: "a file that is gone is asked for, and uploaded again or not",
    // Baileys looks for the file that was uploaded again on a host of WhatsApp's.
    only: "whatsmeow",
    play: async ({ sim, player, phone, ann }) => {
      await ann.sends({ kind: "image", bytes, caption: "look" }, { to: phone });
      const message = field(await player.hears("message", ({ text }) => text === "look"), "message");
      sim.media.expireAll();
      const gone = await player.do("fetch", { message }).catch((cause: unknown) => String(cause));
      same(/410|Failed to fetch/.test(String(gone)), true, `why it cannot be fetched (${String(gone)})`);
      await player.do("ask-file", { message });
      same((await player.hears("file-again"))["found"], true, "what the phone says");
      same(await player.do("fetch", { message }), bytes.toString("base64"), "the bytes");
    },
  },
  {
    name: "a file that the phone has no more is told so",
    play: async ({ sim, player, phone, ann }) => {
      phone.whenAskedForFiles("refuses");
      await ann.sends({ kind: "image", bytes, caption: "look" }, { to: phone });
      const message = field(await player.hears("message", ({ text }) => text === "look"), "message");
      sim.media.expireAll();
      await player.do("ask-file", { message });
      same((await player.hears("file-again"))["found"], false, "what the phone says");
    },
  },
];
