import { useState } from "preact/hooks";
import { Button } from "../components/button.tsx";
import { ChosenDevice } from "../components/chosen-device.tsx";
import {
  type ChatJson,
  type StoredMessageJson,
  nameIn,
  shortOf,
  summaryOf,
  useChats,
  useLatest,
  useSearch,
} from "../components/conversation.ts";
import { Avatar } from "../components/avatar.tsx";
import { Icon } from "../components/icon.tsx";
import { Empty, ErrorNotice } from "../components/notice.tsx";
import { SendBox } from "../components/send-box.tsx";
import { TalkPane } from "../components/talk-pane.tsx";
import { linkTo } from "../base/router.ts";
import type { SectionProps } from "./section.ts";
import { lately } from "../base/time.ts";
import { fill, w } from "../words/words.ts";

/** What people and the bot said to each other, one device at a time. */
export function Chats({ rest: [device, jid] }: SectionProps) {
  return (
    <ChosenDevice section="chats" icon="chats" device={device}>
      {(chosen) => <Conversations key={chosen} device={chosen} jid={jid ?? null} />}
    </ChosenDevice>
  );
}

function Conversations({ device, jid }: { device: string; jid: string | null }) {
  const { data: chats, error, reload, more } = useChats(device);
  const [search, setSearch] = useState("");
  const known = chats?.find((chat) => jid !== null && (chat.jid === jid || chat.lid === jid));
  // One that is far down the list, or was written to just now.
  const open =
    known ?? (chats && jid !== null && jid !== "new" ? { jid, lid: null, name: null, unread: 0, last_at: null } : null);
  return (
    <div class={jid === null ? "chats" : "chats inside"}>
      <aside aria-label={w.chats.list}>
        <div class="top-bar">
          <input
            type="search"
            aria-label={w.search}
            placeholder={w.search}
            value={search}
            onInput={(event) => setSearch(event.currentTarget.value)}
          />
          <a
            class="button square"
            href={linkTo("chats", device, "new")}
            aria-label={w.chats.write}
            title={w.chats.write}
          >
            <Icon name="plus" />
          </a>
        </div>
        <div class="list-of">
          {error && <ErrorNotice error={error} retry={reload} />}
          <List device={device} chats={chats ?? []} jid={jid} search={search.trim()} />
          {more && <Button onClick={more}>{w.more}</Button>}
          {chats?.length === 0 && <Empty icon="chats">{w.chats.none}</Empty>}
        </div>
      </aside>
      <section aria-label={open ? nameIn(open) : w.chats.list}>
        {jid === "new" ? (
          <New device={device} />
        ) : open ? (
          <TalkPane key={open.jid} device={device} chat={open} read={reload} />
        ) : (
          <Empty icon="chats">{w.chats.choose}</Empty>
        )}
      </section>
    </div>
  );
}

const New = ({ device }: { device: string }) => (
  <div class="talk">
    <header>
      <a class="button quiet square back" href={linkTo("chats", device)} aria-label={w.sections.chats}>
        <Icon name="back" />
      </a>
      <h2>{w.chats.write}</h2>
    </header>
    <div class="inset narrow new-chat">
      <SendBox device={device} />
    </div>
  </div>
);

interface ListProps {
  device: string;
  chats: readonly ChatJson[];
  jid: string | null;
  search: string;
}

/** The chats, each with its last message; while one searches, those of that name and the messages that say it. */
function List({ device, chats, jid, search }: ListProps) {
  const latest = useLatest(device);
  const { data: found } = useSearch(device, search);
  const shown = chats.filter((chat) => nameIn(chat).toLowerCase().includes(search.toLowerCase()));
  const names = new Map(chats.map((chat) => [chat.jid, nameIn(chat)]));
  return (
    <ul>
      {shown.map((chat) => (
        <li key={chat.jid}>
          <Line
            href={linkTo("chats", device, chat.jid)}
            name={nameIn(chat)}
            gist={gistOf(latest.get(chat.jid) ?? latest.get(chat.lid ?? ""))}
            at={chat.last_at}
            unread={chat.unread}
            current={chat.jid === jid}
          />
        </li>
      ))}
      {found?.map((said) => (
        <li key={said.id}>
          <Line
            href={linkTo("chats", device, said.chat)}
            name={names.get(said.chat) ?? shortOf(said.chat)}
            gist={summaryOf(said.content)}
            at={said.timestamp}
            unread={0}
            current={false}
          />
        </li>
      ))}
    </ul>
  );
}

const gistOf = (said: StoredMessageJson | undefined): string =>
  said
    ? (said.from_me ? `${w.chats.you}: ` : "") + (said.deleted_at === null ? summaryOf(said.content) : w.chats.deleted)
    : "";

interface LineProps {
  href: string;
  name: string;
  gist: string;
  /** Unix seconds. */
  at: number | null;
  unread: number;
  current: boolean;
}

const Line = ({ href, name, gist, at, unread, current }: LineProps) => (
  <a class="chat-link" href={href} aria-current={current ? "true" : undefined}>
    <Avatar name={name} />
    <span class="stack tight">
      <strong>{name}</strong>
      <span class="gist">{gist || "\u00a0"}</span>
    </span>
    <span class="when">
      <time class="dim small">{at === null ? "" : lately(at)}</time>
      {unread > 0 && (
        <span class="count" aria-label={fill(w.chats.unread, { count: unread })}>
          {unread}
        </span>
      )}
    </span>
  </a>
);
