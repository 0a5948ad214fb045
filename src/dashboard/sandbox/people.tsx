import { useEffect, useRef, useState } from "preact/hooks";
import { useAct } from "../data.ts";
import { Bubble } from "../parts/bubble.tsx";
import { ActButton, Button } from "../parts/button.tsx";
import { Choice, Field, FileButton } from "../parts/field.tsx";
import { Empty, Notice } from "../parts/notice.tsx";
import { fill, w } from "../words.ts";
import { type Person, type State, does } from "./control.ts";
import { useTalk } from "./talk.ts";

/** The people who write to the bot: one speaks as any of them, alone or in a group. */
export function PeopleSide({ state, look }: { state: State; look: () => void }) {
  const { contacts, groups, phones } = state;
  const [number, setNumber] = useState<string | null>(null);
  const [place, setPlace] = useState("");
  const me = contacts.find((each) => each.number === number) ?? contacts[0];
  const phone = phones[0];
  if (!phone) return null;
  const names = new Map(
    [...phones, ...contacts].flatMap(({ jid, lid, name }) => [[jid, name] as const, [lid, name] as const]),
  );
  const chat = groups.some(({ id }) => id === place) ? place : phone.jid;
  return (
    <section class="card people" aria-labelledby="people">
      <h2 id="people">{w.sandbox.people}</h2>
      <div class="tabs" role="group" aria-labelledby="people">
        {contacts.map((each) => (
          <button key={each.number} type="button" aria-pressed={each === me} onClick={() => setNumber(each.number)}>
            {each.name}
          </button>
        ))}
      </div>
      {groups.length > 0 && (
        <Choice
          label={w.send.to}
          value={chat}
          onValue={setPlace}
          options={[[phone.jid, phone.name], ...groups.map(({ id, subject }): [string, string] => [id, subject])]}
        />
      )}
      {me && <Conversation key={`${me.number} ${chat}`} me={me} chat={chat} names={names} />}
      <Newcomers state={state} look={look} />
    </section>
  );
}

interface ConversationProps {
  me: Person;
  chat: string;
  names: ReadonlyMap<string, string>;
}

function Conversation({ me, chat, names }: ConversationProps) {
  const { lines, last, typing, say } = useTalk(me.number, chat, names);
  const [text, setText] = useState("");
  const { busy, trouble, act } = useAct();
  const end = useRef<HTMLDivElement>(null);
  const showTyping = useTyping(me.number, chat);
  useEffect(() => end.current?.scrollTo({ top: end.current.scrollHeight }), [lines.length, typing]);
  const writes = async () => {
    await say(text, (id) => does(`/people/${me.number}/says`, { id, text, to: chat }));
    setText("");
  };
  const sends = async (file: File) => {
    const attachment = await attached(file);
    await say(file.name, (id) => does(`/people/${me.number}/sends`, { id, ...attachment, to: chat }));
  };
  return (
    <>
      <div class="bubbles" ref={end} tabIndex={0} role="log" aria-label={me.name}>
        {lines.length === 0 && <Empty>{w.sandbox.empty}</Empty>}
        {lines.map((line) => (
          <Bubble key={line.id} line={line} named={chat.endsWith("@g.us")} />
        ))}
        {typing && <p class="dim small">{w.sandbox.botTyping}</p>}
      </div>
      <form
        class="reply"
        onSubmit={(event) => {
          event.preventDefault();
          if (text.trim() !== "") void act(writes);
        }}
      >
        <input
          aria-label={fill(w.sandbox.write, { name: me.name })}
          placeholder={fill(w.sandbox.write, { name: me.name })}
          value={text}
          onInput={(event) => {
            setText(event.currentTarget.value);
            showTyping();
          }}
        />
        <Button kind="main" busy={busy}>
          {w.sandbox.send}
        </Button>
        {trouble && <Notice trouble={trouble} />}
      </form>
      <div class="row">
        <FileButton
          label={w.sandbox.attach}
          accept="image/*,audio/*,video/*"
          onFile={(file) => void act(() => sends(file))}
        />
        {last !== null && (
          <ActButton
            label={w.sandbox.react}
            act={() => does(`/people/${me.number}/reacts`, { message: last, emoji: "👍" })}
          >
            👍
          </ActButton>
        )}
      </div>
    </>
  );
}

const pauseMs = 3_000;

/** Shows the person as typing, until they pause. */
function useTyping(number: string, chat: string): () => void {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    const show = (state: string) => void does(`/people/${number}/types`, { state, to: chat }).catch(() => {});
    if (timer.current === 0) show("composing");
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      show("paused");
    }, pauseMs);
  };
}

/** A file as the simulator takes it; sound is sent as a voice message. */
async function attached(file: File): Promise<object> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  const [family] = file.type.split("/");
  const kind = ["image", "audio", "video"].find((each) => each === family) ?? "document";
  return {
    kind,
    base64: btoa(binary),
    mimetype: file.type,
    fileName: file.name,
    ...(kind === "audio" ? { voice: true } : {}),
  };
}

function Newcomers({ state, look }: { state: State; look: () => void }) {
  const [name, setName] = useState("");
  const [subject, setSubject] = useState("");
  const person = useAct();
  const group = useAct();
  const everybody = [...state.contacts, ...state.phones].map(({ number }) => number);
  const addPerson = async () => {
    // The last number that begins so, and one more.
    const number = String(Math.max(...everybody.map(Number)) + 1);
    await does("/contacts", { number, name });
    setName("");
    look();
  };
  const addGroup = async () => {
    await does("/groups", { subject, members: everybody });
    setSubject("");
    look();
  };
  return (
    <details>
      <summary>{w.sandbox.more}</summary>
      <div class="stack">
        <form
          class="row bottom"
          onSubmit={(event) => {
            event.preventDefault();
            void person.act(addPerson);
          }}
        >
          <Field label={w.sandbox.name} value={name} onValue={setName} required />
          <Button busy={person.busy}>{w.sandbox.add}</Button>
        </form>
        <form
          class="row bottom"
          onSubmit={(event) => {
            event.preventDefault();
            void group.act(addGroup);
          }}
        >
          <Field label={w.sandbox.groupName} value={subject} onValue={setSubject} required />
          <Button busy={group.busy}>{w.sandbox.newGroup}</Button>
        </form>
        {person.trouble && <Notice trouble={person.trouble} />}
        {group.trouble && <Notice trouble={group.trouble} />}
      </div>
    </details>
  );
}
