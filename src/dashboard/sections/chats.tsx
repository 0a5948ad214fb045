import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ask, may } from "../api.ts";
import { ofDevices, useAct, useData } from "../data.ts";
import { Bubble } from "../parts/bubble.tsx";
import { Button } from "../parts/button.tsx";
import { type Chat, useChats } from "../parts/conversation.ts";
import { Choice, Field } from "../parts/field.tsx";
import { Empty, Notice } from "../parts/notice.tsx";
import { type Device, isLinked, nameOf } from "../parts/phase.tsx";
import { SendBox } from "../parts/send-box.tsx";
import { go, linkTo } from "../router.ts";
import type { SectionProps } from "../sections.tsx";
import { ago } from "../time.ts";
import { w } from "../words.ts";

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
  const { chats, trouble } = useChats(device);
  const [search, setSearch] = useState("");
  const found = useMemo(() => chats.filter((chat) => matches(chat, search.toLowerCase())), [chats, search]);
  const open = chats.find((chat) => chat.jid === jid);
  return (
    <div class={jid === null ? "chats" : "chats inside"}>
      <aside aria-label={w.chats.list}>
        <Field label={w.search} type="search" value={search} onValue={setSearch} />
        {trouble && <Notice trouble={trouble} />}
        <ul>
          {found.map((chat) => (
            <li key={chat.jid}>
              <a href={linkTo("chats", device, chat.jid)} aria-current={chat.jid === jid ? "true" : undefined}>
                <strong>{chat.name}</strong>
                <time class="dim small">{ago(chat.at)}</time>
                <span class="dim gist">{chat.lines.at(-1)?.text}</span>
              </a>
            </li>
          ))}
        </ul>
        {chats.length === 0 && <Empty>{w.chats.none}</Empty>}
        <p>
          <a class="button plain" href={linkTo("chats", device, "new")}>
            {w.chats.write}
          </a>
        </p>
      </aside>
      <section aria-label={open?.name ?? w.chats.list}>
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
          <Open key={open.jid} device={device} chat={open} />
        ) : (
          <Empty>{w.chats.choose}</Empty>
        )}
      </section>
    </div>
  );
}

const matches = (chat: Chat, search: string): boolean =>
  search === "" ||
  [chat.name, ...chat.lines.map(({ text }) => text)].some((text) => text.toLowerCase().includes(search));

function Open({ device, chat }: { device: string; chat: Chat }) {
  const end = useRef<HTMLDivElement>(null);
  const count = chat.lines.length;
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [count]);
  return (
    <div class="talk">
      <h2>{chat.name}</h2>
      <div class="bubbles" ref={end} tabIndex={0} role="log" aria-label={chat.name}>
        {chat.lines.map((line) => (
          <Bubble key={line.id} line={line} named={chat.isGroup} />
        ))}
      </div>
      {may("send") && <Reply device={device} chat={chat.jid} />}
    </div>
  );
}

function Reply({ device, chat }: { device: string; chat: string }) {
  const [text, setText] = useState("");
  const { busy, trouble, act } = useAct();
  const send = async () => {
    await ask("POST", `/v1/devices/${encodeURIComponent(device)}/messages`, { to: chat, text });
    setText("");
  };
  return (
    <form
      class="reply"
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== "") void act(send);
      }}
    >
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
