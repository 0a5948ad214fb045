import { proto } from "@whiskeysockets/baileys";
import { field, link, same, settled, type Story } from "../story.ts";

const { REVOKE } = proto.Message.ProtocolMessage.Type;

const textOf = (content: proto.IMessage | null | undefined) =>
  content?.conversation ?? content?.extendedTextMessage?.text;

const withText = (text: string) => (told: { readonly [name: string]: unknown }) => told["text"] === text;

/** Chats of two: messages both ways, what happens to them later, receipts, retries. */
export const talking: readonly Story[] = [
  {
    name: "two talk, by number and by LID",
    play: async ({ player, phone, ann }) => {
      for (const by of ["pn", "lid"] as const) {
        const said = await ann.says(`hello by ${by}`, { to: phone, by });
        const heard = await player.hears("message", withText(`hello by ${by}`));
        same([heard["name"], heard["fromMe"]], ["Ann", false], "who said it");
        // It has not said that it is there.
        same(await said.receipted(), "inactive", "the receipt");
        await player.do("text", { to: by === "pn" ? ann.jid : ann.lid, text: `answer by ${by}` });
        same((await ann.hears(`answer by ${by}`)).fromMe, false, "who answered");
        await phone.hears(`answer by ${by}`);
      }
    },
  },
  {
    name: "a message is received, read and answered with a reaction",
    play: async ({ player, ann }) => {
      const id = field(await player.do("text", { to: ann.jid, text: "look at this" }), "id");
      const heard = await ann.hears("look at this");
      await player.hears("receipt", ({ type }) => type === "delivery");
      heard.read();
      const read = await player.hears("receipt", ({ type }) => type === "read");
      same(read["messages"], [id], "the messages read");
      await ann.reacts(heard, "👍");
      same((await player.hears("message", ({ reaction }) => reaction === "👍"))["to"], id, "what it is a reaction to");
    },
  },
  {
    name: "a client reads, reacts, edits and takes back",
    play: async ({ sim, player, phone, ann, another }) => {
      const second = await another();
      await link(second, { sim, phone });
      const said = await ann.says("read me", { to: phone });
      const { message } = await player.hears("message", withText("read me"));
      await player.do("read", { message: String(message) });
      same(await said.seen(), "read", "the receipt");
      await second.hears("receipt", ({ type, messages }) => type === "read" && String(messages) === said.id);
      await player.do("react", { message: String(message), text: "❤️" });
      await ann.hears(({ message: content }) => content.reactionMessage?.text === "❤️");
      const id = field(await player.do("text", { to: ann.jid, text: "wrng" }), "id");
      await player.do("edit", { message: id, text: "right" });
      await ann.hears(({ message: { protocolMessage, editedMessage } }) => {
        const edit = protocolMessage ?? editedMessage?.message?.protocolMessage;
        return textOf(edit?.editedMessage) === "right" && edit?.key?.id === id;
      });
      await player.do("delete", { message: id });
      await ann.hears(
        ({ message: { protocolMessage } }) => protocolMessage?.type === REVOKE && protocolMessage.key?.id === id,
      );
    },
  },
  {
    name: "a contact edits and takes back",
    play: async ({ player, phone, ann }) => {
      const said = await ann.says("wrng", { to: phone });
      await ann.edits(said, "right");
      await player.hears("message", ({ edit, text }) => edit === true && text === "right");
      await ann.deletes(said);
      await player.hears("message", ({ protocol }) => protocol === "REVOKE");
    },
  },
  {
    name: "a poll is asked, and its votes open",
    only: "whatsmeow",
    play: async ({ player, ann }) => {
      await player.do("poll", { to: ann.jid, text: "Tea?", members: ["yes", "no"] });
      const poll = await ann.hears(({ message }) =>
        Boolean(message.pollCreationMessage ?? message.pollCreationMessageV3),
      );
      await ann.votes(poll, ["yes"]);
      await player.hears("message", ({ vote }) => vote === "yes");
    },
  },
  {
    name: "what the phone writes arrives as one's own",
    play: async ({ player, phone, ann }) => {
      await phone.says("from my phone", { to: ann });
      same((await player.hears("message", withText("from my phone")))["fromMe"], true, "whose it is");
    },
  },
  {
    name: "what came while a client was away comes when it is back",
    play: async ({ player, phone, ann }) => {
      await player.do("disconnect");
      const sent = await ann.saysMany(
        Array.from({ length: 30 }, (_, at) => `number ${at}`),
        { to: phone },
      );
      await player.do("connect");
      for (const { id } of sent) await player.hears("message", ({ message }) => message === id);
      await ann.says("and live", { to: phone });
      await player.hears("message", withText("and live"));
    },
  },
  {
    name: "a contact that cannot read asks again, and is told again",
    play: async ({ player, ann }) => {
      await player.do("text", { to: ann.jid, text: "first" });
      await ann.hears("first");
      ann.forgetsSessions();
      await player.do("text", { to: ann.jid, text: "second" });
      await ann.hears("second");
    },
    expects: [{ line: /untrusted identity|Failed to handle retry receipt/i, since: "the session was thrown away" }],
  },
  {
    name: "a client that cannot read asks again, and is told again",
    play: async ({ player, phone, ann }) => {
      await ann.says("first", { to: phone });
      await player.hears("message", withText("first"));
      await player.do("text", { to: ann.jid, text: "so that the session is up" });
      await ann.hears("so that the session is up");
      await player.do("forget-session", { to: ann.jid });
      await ann.says("second", { to: phone });
      await player.hears("message", withText("second"));
    },
    expects: [
      {
        line: /Error decrypting message .* no session|no session found|No valid session/i,
        since: "it was thrown away",
      },
    ],
  },
  {
    name: "a contact links another device, and is reached on it",
    play: async ({ sim, player, ann }) => {
      await player.do("text", { to: ann.jid, text: "to your phone" });
      await ann.hears("to your phone");
      ann.addsCompanion();
      await player.do("text", { to: ann.jid, text: "to both" });
      await ann.hears("to both");
      const heard = sim.until("companion.heard");
      await player.do("text", { to: ann.jid, text: "to both again" });
      await heard;
    },
    expects: [
      { line: /different participant list hash/, since: "whatsmeow looks the list up by number and keeps it by LID" },
    ],
  },
  {
    name: "a contact installs anew, and is talked to again",
    play: async ({ sim, player, phone, ann }) => {
      await player.do("text", { to: ann.jid, text: "before" });
      await ann.hears("before");
      ann.reinstalls();
      await settled(sim);
      await player.do("text", { to: ann.jid, text: "after" });
      await ann.hears("after");
      await ann.says("new here", { to: phone });
      await player.hears("message", withText("new here"));
    },
    expects: [{ line: /untrusted identity/, since: "the contact has another identity" }],
  },
  {
    name: "two clients talk, see each other type, and share a group",
    play: async ({ sim, player, phone, another }) => {
      const other = sim.phone("6281100000002", { name: "Citra" });
      const second = await another();
      await link(second, { sim, phone: other });
      await player.do("text", { to: other.jid, text: "hello Citra" });
      await second.hears("message", withText("hello Citra"));
      await second.do("text", { to: phone.jid, text: "hello Budi" });
      await player.hears("message", withText("hello Budi"));
      await player.do("presence", { on: true });
      await player.do("type", { to: other.jid });
      await second.hears("typing", ({ state }) => state === "composing");
      const group = sim.group("Both", [phone, other]);
      await player.hears("joined", ({ chat }) => chat === group.id);
      await second.hears("joined", ({ chat }) => chat === group.id);
      for (const [from, to] of [
        [player, second],
        [second, player],
      ] as const) {
        const id = field(await from.do("text", { to: group.id, text: "to the group" }), "id");
        await to.hears("message", ({ message }) => message === id);
      }
    },
  },
];
