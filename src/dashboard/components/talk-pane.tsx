import { request, may, upload } from "../base/api.ts";
import { linkTo } from "../base/router.ts";
import { fill, w } from "../words/words.ts";
import { Bubbles } from "./bubble.tsx";
import { ActButton, Button } from "./button.tsx";
import { Composer } from "./composer.tsx";
import { type ChatJson, isGroupChat, nameIn, shortOf, useConversation } from "./conversation.ts";
import { Avatar } from "./avatar.tsx";
import { Icon } from "./icon.tsx";
import { ErrorNotice } from "./notice.tsx";

/** One chat: what was said in it, and a box to write. */
export function TalkPane({ device, chat, read }: { device: string; chat: ChatJson; read: () => void }) {
  const { lines, older, error } = useConversation(device, chat);
  const path = `/v1/devices/${encodeURIComponent(device)}`;
  const mark = async () => {
    await request("POST", `${path}/chats/${encodeURIComponent(chat.jid)}/read`);
    read();
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
        before={older && <Button onClick={older}>{w.more}</Button>}
      />
      {may("send") && <Composer label={w.send.text} send={(text) => send({ text })} sendFile={sendFile} />}
    </div>
  );
}
