import { w } from "../words/words.ts";
import { Area, Check, Choice, TextField } from "./field.tsx";
import { type Webhook, listed } from "./webhook.tsx";

/** What a form for a webhook holds, as its fields hold it. */
export interface WebhookForm {
  url: string;
  events: string;
  devices: string;
  groups: string;
  description: string;
  /** How events come. */
  lists: "single" | "batch" | "burst";
  /** Of a batch: seconds that the first waits. Of a burst: seconds of a pause. */
  wait: string;
  /** Of a burst: seconds after which it comes though the chat goes on. */
  longest: string;
  /** Most in one list. */
  most: string;
  inlineKb: string;
  chats: readonly string[];
  replies: boolean;
  raw: boolean;
  /** Lines of `name: value`; empty leaves them as they are. */
  headers: string;
}

const chatKinds = ["person", "group", "channel", "status"];
const seconds = (ms: number | undefined): string => (ms === undefined ? "" : String(ms / 1_000));
const milliseconds = (text: string): number => Math.round(Number(text) * 1_000);

/** A new one, or one that there is. */
export function webhookFormOf(webhook?: Webhook): WebhookForm {
  const { batch = null, burst = null } = webhook ?? {};
  return {
    url: webhook?.url ?? "",
    events: webhook?.events.join(", ") ?? "*",
    devices: webhook?.devices?.join(", ") ?? "",
    groups: webhook?.device_groups?.join(", ") ?? "",
    description: webhook?.description ?? "",
    lists: batch ? "batch" : burst ? "burst" : "single",
    wait: seconds(batch?.wait_ms ?? burst?.pause_ms),
    longest: seconds(burst?.longest_ms),
    most: String(batch?.events ?? burst?.events ?? ""),
    inlineKb: String(webhook?.inline_kb ?? 0),
    chats: webhook?.chats ?? [],
    replies: webhook?.replies ?? false,
    raw: webhook?.raw ?? false,
    headers: "",
  };
}

/** As the API takes it. What is left empty is as usual. */
export function webhookDraftOf(form: WebhookForm): object {
  const { lists, wait, longest, most, headers } = form;
  const events = most === "" ? {} : { events: Number(most) };
  const batch = { ...events, ...(wait === "" ? {} : { wait_ms: milliseconds(wait) }) };
  const burst = {
    ...events,
    ...(wait === "" ? {} : { pause_ms: milliseconds(wait) }),
    ...(longest === "" ? {} : { longest_ms: milliseconds(longest) }),
  };
  return {
    url: form.url.trim(),
    events: listed(form.events),
    devices: namesIn(form.devices),
    device_groups: namesIn(form.groups),
    description: form.description.trim() === "" ? null : form.description.trim(),
    batch: lists === "batch" ? batch : null,
    burst: lists === "burst" ? burst : null,
    inline_kb: Number(form.inlineKb),
    chats: form.chats.length === 0 ? null : form.chats,
    replies: form.replies,
    raw: form.raw,
    ...(headers.trim() === "" ? {} : { headers: headersIn(headers) }),
  };
}

const namesIn = (text: string): string[] | null => (text.trim() === "" ? null : listed(text));

function headersIn(text: string): Record<string, string> {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  return Object.fromEntries(
    lines.map((line) => {
      const [name = "", ...value] = line.split(":");
      return [name.trim(), value.join(":").trim()];
    }),
  );
}

interface RulesProps {
  form: WebhookForm;
  onForm: (form: WebhookForm) => void;
  /** Names of the headers that are set: their values are never shown. */
  named?: readonly string[];
}

const setterOf =
  ({ form, onForm }: RulesProps) =>
  <K extends keyof WebhookForm>(field: K) =>
  (value: WebhookForm[K]): void =>
    onForm({ ...form, [field]: value });

/** Which events it hears. */
export function WebhookEvents(props: RulesProps) {
  const { events, eventsHint } = w.webhooks;
  return (
    <TextField
      label={events}
      hint={eventsHint}
      value={props.form.events}
      onValue={setterOf(props)("events")}
      required
    />
  );
}

/** How events come to a webhook, and what is in them. */
export function WebhookRules(props: RulesProps) {
  const { form, named = [] } = props;
  const set = setterOf(props);
  const words = w.webhooks;
  const headers = named.length === 0 ? words.headersHint : `${words.headersKept} ${named.join(", ")}`;
  return (
    <>
      <TextField label={words.devices} hint={words.devicesHint} value={form.devices} onValue={set("devices")} />
      <TextField label={words.groups} hint={words.groupsHint} value={form.groups} onValue={set("groups")} />
      <TextField label={words.description} value={form.description} onValue={set("description")} maxLength={256} />
      <ListRules {...props} />
      <TextField
        label={words.inline}
        hint={words.inlineHint}
        type="number"
        value={form.inlineKb}
        onValue={set("inlineKb")}
      />
      <fieldset>
        <legend>{words.chats}</legend>
        {chatKinds.map((kind) => (
          <Check
            key={kind}
            label={(words.chatKinds as Record<string, string>)[kind] ?? kind}
            checked={form.chats.length === 0 || form.chats.includes(kind)}
            onChecked={(on) => set("chats")(chosen(form.chats, kind, on))}
          />
        ))}
      </fieldset>
      <Check label={words.replies} checked={form.replies} onChecked={set("replies")} />
      <Check label={words.raw} checked={form.raw} onChecked={set("raw")} />
      <Area label={words.headers} hint={headers} value={form.headers} onValue={set("headers")} rows={2} />
    </>
  );
}

/** Whether events come one by one or as lists, and when a list is sent. */
function ListRules(props: RulesProps) {
  const { form } = props;
  const { lists } = form;
  const set = setterOf(props);
  const words = w.webhooks;
  const numeric = { type: "number", step: "any" } as const;
  const isBurst = lists === "burst";
  return (
    <>
      <Choice
        label={words.lists}
        hint={words.listHints[lists]}
        value={lists}
        onValue={(value) => set("lists")(value === "batch" || value === "burst" ? value : "single")}
        options={(["single", "batch", "burst"] as const).map((each) => [each, words.listNames[each]])}
      />
      {lists !== "single" && (
        <TextField
          {...numeric}
          label={isBurst ? words.burstPause : words.batchWait}
          value={form.wait}
          onValue={set("wait")}
          placeholder={isBurst ? "3" : "1"}
        />
      )}
      {isBurst && (
        <TextField
          {...numeric}
          label={words.burstLongest}
          value={form.longest}
          onValue={set("longest")}
          placeholder="30"
        />
      )}
      {lists !== "single" && (
        <TextField label={words.most} type="number" value={form.most} onValue={set("most")} placeholder="100" />
      )}
    </>
  );
}

/** None is all of them. */
function chosen(before: readonly string[], kind: string, on: boolean): string[] {
  const all = before.length === 0 ? chatKinds : before;
  const now = chatKinds.filter((each) => (each === kind ? on : all.includes(each)));
  return now.length === chatKinds.length ? [] : now;
}
