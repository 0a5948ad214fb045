import { join } from "node:path";
import { eventGuides } from "../../src/core/model/events/event-guide.ts";
import { eventTypes, liveOnly } from "../../src/core/model/events/events.ts";

/** The page of events. `bun test/golden/events-page.ts` writes it. */
export const eventsPage = join(import.meta.dir, "../../docs/events.md");

const head = `# Events

Each event that there is, when it comes and what follows. They are the same in [webhooks](webhooks.md), in \`GET /v1/events\`, in its
stream and for [plugins](plugins/messages.md); \`GET /v1/event-types/{type}\` gives the JSON Schema and an example of each, \`/docs\` shows
them too. Every event has \`id\`, \`seq\`, \`type\`, \`timestamp\`, \`device\` and \`data\`. Fields are only ever added, and types too: pass over one
that you do not know.

"Nothing." means that no other event belongs to it. Events marked "live" are told while they are true and never logged.
`;

const families: Readonly<Record<string, string>> = {
  message: "Messages",
  group: "Groups",
  community: "Communities",
  channel: "Channels",
  call: "Calls",
  contact: "People",
  label: "Labels",
  history: "History",
  media: "Files",
  device: "Devices",
  webhook: "Webhooks",
  plugin: "Plugins",
};
/** Families that stand with another. */
const within: Readonly<Record<string, string>> = {
  poll: "message",
  event: "message",
  bulk: "message",
  chat: "message",
  contacts: "contact",
  presence: "contact",
};

const familyOf = (type: string): string => {
  const [first = ""] = type.split(".");
  return within[first] ?? first;
};

/** The whole page. */
export function pageOfEvents(): string {
  const parts = Object.entries(families).map(([family, title]) => {
    const events = eventTypes.filter((type) => familyOf(type) === family);
    const rows = events.map((type) => {
      const { when, follows } = eventGuides[type];
      return `### \`${type}\`${liveOnly.has(type) ? " (live)" : ""}\n\n${when}\n\n**What follows:** ${follows}\n`;
    });
    return `## ${title}\n\n${rows.join("\n")}`;
  });
  return `${head}\n${parts.join("\n")}`;
}

if (import.meta.main) {
  await Bun.write(eventsPage, pageOfEvents());
  await Bun.spawn([process.execPath, "fmt", "--no-script", eventsPage]).exited;
}
