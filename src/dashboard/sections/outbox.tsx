import { useState } from "preact/hooks";
import { type Answer, ask, may } from "../api.ts";
import { useData, useOlder } from "../data.ts";
import type { LiveEvent } from "../live.ts";
import { Bulks, NewBulk } from "../parts/bulks.tsx";
import { Button, ConfirmButton } from "../parts/button.tsx";
import { ChosenDevice } from "../parts/chosen-device.tsx";
import { nameIn, shortOf, textOf, useChats } from "../parts/conversation.ts";
import { DialogButton } from "../parts/dialog.tsx";
import { Choice } from "../parts/field.tsx";
import { type Message, StatusBadge, releaseOf } from "../parts/message.tsx";
import { Empty, Loading, Notice } from "../parts/notice.tsx";
import { SendBox } from "../parts/send-box.tsx";
import type { SectionProps } from "../sections.tsx";
import { ago } from "../time.ts";
import { fill, w, wordFor } from "../words.ts";

/** What was sent, and what is still to be: queued, waiting with its reason, or for later. */
export function Outbox({ rest: [device] }: SectionProps) {
  return (
    <ChosenDevice section="outbox" icon="outbox" lead={w.outbox.lead} device={device}>
      {(chosen) => <Messages key={chosen} device={chosen} />}
    </ChosenDevice>
  );
}

const states = ["waiting", "queued", "sending", "sent", "failed", "cancelled"];
const idOf = ({ message_id }: Message): string => message_id;
const nextOf = ({ cursor }: Answer<Message[]>) => cursor;
const ofMessages = ({ type }: LiveEvent): boolean => type.startsWith("message.") && type !== "message.received";

function Messages({ device }: { device: string }) {
  const [state, setState] = useState("");
  const path = `/v1/devices/${encodeURIComponent(device)}/messages`;
  const list = `${path}?limit=100${state === "" ? "" : `&state=${state}`}`;
  const loaded = useData<Message[]>(list, ofMessages);
  const { data, trouble, reload } = loaded;
  const { older, more, trouble: olderTrouble } = useOlder(list, loaded, { by: "cursor", nextOf, size: 100, idOf });
  const { data: chats } = useChats(device);
  const names = new Map(chats?.map((chat) => [chat.jid, nameIn(chat)]));
  return (
    <>
      <div class="toolbar">
        <Choice
          label={w.outbox.state}
          value={state}
          onValue={setState}
          options={[
            ["", w.events.all],
            ...states.map((each): [string, string] => [each, wordFor(w.send.states, each)]),
          ]}
        />
        {may("send") && (
          <>
            <DialogButton icon="plus" says={w.send.title} title={w.send.title}>
              {() => <SendBox device={device} later onSent={reload} />}
            </DialogButton>
            <DialogButton says={w.bulk.make} title={w.bulk.make}>
              {(close) => <NewBulk device={device} close={close} />}
            </DialogButton>
          </>
        )}
      </div>
      <Bulks device={device} />
      {trouble && <Notice trouble={trouble} retry={reload} />}
      {olderTrouble && <Notice trouble={olderTrouble} />}
      {!data && !trouble && <Loading />}
      {data?.length === 0 && <Empty icon="outbox">{state === "" ? w.outbox.none : w.nothingFound}</Empty>}
      <ul class="list">
        {[...(data ?? []), ...older].map((message) => (
          <One
            key={message.message_id}
            message={message}
            whom={names.get(message.to) ?? shortOf(message.to)}
            path={path}
            reload={reload}
          />
        ))}
      </ul>
      {more && (
        <div class="row">
          <Button onClick={more}>{w.more}</Button>
        </div>
      )}
    </>
  );
}

interface OneProps {
  message: Message;
  /** Whom it goes to. */
  whom: string;
  path: string;
  reload: () => void;
}

function One({ message, whom, path, reload }: OneProps) {
  const { message_id, status, content, error, created_at, sent_at } = message;
  const act = (verb: string) => async () => {
    await ask("POST", `${path}/${message_id}/${verb}`);
    reload();
  };
  const waits = status === "waiting";
  const name = `${whom}: ${textOf(content)}`;
  return (
    <li class="stack">
      <div class="row wide">
        <StatusBadge status={status} />
        <strong class="figures">{whom}</strong>
        <span class="gist grow">{textOf(content)}</span>
        <time class="dim small">{ago(sent_at ?? created_at)}</time>
      </div>
      {waits && <p class="small">{releaseOf(message)}</p>}
      {status === "failed" && <p class="small warn">{fill(w.outbox.failed, { error: error ?? "" })}</p>}
      {may("send") && (waits || status === "queued") && (
        <div class="row">
          {waits && (
            <ConfirmButton
              kind="plain"
              label={`${w.outbox.release}: ${name}`}
              question={w.outbox.releaseAsk}
              consequence={message.reason === "scheduled" ? w.outbox.releaseEarly : w.outbox.releaseMeans}
              yes={w.outbox.release}
              act={act("release")}
            >
              {w.outbox.release}
            </ConfirmButton>
          )}
          <ConfirmButton
            label={`${w.outbox.cancel}: ${name}`}
            question={w.outbox.cancelAsk}
            consequence={name}
            yes={w.outbox.cancel}
            act={act("cancel")}
          >
            {w.outbox.cancel}
          </ConfirmButton>
        </div>
      )}
    </li>
  );
}
