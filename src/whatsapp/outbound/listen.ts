import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { Signal } from "../../core/ports/connector.ts";
import { preKeyBatch } from "../session/own-keys.ts";
import { instead } from "../wire/socket.ts";
import type { MessageDispatch } from "./dispatch.ts";

/** Hears what concerns sending: who asks for a message again, whose devices changed, by which names the account writes. */
export function listenForSending(
  sock: WASocket,
  dispatch: MessageDispatch,
  inOrder: (work: () => Promise<Signal | null>) => void,
  failed: (error: unknown) => void,
): void {
  const { addressing, lists } = dispatch;
  const quietly = (work: Promise<unknown>): void => void work.catch(failed);
  instead(
    sock,
    "CB:receipt",
    ({ attrs }) => attrs.type === "retry",
    async (receipt) => {
      await dispatch.askedAgain(receipt).catch(failed);
      await sock.sendNode(receiptAck(receipt));
    },
  );
  sock.ws.on("CB:iq,,pair-success", (stanza: BinaryNode) => safely(() => addressing.paired(stanza), failed));
  sock.ws.on("CB:notification,type:account_sync", (stanza: BinaryNode) => {
    if (getBinaryNodeChild(stanza, "devices")) quietly(lists.forget(stanza.attrs.from ?? ""));
  });
  sock.ws.on("CB:notification,type:encrypt", (stanza: BinaryNode) => {
    // Baileys, which hears of it later, finds the upload under way; its own are five.
    if (getBinaryNodeChild(stanza, "count")) quietly(sock.uploadPreKeys(preKeyBatch));
  });
  sock.ws.on("CB:notification,type:privacy_token", (stanza: BinaryNode) => {
    // The answer to a message that was refused for want of it may come right behind.
    inOrder(async () => {
      const chat = await dispatch.tokenGiven(stanza).catch(failed);
      return chat ? { type: "token", chat } : null;
    });
  });
  sock.ws.on("CB:notification,type:devices", (stanza: BinaryNode) => {
    const { from = "", lid = "" } = stanza.attrs;
    for (const jid of [from, lid]) if (jid) quietly(lists.forget(jid));
  });
  sock.ws.on("frame", (stanza: BinaryNode) => {
    if (stanza.attrs === undefined) return; // bytes of the handshake
    const { from, participant = from } = stanza.attrs;
    if ((stanza.tag === "message" || stanza.tag === "receipt") && participant) quietly(lists.heardFrom(participant));
    const isAnswer = stanza.tag === "iq" && stanza.attrs.type === "result";
    if (isAnswer && getBinaryNodeChildren(stanza, "props").length > 0)
      safely(() => addressing.switched(stanza), failed);
  });
}

function safely(work: () => void, failed: (error: unknown) => void): void {
  try {
    work();
  } catch (error) {
    failed(error);
  }
}

function receiptAck({ attrs }: BinaryNode): BinaryNode {
  const { id = "", from = "", type, participant, recipient } = attrs;
  const more = { type, participant, recipient };
  const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { tag: "ack", attrs: { id, to: from, class: "receipt", ...given } };
}
