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
import { overview } from "./overview.ts";
import { palette } from "./palette.ts";
import { sandbox } from "./sandbox.ts";
import { config } from "./settings.ts";
import { start } from "./start.ts";
import { deliveries, webhooks } from "./webhooks.ts";

const inLocale = (locale: Language) => ({
  ...common[locale],
  advice: advice[locale],
  audit: audit[locale],
  bulk: bulk[locale],
  chats: chats[locale],
  config: config[locale],
  deliveries: deliveries[locale],
  devices: devices[locale],
  door: door[locale],
  events: events[locale],
  health: health[locale],
  keys: keys[locale],
  link: link[locale],
  linking: linking[locale],
  logs: logs[locale],
  outbox: outbox[locale],
  overview: overview[locale],
  palette: palette[locale],
  phases: phases[locale],
  reasons: reasons[locale],
  sandbox: sandbox[locale],
  send: send[locale],
  start: start[locale],
  tenants: tenants[locale],
  webhooks: webhooks[locale],
});

export type Words = ReturnType<typeof inLocale>;

/** The words of the language chosen. The page is drawn anew when it changes. */
export let w: Words = inLocale(language.value);
language.listen(() => {
  w = inLocale(language.value);
});

/** `text` with `{name}` replaced by what `values` calls so. */
export const fill = (text: string, values: Record<string, string | number>): string =>
  text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));

/** What a closed list calls `name` in the user's language; itself when the server knows more than this page. */
export const wordFor = (list: Record<string, string>, name: string): string => list[name] ?? name.replaceAll("_", " ");
