import { field, same, type Story } from "../story.ts";

/** What belongs to an account: settings shared by its devices, history, profile, presence. */
export const account: readonly Story[] = [
  {
    name: "app state goes both ways",
    play: async ({ player, phone, ann }) => {
      phone.archives(ann);
      await player.hears("archive", ({ on }) => on === true);
      await player.do("archive", { to: ann.jid, on: false });
      same(
        phone.appState("regular_low").get(JSON.stringify(["archive", ann.jid]))?.archiveChatAction?.archived,
        false,
        "what the phone has",
      );
      phone.savesContact(ann, "Ann of the office");
      await player.hears("contact", ({ name }) => name === "Ann of the office");
      await player.do("push-name", { text: "Budi S." });
      await player.do("fetch-state", { text: "regular_low", on: true });
    },
  },
  {
    name: "older messages come on demand",
    play: async ({ player, phone, ann }) => {
      await ann.says("long ago", { to: phone });
      await ann.says("just now", { to: phone });
      const { message } = await player.hears("message", ({ text }) => text === "just now");
      await player.do("older", { message: String(message) });
      same((await player.hears("history", ({ type }) => type === "ON_DEMAND"))["texts"], ["long ago"], "the texts");
    },
  },
  {
    name: "people are looked up",
    only: "whatsmeow",
    play: async ({ player, ann }) => {
      ann.describesItself("12345");
      ann.setsPicture(Buffer.from("picture"));
      const [found, none] = (await player.do("look-up", { members: [`+${ann.number}`, "+62899999999"] })) as unknown[];
      same([field(found, "jid"), field(found, "number"), field(found, "in")], [ann.lid, ann.jid, "true"], "Ann");
      same([field(none, "jid"), field(none, "in")], ["62899999999@s.whatsapp.net", "false"], "nobody");
      const user = await player.do("user", { to: ann.jid });
      same(
        [field(user, "about"), field(user, "lid"), field(user, "devices")],
        ["12345", ann.lid, "1"],
        "what Ann shows",
      );
      const picture = await player.do("picture", { to: ann.jid });
      same(field(user, "picture"), field(picture, "id"), "the picture");
      same(await player.do("picture", { to: ann.jid, text: field(picture, "id") }), null, "the picture that is known");
    },
  },
  {
    name: "a business shows its name",
    only: "whatsmeow",
    play: async ({ player, ann }) => {
      ann.opensBusiness({ description: "tea" });
      same(field(await player.do("user", { to: ann.jid }), "business"), "Ann", "the name");
    },
  },
  {
    name: "presence and typing are seen",
    play: async ({ player, phone, ann, sim }) => {
      await player.hears("push-name");
      await player.do("presence", { on: true });
      await player.do("subscribe", { to: ann.jid });
      await player.hears("presence", ({ online }) => online === false);
      ann.comesOnline();
      await player.hears("presence", ({ online }) => online === true);
      ann.types("composing", { to: phone });
      await player.hears("typing", ({ state }) => state === "composing");
      await player.do("type", { to: ann.jid });
      await sim.until(() => true);
      await player.do("presence", { on: false });
    },
  },
  {
    name: "somebody is blocked, and let in again",
    only: "whatsmeow",
    play: async ({ player, phone, ann }) => {
      same(await player.do("block", { to: ann.jid, on: true }), [ann.lid], "the list");
      await ann.says("hello?", { to: phone });
      same(await player.do("block", { to: ann.jid, on: false }), null, "the list");
      await ann.says("hello!", { to: phone });
      await player.hears("message", ({ text }) => text === "hello!");
      same(
        player.told.some(({ text }) => text === "hello?"),
        false,
        "what a blocked contact said",
      );
    },
  },
  {
    name: "settings are read and changed",
    only: "whatsmeow",
    play: async ({ player, phone }) => {
      same(field(await player.do("privacy"), "LastSeen"), "all", "who sees when one was there");
      await player.do("about", { text: "at sea" });
      same(phone.user.settings.get("status"), "at sea", "the line under one's name");
      await player.do("status-privacy");
      same(phone.user.settings.get("status"), "at sea", "the same, after reading who sees one's status");
      const code = String(await player.do("contact-link"));
      same(await player.do("resolve-link", { text: code }), phone.jid, "whose link it is");
      await player.do("push-config");
    },
  },
  {
    name: "somebody who refuses strangers lets in who has the salt of the account",
    only: "whatsmeow",
    play: async ({ player, ann }) => {
      ann.refusesStrangers();
      await player.hears("history");
      await player.do("text", { to: ann.jid, text: "may I?" });
      await ann.hears("may I?");
    },
  },
  {
    name: "a call rings and is declined",
    play: async ({ player, phone, ann }) => {
      const call = ann.calls({ to: phone });
      const rings = await player.hears("call");
      await player.do("decline", { to: String(rings["from"]), text: call.id });
      await call.rejected();
    },
  },
  {
    name: "a contact's news are told",
    only: "whatsmeow",
    play: async ({ player, phone, ann }) => {
      await ann.says("hello", { to: phone });
      ann.setsPicture(Buffer.from("picture"));
      await player.hears("picture");
      ann.describesItself("busy");
      same((await player.hears("about"))["text"], "busy", "the line under the name");
    },
  },
];
