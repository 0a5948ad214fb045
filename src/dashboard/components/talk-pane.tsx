import { useState } from "preact/hooks";
import { request, may, upload } from "../base/api.ts";
import { linkTo } from "../base/router.ts";
import { fill, w } from "../words/words.ts";
import { Bubbles } from "./bubble.tsx";
import { ActButton, Button } from "./button.tsx";
import { Composer } from "./composer.tsx";
import { type ChatJson, type ChatLine, isGroupChat, nameIn, shortOf, useConversation } from "./conversation.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { LineActs } from "./line-acts.tsx";
import { ErrorNotice } from "./notice.tsx";

/** One chat: what was said in it, and a box to write. */
export function TalkPane({ device, chat, read }: { device: string; chat: ChatJson; read: () => void }) {
  const { lines, older, error } = useConversation(device, chat);
  const path = `/v1/devices/${encodeURIComponent(device)}`;
  const mark = async () => {
    await request("POST", `${path}/chats/${encodeURIComponent(chat.jid)}/read`);
    read();
  };
  const [replyTo, setReplyTo] = useState<ChatLine | null>(null);
  const answer = async (text: string) => {
    await send({ text, ...(replyTo === null ? {} : { reply_to: replyTo.id }) });
    setReplyTo(null);
  };
  const send = (message: object) => request("POST", `${path}/messages`, { to: chat.jid, ...message });
  const sendFile = async (file: File, kind: string) => {
    const to = `${path}/media?name=${encodeURIComponent(file.name)}`;
    const { media_id } = await upload<{ media_id: string }>(to, file);
    await send({ content: { kind, media_id } });
  };
  return (
    <div class="talk">
      <header>
        <a class="button quiet square back" href={linkTo("chats", device)} aria-label={w.sections.chats}>
          <Icon name="back" />
        </a>
        <Avatar name={nameIn(chat)} />
        <div>
          <h2>{nameIn(chat)}</h2>
          {chat.name !== null && <p class="dim small figures">{shortOf(chat.jid)}</p>}
        </div>
        {chat.unread > 0 && may("send") && (
          <ActButton act={mark} label={`${w.chats.markRead} (${fill(w.chats.unread, { count: chat.unread })})`}>
            {w.chats.markRead}
          </ActButton>
        )}
      </header>
      {error && <ErrorNotice error={error} />}
      <Bubbles
        label={nameIn(chat)}
        lines={lines}
        named={isGroupChat(chat.jid)}
        {...(may("send") && {
          acts: (line: ChatLine) => <LineActs device={device} chat={chat.jid} line={line} reply={setReplyTo} />,
        })}
        before={older && <Button onClick={older}>{w.more}</Button>}
      />
      {replyTo !== null && (
        <div class="quoted row spread">
          <span class="gist">
            <strong>{replyTo.mine ? w.chats.you : replyTo.sender}</strong> {replyTo.text}
          </span>
          <Button kind="quiet" icon="close" label={w.chats.noReply} onClick={() => setReplyTo(null)} />
        </div>
      )}
      {may("send") && <Composer label={w.send.text} send={answer} sendFile={sendFile} />}
    </div>
  );
}
