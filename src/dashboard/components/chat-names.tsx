import { useState } from "preact/hooks";
import { pluginWords } from "../words/plugins.ts";
import { fill } from "../words/words.ts";
import { Button } from "./button.tsx";
import { type ChatJson, shortOf } from "./conversation.ts";
import { TextField } from "./field.tsx";

interface ChatNamesProps {
  label: string;
  names: readonly string[];
  /** Chats to choose from; others are typed. */
  known: readonly ChatJson[];
  onNames: (names: string[]) => void;
}

/** Chats, each of which can be taken out, and a field that takes one more. */
export function ChatNames({ label, names, known, onNames }: ChatNamesProps) {
  const [next, setNext] = useState("");
  const called = (jid: string) => known.find((chat) => chat.jid === jid)?.name ?? shortOf(jid);
  const add = () => {
    const typed = next.trim();
    const jid = known.find(({ name, jid: id }) => name === typed || id === typed)?.jid ?? typed.replace(/^\+/, "");
    if (jid !== "" && !names.includes(jid)) onNames([...names, jid]);
    setNext("");
  };
  return (
    <div class="stack names">
      <div class="row bottom">
        <div class="grow">
          <TextField
            label={label}
            value={next}
            onValue={setNext}
            placeholder={pluginWords().chatHint}
            suggestions={known.map(({ jid, name }) => [jid, name ?? shortOf(jid)])}
            onEnter={add}
          />
        </div>
        <Button icon="plus" disabled={next.trim() === ""} onClick={add} label={`${pluginWords().addChat}: ${label}`} />
      </div>
      {names.length > 0 && (
        <ul class="row">
          {names.map((jid) => (
            <li key={jid} class="chip">
              {called(jid)}
              <Button
                kind="quiet"
                icon="close"
                label={fill(pluginWords().takeOut, { name: called(jid) })}
                onClick={() => onNames(names.filter((each) => each !== jid))}
              />
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
