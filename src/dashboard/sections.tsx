import type { ComponentType } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Who } from "./api.ts";
import { useCell } from "./cell.ts";
import { route } from "./router.ts";
import { Access } from "./sections/access.tsx";
import { Chats } from "./sections/chats.tsx";
import { Devices } from "./sections/devices.tsx";
import { Events } from "./sections/events.tsx";
import { Health } from "./sections/health.tsx";
import { Home } from "./sections/home.tsx";
import { Plugins } from "./sections/plugins.tsx";
import { Start } from "./sections/start.tsx";
import { Webhooks } from "./sections/webhooks.tsx";
import { w } from "./words.ts";

export interface SectionProps {
  /** What stands behind the section in the address: an id. */
  rest: readonly string[];
}

type Name = keyof typeof w.sections;

interface Section {
  show: ComponentType<SectionProps>;
  /** Only the admin key may look. */
  admin?: boolean;
  /** Not in the menu. */
  hidden?: boolean;
}

/** Every section, in the menu's order. Adding one is a line here and its name in the words. */
const table: Record<Name, Section> = {
  home: { show: Home, hidden: true },
  start: { show: Start, hidden: true },
  devices: { show: Devices },
  chats: { show: Chats },
  events: { show: Events },
  webhooks: { show: Webhooks },
  plugins: { show: Plugins, admin: true },
  access: { show: Access, admin: true },
  health: { show: Health, admin: true },
};

const isName = (name: string): name is Name => Object.hasOwn(table, name);

/** The names that stand in the menu of this user. */
export const menu = ({ admin }: Who): Name[] =>
  Object.entries(table)
    .filter(([, section]) => !section.hidden && (admin || !section.admin))
    .map(([name]) => name)
    .filter(isName);

/** The section that the address names. */
export function Sections({ who }: { who: Who }) {
  const [name = "home", ...rest] = useCell(route);
  const found = isName(name) && (who.admin || !table[name].admin) ? name : "home";
  const place = useRef<HTMLElement>(null);
  const first = useRef(true);
  useEffect(() => {
    document.title = `${w.sections[found]} · Merpati`;
    // Whoever does not see the page change hears where they are now.
    if (!first.current) place.current?.focus();
    first.current = false;
  }, [found]);
  const { show: Show } = table[found];
  return (
    <main id="main" tabIndex={-1} ref={place}>
      <Show key={found} rest={rest} />
    </main>
  );
}
