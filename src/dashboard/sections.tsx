import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Who } from "./base/api.ts";
import { useCell } from "./base/cell.ts";
import type { IconName } from "./components/icon.tsx";
import { fetchAhead, lazy } from "./components/lazy.tsx";
import { route } from "./base/router.ts";
import { DevicesPage } from "./pages/devices.tsx";
import { Events } from "./pages/events.tsx";
import { Home } from "./pages/home.tsx";
import { OverviewPage } from "./pages/overview.tsx";
import { Start } from "./pages/start.tsx";
import { WebhooksPage } from "./pages/webhooks.tsx";
import { w } from "./words/words.ts";
import type { SectionProps } from "./pages/section.ts";

type Name = keyof typeof w.sections;

interface Section {
  show: ComponentType<SectionProps>;
  /** In the menu; without one it is not there. */
  icon?: IconName;
  /** Only the admin key may look. */
  admin?: boolean;
  /** Moving about in it is not going elsewhere. */
  whole?: boolean;
}

const Access = lazy<SectionProps>(() => import("./pages/access.tsx").then((page) => page.Access));
const AuditPage = lazy<SectionProps>(() => import("./pages/audit.tsx").then((page) => page.AuditPage));
const Chats = lazy<SectionProps>(() => import("./pages/chats.tsx").then((page) => page.Chats));
const HealthPage = lazy<SectionProps>(() => import("./pages/health.tsx").then((page) => page.HealthPage));
const Logs = lazy<SectionProps>(() => import("./pages/logs.tsx").then((page) => page.Logs));
const OutboxPage = lazy<SectionProps>(() => import("./pages/outbox.tsx").then((page) => page.OutboxPage));
const PluginPages = lazy<SectionProps>(() => import("./pages/plugin-pages.tsx").then((page) => page.PluginPages));
const SettingsPage = lazy<SectionProps>(() => import("./pages/settings.tsx").then((page) => page.SettingsPage));

/** Every section, in the menu's order. Adding one is a line here and its name in the words. */
const table: Record<Name, Section> = {
  home: { show: Home },
  start: { show: Start },
  overview: { show: OverviewPage, icon: "overview", admin: true },
  devices: { show: DevicesPage, icon: "devices" },
  chats: { show: Chats, icon: "chats", whole: true },
  outbox: { show: OutboxPage, icon: "outbox", whole: true },
  events: { show: Events, icon: "events" },
  webhooks: { show: WebhooksPage, icon: "webhooks" },
  plugins: { show: PluginPages, icon: "plugins", admin: true },
  access: { show: Access, icon: "access", admin: true },
  audit: { show: AuditPage, icon: "docs", admin: true },
  health: { show: HealthPage, icon: "health", admin: true },
  settings: { show: SettingsPage, icon: "settings", admin: true },
  logs: { show: Logs, icon: "logs", admin: true },
};

const isName = (name: string): name is Name => Object.hasOwn(table, name);

/** What stands in the menu of this user. */
export const menuFor = ({ admin }: Who): [name: Name, icon: IconName][] =>
  Object.entries(table).flatMap(([name, section]): [Name, IconName][] =>
    section.icon && isName(name) && (admin || !section.admin) ? [[name, section.icon]] : [],
  );

/** The section that the address names. */
export function Sections({ who }: { who: Who }) {
  const [name = "home", ...rest] = useCell(route);
  const found = isName(name) && (who.admin || !table[name].admin) ? name : "home";
  const { show: Show, whole = false } = table[found];
  const at = whole ? found : [found, ...rest].join("/");
  const place = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(fetchAhead, []);
  useEffect(() => {
    document.title = `${w.sections[found]} · Merpati`;
    // Whoever does not see the page change hears where they are now.
    if (!first.current) place.current?.focus();
    if (!first.current) scrollTo(0, 0);
    first.current = false;
  }, [at]);
  return (
    <main id="main" tabIndex={-1} ref={place}>
      <Show key={found} rest={rest} />
    </main>
  );
}
