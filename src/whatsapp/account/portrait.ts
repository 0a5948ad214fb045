import { areJidsSameUser, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import { bare } from "../wire/jid.ts";

/** The picture of the account or of a group; Baileys' own call would draw it with a library we do without. */
export async function setProfilePicture(sock: WASocket, jid: string, jpeg: Uint8Array | null): Promise<void> {
  const own = areJidsSameUser(jid, sock.user?.id);
  await sock.query({
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "set", xmlns: "w:profile:picture", ...(own ? {} : { target: bare(jid) }) },
    ...(jpeg ? { content: [{ tag: "picture", attrs: { type: "image" }, content: jpeg }] } : {}),
  });
}
