import { served } from "./base/base-path.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useNow } from "./base/time.ts";
import { type Who, signOut } from "./base/api.ts";
import { useCell } from "./base/cell.ts";
import { useChanges } from "./base/changes.ts";
import { useData } from "./base/data.ts";
import { fleet, readFleet } from "./base/fleet.ts";
import { hearing } from "./base/live.ts";
import { actingTenant, linkIn, linkTo, route } from "./base/router.ts";
import { menuFor } from "./sections.tsx";
import { w } from "./words/words.ts";
import { Icon } from "./components/icon.tsx";
import { Finder, FindButton } from "./components/palette.tsx";
import { Logo } from "./components/logo.tsx";
import { Preferences } from "./components/preferences.tsx";
import type { TenantJson } from "./components/tenants.tsx";
import { troublesIn } from "./components/trouble.ts";

/** The menu around every section. */
export function Layout({ who, children }: { who: Who; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const current = useCell(route)[0];
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => setOpen(false), [current]);
  useEffect(() => {
    if (who.admin) void readFleet();
  }, [who.admin]);
  useChanges(who.admin ? "followed" : null, () => void readFleet());
  const leave = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !open) return;
    setOpen(false);
    button.current?.focus();
  };
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        {w.skip}
      </a>
      <header class="side" onKeyDown={leave}>
        <div class="row spread">
          <a class="brand" href="#/">
            <Logo /> Merpati
          </a>
          <button
            ref={button}
            type="button"
            class="button quiet menu-button"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => setOpen(!open)}
          >
            <Icon name={open ? "close" : "menu"} />
            {w.menu}
          </button>
        </div>
        <div id="menu" class={open ? "menu open" : "menu"}>
          <FindButton />
          <nav aria-label={w.menu}>
            {who.admin && <TenantChoice home={who.tenant} />}
            <MenuItems who={who} current={current} chosen={() => setOpen(false)} />
          </nav>
          <Foot who={who} />
        </div>
      </header>
      {children}
      <Finder who={who} sections={menuFor(who).map(([name]) => name)} />
      <Away />
    </div>
  );
}

function MenuItems({ who, current, chosen }: { who: Who; current: string | undefined; chosen: () => void }) {
  return (
    <ul>
      {menuFor(who).map(([name, icon]) => (
        <li key={name}>
          <a href={linkTo(name)} aria-current={current === name ? "page" : undefined} onClick={chosen}>
            <Icon name={icon} />
            {w.sections[name]}
            {name === "overview" && <TroubleCount />}
          </a>
        </li>
      ))}
    </ul>
  );
}

/** How many things need a hand. */
function TroubleCount() {
  const all = useCell(fleet);
  const now = useNow(10_000) / 1_000;
  const { length } = all ? troublesIn(all, now) : [];
  if (length === 0) return null;
  return (
    <span class="count" title={w.overview.troubles}>
      {length}
    </span>
  );
}

/** Whose devices, chats and webhooks the sections show. */
function TenantChoice({ home }: { home: string }) {
  const { data } = useData<TenantJson[]>("/v1/admin/tenants");
  // What was seen is forgotten when the tenant changes; the choice itself must not flicker.
  const last = useRef<TenantJson[]>([]);
  const tenants = (last.current = data ?? last.current);
  const acting = useCell(actingTenant);
  const [section = "overview"] = useCell(route);
  if (tenants.length < 2 && acting === null) return null;
  const choose = (id: string): void => {
    location.hash = linkIn(id === home ? null : id, section);
  };
  return (
    <label class="tenant-choice">
      <span class="dim small">{w.tenant}</span>
      <select value={acting ?? home} onChange={({ currentTarget }) => choose(currentTarget.value)}>
        {acting !== null && !tenants.some(({ id }) => id === acting) && <option value={acting}>{acting}</option>}
        {tenants.map(({ id, name }) => (
          <option key={id} value={id}>
            {name === id ? id : `${name} (${id})`}
          </option>
        ))}
      </select>
    </label>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Foot({ who }: { who: Who }) {
  return (
    <div class="foot">
      <Line />
      <Preferences />
      <p class="links">
        {who.sandbox && (
          <a href={served("/sandbox")} target="_top">
            {w.sandboxLink}
          </a>
        )}
        <a href={served("/docs")}>{w.apiDocs}</a>
        {who.auth === "on" && !who.sandbox && (
          <>
            <button type="button" class="link" onClick={() => void signOut()}>
              {w.signOut}
            </button>{" "}
            <button type="button" class="link" onClick={() => void signOut(true)}>
              {w.signOutEverywhere}
            </button>
          </>
        )}
      </p>
      <p class="dim">
        {who.admin ? w.admin : `${w.tenant} ${who.tenant}`} · {who.version}
      </p>
    </div>
  );
}

function Line() {
  const live = useCell(hearing);
  return (
    <p class="line">
      <span class={live ? "dot good" : "dot"} aria-hidden="true" />
      {live ? w.live : w.notLive}
    </p>
  );
}

/** A break this short is nobody's concern, ms. */
const patience = 1_500;

/** Says that the server is away, and that nobody need do anything. */
function Away() {
  const live = useCell(hearing);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (live) return setShown(false);
    const timer = setTimeout(() => setShown(true), patience);
    return () => clearTimeout(timer);
  }, [live]);
  return <div role="status">{shown && <p class="notice busy away">{w.away}</p>}</div>;
}
