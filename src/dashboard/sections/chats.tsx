import { useEffect, useRef, useState } from "preact/hooks";
import { ask, may, upload } from "../api.ts";
import { ofDevices, useAct, useData } from "../data.ts";
import { Bubble } from "../parts/bubble.tsx";
import { ActButton, Button } from "../parts/button.tsx";
import { type Chat, isGroup, shortOf, textOf, useChats, useSearch, useTalk } from "../parts/conversation.ts";
import { Choice, Field, FileButton } from "../parts/field.tsx";
import { Empty, Notice } from "../parts/notice.tsx";
import { type Device, isLinked, nameOf } from "../parts/phase.tsx";
import { SendBox } from "../parts/send-box.tsx";
import { go, linkTo } from "../router.ts";
import type { SectionProps } from "../sections.tsx";
import { ago } from "../time.ts";
import { fill, w } from "../words.ts";

/** What people and the bot said to each other, one device at a time. */
export function Chats({ rest: [device, jid] }: SectionProps) {
  const { data: devices } = useData<Device[]>("/v1/devices", ofDevices);
  const linked = devices?.filter(isLinked) ?? [];
  const chosen = device ?? linked[0]?.device_id;
  if (devices && linked.length === 0)
    return (
      <>
        <h1>{w.sections.chats}</h1>
        <Empty>
          {w.chats.noDevice} <a href="#/devices">{w.sections.devices}</a>
        </Empty>
      </>
    );
  return (
    <div class="filling">
      <div class="row spread bottom">
        <h1>{w.sections.chats}</h1>
        {linked.length > 1 && (
          <Choice
            label={w.chats.device}
            value={chosen ?? ""}
            onValue={(id) => go("chats", id)}
            options={linked.map((each): [string, string] => [each.device_id, nameOf(each)])}
          />
        )}
      </div>
      {chosen !== undefined && <Conversations key={chosen} device={chosen} jid={jid ?? null} />}
    </div>
  );
}

function Conversations({ device, jid }: { device: string; jid: string | null }) {
  const { data: chats, trouble, reload } = useChats(device);
  const [search, setSearch] = useState("");
  const known = chats?.find((chat) => jid !== null && (chat.jid === jid || chat.lid === jid));
  // One that is far down the list, or was written to just now.
  const open =
    known ?? (chats && jid !== null && jid !== "new" ? { jid, lid: null, name: null, unread: 0, last_at: null } : null);
  return (
    <div class={jid === null ? "chats" : "chats inside"}>
      <aside aria-label={w.chats.list}>
        <Field label={w.search} type="search" value={search} onValue={setSearch} />
        {trouble && <Notice trouble={trouble} retry={reload} />}
        <List device={device} chats={chats ?? []} jid={jid} search={search.trim()} />
        {chats?.length === 0 && <Empty>{w.chats.none}</Empty>}
        <p>
          <a class="button plain" href={linkTo("chats", device, "new")}>
            {w.chats.write}
          </a>
        </p>
      </aside>
      <section aria-label={open ? nameIn(open) : w.chats.list}>
        {jid !== null && (
          <p class="back">
            <a href={linkTo("chats", device)}>← {w.sections.chats}</a>
          </p>
        )}
        {jid === "new" ? (
          <div class="card narrow">
            <SendBox device={device} />
          </div>
        ) : open ? (
          <Open key={open.jid} device={device} chat={open} read={reload} />
        ) : (
          <Empty>{w.chats.choose}</Empty>
        )}
      </section>
    </div>
  );
}

const nameIn = ({ name, jid }: Chat): string => name ?? shortOf(jid);

interface ListProps {
  device: string;
  chats: readonly Chat[];
  jid: string | null;
  search: string;
}

/** The chats; while one searches, those of that name and the messages that say it. */
function List({ device, chats, jid, search }: ListProps) {
  const { data: found } = useSearch(device, search);
  const shown = chats.filter((chat) => nameIn(chat).toLowerCase().includes(search.toLowerCase()));
  return (
    <ul>
      {shown.map((chat) => (
        <li key={chat.jid}>
          <a href={linkTo("chats", device, chat.jid)} aria-current={chat.jid === jid ? "true" : undefined}>
            <strong>{nameIn(chat)}</strong>
            {chat.last_at !== null && <time class="dim small">{ago(chat.last_at)}</time>}
            {chat.unread > 0 && <span class="badge">{fill(w.chats.unread, { count: chat.unread })}</span>}
          </a>
        </li>
      ))}
      {found?.map((said) => (
        <li key={said.id}>
          <a href={linkTo("chats", device, said.chat)}>
            <span class="gist">{textOf(said.content)}</span>
            <time class="dim small">{ago(said.timestamp)}</time>
          </a>
        </li>
      ))}
    </ul>
  );
}

function Open({ device, chat, read }: { device: string; chat: Chat; read: () => void }) {
  const { lines, older, trouble } = useTalk(device, chat);
  const end = useRef<HTMLDivElement>(null);
  const newest = lines.at(-1)?.id;
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [newest]);
  const mark = async () => {
    await ask("POST", `/v1/devices/${encodeURIComponent(device)}/chats/${encodeURIComponent(chat.jid)}/read`);
    read();
  };
  return (
    <div class="talk">
      <div class="row spread">
        <h2>{nameIn(chat)}</h2>
        {chat.unread > 0 && may("send") && <ActButton act={mark}>{w.chats.markRead}</ActButton>}
      </div>
      {trouble && <Notice trouble={trouble} />}
      <div class="bubbles" ref={end} tabIndex={0} role="log" aria-label={nameIn(chat)}>
        {older && <Button onClick={older}>{w.more}</Button>}
        {lines.map((line) => (
          <Bubble key={line.id} line={line} named={isGroup(chat.jid)} />
        ))}
      </div>
      {may("send") && <Reply device={device} chat={chat.jid} />}
    </div>
  );
}

function Reply({ device, chat }: { device: string; chat: string }) {
  const [text, setText] = useState("");
  const { busy, trouble, act } = useAct();
  const path = `/v1/devices/${encodeURIComponent(device)}`;
  const send = async () => {
    await ask("POST", `${path}/messages`, { to: chat, text });
    setText("");
  };
  const sendFile = async (file: File) => {
    const { media_id } = await upload<{ media_id: string }>(
      `${path}/media?name=${encodeURIComponent(file.name)}`,
      file,
    );
    await ask("POST", `${path}/messages`, { to: chat, content: { kind: kindOf(file), media_id } });
  };
  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void act(send);
      }}
    >
      <FileButton label={w.chats.attach} onFile={(file) => void act(() => sendFile(file))} />
      <input
        aria-label={w.send.text}
        placeholder={w.send.text}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <Button kind="main" busy={busy}>
        {w.send.send}
      </Button>
      {trouble && <Notice trouble={trouble} />}
    </form>
  );
}

/** How a file is sent; what a chat cannot show goes as a document. */
function kindOf({ type }: File): string {
  return ["image", "video", "audio"].find((family) => type.startsWith(`${family}/`)) ?? "document";
}
