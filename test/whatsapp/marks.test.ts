import { describe, expect, test } from "bun:test";
import { proto } from "@whiskeysockets/baileys";
import { participantHash } from "../../src/whatsapp/outbound/group-relay.ts";
import { cipherMarks, marksOf } from "../../src/whatsapp/outbound/marks.ts";
import { contactToken } from "../../src/whatsapp/outbound/privacy-tokens.ts";

const { MESSAGE_EDIT, REVOKE } = proto.Message.ProtocolMessage.Type;
const { EVENT_EDIT, MESSAGE_EDIT: SEALED_EDIT } = proto.Message.SecretEncryptedMessage.SecretEncType;
const text = { extendedTextMessage: { text: "hi" } };
const image = { imageMessage: {} };
/** The envelopes that hide what a message is. */
const envelopes: ((message: proto.IMessage) => proto.IMessage)[] = [
  (message) => message,
  (message) => ({ ephemeralMessage: { message } }),
  (message) => ({ viewOnceMessage: { message } }),
  (message) => ({ viewOnceMessageV2: { message } }),
  (message) => ({ viewOnceMessageV2Extension: { message } }),
  (message) => ({ documentWithCaptionMessage: { message } }),
  (message) => ({ deviceSentMessage: { message: { groupStatusMessageV2: { message } } } }),
];
const media: [string, proto.IMessage, string][] = [
  ["a picture", image, "image"],
  ["a sticker", { stickerMessage: {} }, "sticker"],
  ["a film", { videoMessage: {} }, "video"],
  ["a gif", { videoMessage: { gifPlayback: true } }, "gif"],
  ["a video note", { ptvMessage: {} }, "ptv"],
  ["sound", { audioMessage: {} }, "audio"],
  ["a voice", { audioMessage: { ptt: true } }, "ptt"],
  ["a document", { documentMessage: {} }, "document"],
  ["a place", { locationMessage: {} }, "location"],
  ["a live place", { liveLocationMessage: {} }, "livelocation"],
  ["a contact", { contactMessage: {} }, "vcard"],
  ["contacts", { contactsArrayMessage: {} }, "contact_array"],
  ["a link's card", { extendedTextMessage: { text: "a", matchedText: "https://a.b" } }, "url"],
  ["a group invitation", { groupInviteMessage: {} }, "url"],
];

describe("the marks of a message are those of its innermost one", () => {
  test.each(media)("%s, in every envelope", (_name, message, mediatype) => {
    for (const wrapped of envelopes.map((put) => put(message)))
      expect(marksOf(wrapped)).toEqual({ type: "media", mediatype, hides: false });
  });

  test.each<[string, proto.IMessage, string, boolean]>([
    ["text", text, "text", false],
    ["a reaction", { reactionMessage: {} }, "reaction", true],
    ["a sealed reaction", { encReactionMessage: {} }, "reaction", true],
    ["a poll", { pollCreationMessageV3: {} }, "poll", false],
    ["a vote", { pollUpdateMessage: {} }, "poll", true],
    ["an event", { eventMessage: {} }, "event", false],
    ["an answer to one", { encEventResponseMessage: {} }, "event", true],
    ["an edit", { protocolMessage: { type: MESSAGE_EDIT, editedMessage: image } }, "text", true],
    ["an edit of an event", { secretEncryptedMessage: { secretEncType: EVENT_EDIT } }, "event", true],
    ["a sealed edit", { secretEncryptedMessage: { secretEncType: SEALED_EDIT } }, "text", true],
    ["a deletion", { protocolMessage: { type: REVOKE } }, "text", false],
    ["a pin", { pinInChatMessage: {} }, "text", true],
    ["a keep", { keepInChatMessage: {} }, "text", true],
    ["a comment", { encCommentMessage: {} }, "text", true],
  ])("%s", (_name, message, type, hides) => {
    const marks = marksOf(message);
    expect(marks).toEqual({ type: type as "text", mediatype: null, hides });
    expect(cipherMarks(marks)).toEqual(hides ? { "decrypt-fail": "hide" } : {});
  });

  test("with a business's child it is text without a media type", () =>
    expect(marksOf({ listMessage: {} }, true)).toEqual({ type: "text", mediatype: null, hides: false }));
});

test("the token of a first message is made of the salt and the LID as text", () =>
  expect(contactToken(Buffer.alloc(32, 0x22), "100000000000002@lid").toString("hex")).toBe(
    "a6df6a95173b1acebc951ade8b9ac84331cd2a1ce80a5095f3052bb850e03b4f",
  ));

test("the hash of a group's devices does not depend on their order, and counts each once", () => {
  const devices = ["100000000000001@lid", "100000000000001:3@lid", "100000000000002@lid"];
  expect(participantHash(devices)).toMatch(/^2:[\w+/]{8}$/);
  expect(participantHash([...devices, ...devices].toReversed())).toBe(participantHash(devices));
  expect(participantHash(devices.slice(1))).not.toBe(participantHash(devices));
});
