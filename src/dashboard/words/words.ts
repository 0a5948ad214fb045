import { type Language, language } from "../base/prefs.ts";
import { audit, keys, tenants } from "./access.ts";
import { chats } from "./chats.ts";
import { advice, common } from "./common.ts";
import { devices, phases, reasons } from "./devices.ts";
import { door } from "./door.ts";
import { events } from "./events.ts";
import { health } from "./health.ts";
import { link } from "./link.ts";
import { linking } from "./linking.ts";
import { logs } from "./logs.ts";
import { bulk, outbox, send } from "./outbox.ts";
import { plugins } from "./plugins.ts";
import { sandbox } from "./sandbox.ts";
import { start } from "./start.ts";
import { deliveries, webhooks } from "./webhooks.ts";

const inTongue = (tongue: Language) => ({
  ...common[tongue],
  advice: advice[tongue],
  audit: audit[tongue],
  bulk: bulk[tongue],
  chats: chats[tongue],
  deliveries: deliveries[tongue],
  devices: devices[tongue],
  door: door[tongue],
  events: events[tongue],
  health: health[tongue],
  keys: keys[tongue],
  link: link[tongue],
  linking: linking[tongue],
  logs: logs[tongue],
  outbox: outbox[tongue],
  phases: phases[tongue],
  plugins: plugins[tongue],
  reasons: reasons[tongue],
  sandbox: sandbox[tongue],
  send: send[tongue],
  start: start[tongue],
  tenants: tenants[tongue],
  webhooks: webhooks[tongue],
});

export type Words = ReturnType<typeof inTongue>;

/** The words of the language chosen. The page is drawn anew when it changes. */
export let w: Words = inTongue(language.value);
language.listen(() => {
  w = inTongue(language.value);
});

/** `text` with `{name}` replaced by what `values` calls so. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** What a closed list calls `name` in the user's language; itself when the server knows more than this page. */
export const wordFor = (list: Record<string, string>, name: string): string => list[name] ?? name.replaceAll("_", " ");
