import { beforeAll, describe, expect, test } from "bun:test";
import { Glob } from "bun";
import { join } from "node:path";
import { startBot } from "../harness.ts";
import { Stage } from "./stage.ts";
import { Conformance } from "./conformance.ts";
import { contextSchema } from "../../src/core/model/content/content.ts";
import { eventOfAction } from "../../src/core/model/events/events.ts";
import { goldens } from "../golden/cases.ts";
import { describedApi } from "./described.ts";
import { parse } from "./transcript.ts";

const folder = join(import.meta.dir, "../golden");

let conformance: Conformance;
beforeAll(() => {
  conformance = new Conformance(describedApi());
});

describe.each([...new Glob("*.http").scanSync(folder)].sort())("%s", (file) => {
  test("is what the bot says", async () => {
    await using bot = await startBot({ env: { OUTBOUND_ALLOW: "loopback", PASSKEY_LINKING: "true" } });
    const stage = new Stage(bot);
    for (const exchange of parse(await Bun.file(join(folder, file)).text())) {
      if (exchange.state !== null) await stage.reach(exchange.state);
      expect(await stage.play(exchange, conformance), exchange.title).toEqual([]);
    }
  });
});

/** Fields that no transcript can show, and where else they are seen. */
const elsewhere: Readonly<Record<string, RegExp>> = {
  "what a message says beside its content: seen in message.received": new RegExp(
    `^/components/schemas/(OutgoingMessage|HistoryMessage|ChannelPost|ChannelPostEvent/properties/data)/properties/(${Object.keys(contextSchema.properties).join("|")})$`,
  ),
  "who is quoted, by all their names: test/golden/event-fields.json":
    /^\/components\/schemas\/QuotedMessage\/properties\/sender_/,
  "what a file shows of itself: test/media/":
    /^\/components\/schemas\/MediaFile\/properties\/(width|height|seconds|animated|waveform)$/,
  "posts and their numbers: test/posts.test.ts": /^\/components\/schemas\/ChannelPost\/|\/server_id$/,
  "each kind of message, each action: test/golden/messages, test/golden/drafts":
    /^\/components\/schemas\/\w+(Content|Action)\//,
  "what an event tells only sometimes: test/golden/event-fields.json":
    /^\/components\/schemas\/\w+Event\/properties\/data\//,
  "what WhatsApp says of a refused login: test/faults/closing.test.ts": /^\/components\/schemas\/LoginRefusal\//,
  "what comes from another server and goes to one: test/moving/":
    /\/components\/schemas\/(Imported(Device|Keys)|ExportedDevice)\/|~1(import|export)\/post\/responses\/200/,
  "what a label is on: test/labels.test.ts": /^\/components\/schemas\/LabelWithUses\//,
  "what a plugin was owed, and replays: test/plugins/": /^\/components\/schemas\/PluginDelivery\/|plugin}~1replay/,
  "faults, and where one came from: test/plugins/":
    /^\/components\/schemas\/PluginFault\/|PluginDetails\/properties\/origin/,
  "failed deliveries: test/webhooks/":
    /^\/components\/schemas\/(DeliveryWithLog|DeliveryAttempt|(Tenants)?Webhook\w*)\//,
  "a passkey is demanded: test/clients/": /^\/components\/schemas\/DeviceState\/properties\/error$/,
  "figures of whole minutes: test/server/metrics.test.ts": /^\/components\/schemas\/FigurePoint\//,
  "what goes wrong and who is told: test/alerts/": /^\/components\/schemas\/(Incident|AlertChannel)\//,
  "WhatsApp takes longer than 8 seconds: test/unanswered.test.ts": /send\/post\/responses\/202/,
};

test("every field of every answer is in some transcript", async () => {
  const [messages, events] = [join(folder, "messages"), await Bun.file(join(folder, "events.json")).json()];
  const faults: (string | null)[] = Object.values(events as object).map((event) => conformance.value("Event", event));
  for (const cases of (await goldens(messages)).values())
    for (const { expected } of cases) {
      const said = expected as { content: { kind: string } };
      const type = eventOfAction[said.content.kind as keyof typeof eventOfAction];
      if (type === undefined) faults.push(conformance.value("Event", received(events, said)));
    }
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
  const known = Object.values(elsewhere);
  expect(conformance.unseen().filter((field) => !known.some((shape) => shape.test(field)))).toEqual([]);
});

/** A message of the golden files as its event tells it. */
function received(events: unknown, said: object): object {
  const { "message.received": event } = events as Record<"message.received", { data: object }>;
  return { ...event, data: { ...event.data, ...said } };
}
