import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { type Who, signOut } from "../api.ts";
import { useCell } from "../cell.ts";
import { hearing } from "../live.ts";
import { type Language, type Theme, language, theme } from "../prefs.ts";
import { linkTo, route } from "../router.ts";
import { menu } from "../sections.tsx";
import { w } from "../words.ts";
import { Logo } from "./logo.tsx";

/** The menu around every section. */
export function Frame({ who, children }: { who: Who; children: ComponentChildren }) {
  const [open, setOpen] = useState(false);
  const current = useCell(route)[0];
  useEffect(() => setOpen(false), [current]);
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={skip}>
        {w.skip}
      </a>
      <header class="side">
        <div class="row spread">
          <a class="brand" href="#/">
            <Logo /> Merpati
          </a>
          <button
            type="button"
            class="button quiet menu-button"
            aria-expanded={open}
            aria-controls="menu"
            onClick={() => setOpen(!open)}
          >
            {w.menu}
          </button>
        </div>
        <div id="menu" class={open ? "menu open" : "menu"}>
          <nav aria-label={w.menu}>
            <ul>
              {menu(who).map((name) => (
                <li key={name}>
                  <a href={linkTo(name)} aria-current={current === name ? "page" : undefined}>
                    {w.sections[name]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="foot">
            <Line />
            <Preferences />
            <p class="links">
              {who.sandbox && <a href="/sandbox">{w.sandboxLink}</a>}
              <a href="/docs">{w.apiDocs}</a>
              {who.auth === "on" && !who.sandbox && (
                <button type="button" class="link" onClick={() => void signOut()}>
                  {w.signOut}
                </button>
              )}
            </p>
            <p class="dim small">
              {who.admin ? w.admin : `${w.tenant} ${who.tenant}`} · {who.version}
            </p>
          </div>
        </div>
      </header>
      {children}
    </div>
  );
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

function Line() {
  const live = useCell(hearing);
  return (
    <p class="line" role="status">
      <span class={live ? "dot good" : "dot"} aria-hidden="true" />
      {live ? w.live : w.notLive}
    </p>
  );
}

export function Preferences() {
  const chosen = useCell(theme);
  const tongue = useCell(language);
  return (
    <div class="preferences">
      <select
        aria-label={w.language}
        value={tongue}
        onChange={(event) => language.set(event.currentTarget.value as Language)}
      >
        <option value="en">English</option>
        <option value="id">Bahasa Indonesia</option>
      </select>
      <select aria-label={w.theme} value={chosen} onChange={(event) => theme.set(event.currentTarget.value as Theme)}>
        {(["auto", "light", "dark"] as const).map((each) => (
          <option key={each} value={each}>
            {w.themes[each]}
          </option>
        ))}
      </select>
    </div>
  );
}
