import { useEffect, useRef, useState } from "preact/hooks";
import { Bubbles } from "../components/bubble.tsx";
import { ActButton } from "../components/button.tsx";
import { Composer } from "../components/composer.tsx";
import { DialogButton } from "../components/dialog.tsx";
import { Avatar } from "../components/avatar.tsx";
import { TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { Empty } from "../components/notice.tsx";
import { fill, w } from "../words/words.ts";
import { type PersonJson, type PhoneJson, type State, perform, namesIn } from "./control.ts";
import { attached } from "./files.ts";
import { useTalk } from "./talk.ts";

interface PeopleProps {
  state: State;
  phone: PhoneJson;
  look: () => void;
}

/** The phone of whom one plays: one writes as any of them, alone or in a group. */
export function PeopleSide({ state, phone, look }: PeopleProps) {
  const { contacts, groups } = state;
  const [number, setNumber] = useState<string | null>(null);
  const [place, setPlace] = useState("");
  const me = contacts.find((each) => each.number === number) ?? contacts[0];
  const chat = groups.some(({ id }) => id === place) ? place : phone.jid;
  return (
    <section class="hand" aria-labelledby="people">
      <h2 id="people" class="hidden">
        {w.sandbox.people}
      </h2>
      <div class="row">
        <span class="dim small" id="you-are">
          {w.sandbox.youAre}
        </span>
        <div class="tabs many grow" role="group" aria-labelledby="you-are">
          {contacts.map((each) => (
            <button key={each.number} type="button" aria-pressed={each === me} onClick={() => setNumber(each.number)}>
              {each.name}
            </button>
          ))}
        </div>
        <DialogButton icon="plus" kind="quiet" label={w.sandbox.more} title={w.sandbox.more}>
          {(close) => <Newcomers state={state} look={look} close={close} />}
        </DialogButton>
      </div>
      {me && (
        <Handset key={`${me.number} ${chat}`} me={me} phone={phone} chat={chat} state={state} onPlace={setPlace} />
      )}
    </section>
  );
}

interface HandsetProps {
  me: PersonJson;
  phone: PhoneJson;
  /** The phone's JID, or a group's. */
  chat: string;
  state: State;
  onPlace: (chat: string) => void;
}

const phrases = ["!ping", "!help"];

function Handset({ me, phone, chat, state, onPlace }: HandsetProps) {
  const { groups } = state;
  const { lines, last, typing } = useTalk(me, chat, namesIn(state));
  const showTyping = useTyping(me.number, chat);
  const title = groups.find(({ id }) => id === chat)?.subject ?? phone.name;
  const says = (text: string) => perform(`/people/${me.number}/says`, { text, to: chat });
  const sends = async (file: File, kind: string) =>
    perform(`/people/${me.number}/sends`, { ...(await attached(file, kind)), to: chat });
  return (
    <div class="handset">
      <header>
        <Avatar name={title} />
        <div>
          {groups.length > 0 ? (
            <select aria-label={w.send.to} value={chat} onChange={(event) => onPlace(event.currentTarget.value)}>
              <option value={phone.jid}>{phone.name}</option>
              {groups.map(({ id, subject }) => (
                <option key={id} value={id} selected={id === chat}>
                  {subject}
                </option>
              ))}
            </select>
          ) : (
            <h3>{title}</h3>
          )}
          <p class="small" role="status">
            {typing ? w.sandbox.botTyping : w.sandbox.botBehind}
          </p>
        </div>
      </header>
      <Bubbles
        label={me.name}
        lines={lines}
        named={chat !== phone.jid}
        before={lines.length === 0 && <Empty>{w.sandbox.empty}</Empty>}
        after={typing && <span class="bubble typing" aria-hidden="true" />}
      />
      <div class="row phrases">
        {phrases.map((phrase) => (
          <ActButton key={phrase} act={() => says(phrase)}>
            {phrase}
          </ActButton>
        ))}
        {last !== null && (
          <ActButton
            label={w.sandbox.react}
            act={() => perform(`/people/${me.number}/reacts`, { message: last, emoji: "👍" })}
          >
            👍
          </ActButton>
        )}
      </div>
      <Composer label={fill(w.sandbox.write, { name: me.name })} send={says} sendFile={sends} onTyping={showTyping} />
    </div>
  );
}

const pauseMs = 3_000;

/** Shows the person as typing, until they pause. */
function useTyping(number: string, chat: string): () => void {
  const timer = useRef(0);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    const show = (state: string) => void perform(`/people/${number}/types`, { state, to: chat }).catch(() => {});
    if (timer.current === 0) show("composing");
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => {
      timer.current = 0;
      show("paused");
    }, pauseMs);
  };
}

function Newcomers({ state, look, close }: { state: State; look: () => void; close: () => void }) {
  const [name, setName] = useState("");
  const [subject, setSubject] = useState("");
  const everybody = [...state.contacts, ...state.phones].map(({ number }) => number);
  const done = () => (look(), close());
  const addPerson = () => {
    // The last number that begins so, and one more.
    const number = String(Math.max(...everybody.map(Number)) + 1);
    return perform("/contacts", { number, name });
  };
  return (
    <>
      <Form act={addPerson} submit={w.sandbox.add} onDone={done}>
        <TextField label={w.sandbox.name} value={name} onValue={setName} placeholder="Cici" required />
      </Form>
      <Form act={() => perform("/groups", { subject, members: everybody })} submit={w.sandbox.newGroup} onDone={done}>
        <TextField label={w.sandbox.groupName} value={subject} onValue={setSubject} required />
      </Form>
    </>
  );
}
