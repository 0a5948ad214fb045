import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { ActButton, Button } from "./button.tsx";
import { type ChatJson, type ChatLine, nameIn, useChats } from "./conversation.ts";
import { DialogButton } from "./dialog.tsx";

/** What WhatsApp offers first. */
const emojis = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

interface LineActsProps {
  device: string;
  chat: string;
  line: ChatLine;
  reply: (line: ChatLine) => void;
}

/** What can be done with one message: answered, reacted to, forwarded. */
export function LineActs({ device, chat, line, reply }: LineActsProps) {
  const path = `/v1/devices/${encodeURIComponent(device)}/messages`;
  const gist = line.text === "" ? line.sender : line.text.slice(0, 40);
  const send = (to: string, content: object) => request("POST", path, { to, content });
  const react = (emoji: string | null) => send(chat, { kind: "reaction", target: line.id, emoji });
  return (
    <span class="acts">
      <Button kind="quiet" label={`${w.chats.reply}: ${gist}`} icon="reply" onClick={() => reply(line)} />
      <DialogButton kind="quiet" says="☺" label={`${w.chats.react}: ${gist}`} title={w.chats.react}>
        {(close) => (
          <div class="row">
            {emojis.map((emoji) => (
              <ActButton key={emoji} label={emoji} act={async () => (await react(emoji), close())}>
                {emoji}
              </ActButton>
            ))}
            <ActButton act={async () => (await react(null), close())}>{w.chats.takeBack}</ActButton>
          </div>
        )}
      </DialogButton>
      <DialogButton kind="quiet" icon="outbox" label={`${w.chats.forward}: ${gist}`} title={w.chats.forward}>
        {(close) => (
          <Targets
            device={device}
            forward={async (to) => {
              await send(to.jid, { kind: "forward", target: line.id, ...(to.jid === chat ? {} : { chat }) });
              close();
            }}
          />
        )}
      </DialogButton>
    </span>
  );
}

function Targets({ device, forward }: { device: string; forward: (chat: ChatJson) => Promise<unknown> }) {
  const { data: chats, more } = useChats(device);
  const [words, setWords] = useState("");
  const shown = (chats ?? []).filter((chat) => nameIn(chat).toLowerCase().includes(words.toLowerCase()));
  return (
    <div class="stack">
      <input
        type="search"
        aria-label={w.search}
        placeholder={w.search}
        value={words}
        onInput={({ currentTarget }) => setWords(currentTarget.value)}
      />
      <ul class="stack tight">
        {shown.map((chat) => (
          <li key={chat.jid}>
            <ActButton act={() => forward(chat)}>{nameIn(chat)}</ActButton>
          </li>
        ))}
      </ul>
      {more && <Button onClick={more}>{w.more}</Button>}
    </div>
  );
}
