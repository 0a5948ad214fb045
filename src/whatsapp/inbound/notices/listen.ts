import { type BinaryNode, buildAckStanza, type WASocket } from "@whiskeysockets/baileys";
import type { Signal } from "../../../core/ports/connector.ts";
import type { History } from "../../../core/ports/history.ts";
import { isBotAnswer } from "../../codec/bot-answer.ts";
import { botAnswer } from "../bot-answers.ts";
import type { StanzaAnswers } from "../answers.ts";
import { askForChanges } from "../dirty.ts";
import type { CallTracker } from "../calls.ts";
import { postSignal } from "../../account/channels/posts.ts";
import type { GroupCache } from "../../account/groups.ts";
import type { Reader } from "../../codec/incoming.ts";
import { bare, isChannel } from "../../wire/jid.ts";
import { before, instead } from "../../wire/socket.ts";
import type { UnavailableMessages } from "../unavailable-messages.ts";
import { isNews, newsIn } from "./index.ts";
import type { Alias } from "../../codec/notice.ts";

export interface NoticePorts {
  /** Resolves when the signals are on disk. */
  add: (signals: readonly Signal[]) => Promise<void>;
  alias: Alias;
  groups: GroupCache;
  calls: CallTracker;
  unavailable: UnavailableMessages;
  answers: StanzaAnswers;
  history: Pick<History, "wire">;
  reader: () => Reader;
  now: () => number;
  /** One could not be read; it is acknowledged all the same, since it would not be better the next time. */
  failed: (error: unknown) => void;
}

/** What comes unencrypted: written first, acknowledged afterwards. */
export function listenForNotices(sock: WASocket, ports: NoticePorts): void {
  before(sock, "CB:notification", (node) => {
    if (node.attrs.type === "w:gp2") ports.groups.forget(bare(node.attrs.from ?? ""));
    askForChanges(sock, node);
    return isNews(node) ? notified(node, ports) : null;
  });
  before(sock, "CB:call", (node) => {
    const news = ports.calls.newsIn(node, ports.now());
    return news && ports.add([{ type: "news", news }]);
  });
  before(sock, "CB:message", (node) => {
    const signal = readable(() => ports.unavailable.signalOf(node, ports.reader()), ports);
    if (signal) ports.answers.told(node);
    return signal && ports.add([signal]);
  });
  instead(sock, "CB:message", isBotAnswer, async (node) => {
    ports.answers.told(node);
    const signal = await botAnswer(node, ports.reader(), ports.history).catch((error: unknown) => ports.failed(error));
    if (signal) await ports.add([signal]);
    await sock.sendNode(buildAckStanza(node, undefined, ports.reader().me.id));
  });
  instead(sock, "CB:message", isPost, async (node) => {
    const signal = readable(() => postSignal(node, ports.reader()), ports);
    ports.answers.told(node);
    if (signal) await ports.add([signal]);
    await sock.sendNode(buildAckStanza(node, undefined, ports.reader().me.id));
  });
}

const isPost = ({ attrs }: BinaryNode): boolean => isChannel(attrs.from);

async function notified(node: BinaryNode, { alias, now, add, failed }: NoticePorts): Promise<void> {
  const news = await newsIn(node, alias, now()).catch((error: unknown) => {
    failed(error);
    return [];
  });
  if (news.length > 0) await add(news.map((each) => ({ type: "news", news: each })));
}

function readable<T>(read: () => T, { failed }: NoticePorts): T | null {
  try {
    return read();
  } catch (error) {
    failed(error);
    return null;
  }
}
