import type { PersonExport } from "../../core/people/person-export.ts";
import type { PersonTrace } from "../../core/ports/history.ts";
import type { TarEntry } from "../tar.ts";
import { chatOf, saidOf } from "./chats.ts";
import { eventBody } from "./event-body.ts";
import { messageBody } from "./messages.ts";

/** Lines of one file: a file is made whole before it goes. */
const mostLines = 1_000;

/** What of each kind of trace there is, in the words of the API. */
const kinds = {
  said: "messages",
  sent: "sent",
  event: "events",
} as const satisfies Record<PersonTrace["type"], string>;

/**
 * The files of an archive: `person.json`, then JSON lines in `messages-0001.jsonl`, `sent-…` and `events-…`, then what their
 * messages name, `media/<id>`.
 */
export async function* personArchive({ names, contacts, chats, traces, file }: PersonExport): AsyncGenerator<TarEntry> {
  const people = contacts.map(({ pushName, ...contact }) => ({ ...contact, push_name: pushName }));
  yield json("person.json", [{ names, contacts: people, chats: chats.map(chatOf) }]);
  const media = new Set<string>();
  const lines: unknown[] = [];
  let kind: PersonTrace["type"] = "said";
  let part = 1;
  const flushed = (): TarEntry => {
    const name = `${kinds[kind]}-${String(part++).padStart(4, "0")}.jsonl`;
    return json(name, lines.splice(0));
  };
  for await (const trace of traces) {
    if (lines.length > 0 && (trace.type !== kind || lines.length === mostLines)) yield flushed();
    if (trace.type !== kind) part = 1;
    kind = trace.type;
    lines.push(lineOf(trace));
    const id = mediaIn(trace);
    if (id !== null) media.add(id);
  }
  if (lines.length > 0) yield flushed();
  for (const id of media) {
    const found = await file(id);
    if (found !== null) yield { name: `media/${id}`, bytes: found.bytes };
  }
}

function lineOf(trace: PersonTrace): unknown {
  if (trace.type === "said") return saidOf(trace.message);
  return trace.type === "sent" ? messageBody(trace.message) : eventBody(trace.event);
}

function mediaIn(trace: PersonTrace): string | null {
  if (trace.type === "event") return null;
  const { content } = trace.message;
  return "media_id" in content && typeof content.media_id === "string" ? content.media_id : null;
}

const json = (name: string, lines: readonly unknown[]): TarEntry => ({
  name,
  bytes: new Blob(lines.map((line) => `${JSON.stringify(line)}\n`)),
});
