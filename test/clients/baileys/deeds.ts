import type { AnyMessageContent } from "@whiskeysockets/baileys";
import type { With } from "../player.ts";
import type { Stagehand } from "./player.ts";

type Deed = (hand: Stagehand, how: With) => unknown;

async function send({ socket, memory }: Stagehand, to: string, content: AnyMessageContent): Promise<unknown> {
  const sent = await socket().sendMessage(to, content);
  const { id } = sent?.key ?? {};
  if (!sent || !id) throw new Error("nothing was sent");
  memory.heard.set(id, sent);
  if (sent.message) memory.sent.set(id, sent.message);
  return { id };
}

async function groupView({ socket }: Stagehand, id: string): Promise<unknown> {
  const found = await socket().groupMetadata(id);
  return {
    id: found.id,
    name: found.subject,
    members: found.participants.map((one) => one.id),
    announce: found.announce ?? false,
    approval: found.joinApprovalMode ?? false,
    ephemeral: found.ephemeralDuration ?? 0,
    everyone: found.memberAddMode ?? false,
    parent: found.linkedParent ?? "",
  };
}

async function createGroup(hand: Stagehand, { text = "", members = [], group = {} }: With): Promise<unknown> {
  const socket = hand.socket();
  const { id } = await socket.groupCreate(text, [...members]);
  if (group["announce"]) await socket.groupSettingUpdate(id, "announcement");
  if (group["approval"]) await socket.groupJoinApprovalMode(id, "on");
  if (group["everyone"]) await socket.groupMemberAddMode(id, "all_member_add");
  if (typeof group["ephemeral"] === "number") await socket.groupToggleEphemeral(id, group["ephemeral"]);
  return groupView(hand, id);
}

async function members(hand: Stagehand, how: With, change: "add" | "remove"): Promise<number[]> {
  const answers = await hand.socket().groupParticipantsUpdate(how.to ?? "", [...(how.members ?? [])], change);
  return answers.map(({ status }) => (status === "200" ? 0 : Number(status)));
}

/** What Baileys can be told to do, by the names the stories have for it. */
export const deeds: Readonly<Record<string, Deed>> = {
  connect: ({ connect }) => connect(),
  disconnect: ({ disconnect }) => disconnect(),
  logout: ({ socket }) => socket().logout(),
  code: ({ socket }, { to = "" }) => socket().requestPairingCode(to),
  text: (hand, { to = "", text = "" }) => send(hand, to, { text }),
  image: (hand, { to = "", text = "", file = "" }) =>
    send(hand, to, { image: Buffer.from(file, "base64"), caption: text, jpegThumbnail: "" }),
  fetch: async ({ baileys, memory }, { message }) =>
    (await baileys.downloadMediaMessage(memory.find(message), "buffer", {})).toString("base64"),
  "ask-file": ({ socket, memory, say }, { message }) =>
    socket()
      .updateMediaMessage(memory.find(message))
      .then(
        (updated) => {
          memory.heard.set(message ?? "", updated);
          say({ event: "file-again", found: true });
        },
        () => say({ event: "file-again", found: false }),
      ),
  react: (hand, { message, text = "" }) => {
    const { key } = hand.memory.find(message);
    return send(hand, key.remoteJid ?? "", { react: { text, key } });
  },
  edit: (hand, { message, text = "" }) => {
    const { key } = hand.memory.find(message);
    return send(hand, key.remoteJid ?? "", { text, edit: key });
  },
  delete: (hand, { message }) => {
    const { key } = hand.memory.find(message);
    return send(hand, key.remoteJid ?? "", { delete: key });
  },
  read: ({ socket, memory }, { message }) => socket().readMessages([memory.find(message).key]),
  "forget-session": ({ memory }) => memory.forgetSessions(),
  presence: ({ socket }, { on = false }) => socket().sendPresenceUpdate(on ? "available" : "unavailable"),
  subscribe: ({ socket }, { to = "" }) => socket().presenceSubscribe(to),
  type: ({ socket }, { to = "" }) => socket().sendPresenceUpdate("composing", to),
  archive: ({ socket, memory }, { to = "", on = false }) => {
    const last = [...memory.heard.values()].filter(({ key }) => key.remoteJid === to).slice(-1);
    return socket().chatModify({ archive: on, lastMessages: last }, to);
  },
  "create-group": createGroup,
  group: (hand, { to = "" }) => groupView(hand, to),
  groups: async ({ socket }) => Object.keys(await socket().groupFetchAllParticipating()),
  rename: ({ socket }, { to = "", text = "" }) => socket().groupUpdateSubject(to, text),
  describe: ({ socket }, { to = "", text = "" }) => socket().groupUpdateDescription(to, text),
  announce: ({ socket }, { to = "", on = false }) =>
    socket().groupSettingUpdate(to, on ? "announcement" : "not_announcement"),
  add: (hand, how) => members(hand, how, "add"),
  remove: (hand, how) => members(hand, how, "remove"),
  leave: ({ socket }, { to = "" }) => socket().groupLeave(to),
  "invite-link": async ({ socket }, { to = "" }) => `https://chat.whatsapp.com/${await socket().groupInviteCode(to)}`,
  about: ({ socket }, { text = "" }) => socket().updateProfileStatus(text),
  decline: ({ socket }, { to = "", text = "" }) => socket().rejectCall(text, to),
  "push-name": ({ socket }, { text = "" }) => socket().updateProfileName(text),
  "fetch-state": ({ socket }) => socket().resyncAppState(["regular_low"], false),
  older: ({ socket, memory }, { message }) => {
    const { key, messageTimestamp = 0 } = memory.find(message);
    return socket().fetchMessageHistory(50, key, messageTimestamp ?? 0);
  },
  "create-channel": async ({ socket }, { text = "" }) => (await socket().newsletterCreate(text)).id,
  follow: ({ socket }, { to = "" }) => socket().newsletterFollow(to),
  unfollow: ({ socket }, { to = "" }) => socket().newsletterUnfollow(to),
};
