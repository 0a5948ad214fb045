import type { ComponentChildren } from "preact";
import { useCell } from "../base/cell.ts";
import { language, theme } from "../base/prefs.ts";
import { w } from "../words/words.ts";
import { Icon, type IconName } from "./icon.tsx";

const tongues = [
  ["en", "EN", "English"],
  ["id", "ID", "Bahasa Indonesia"],
] as const;
const looks = { auto: "auto", light: "sun", dark: "moon" } satisfies Record<string, IconName>;

/** Language and appearance. */
export function Preferences() {
  const chosen = useCell(theme);
  const locale = useCell(language);
  return (
    <div class="preferences">
      <div class="tabs small" role="group" aria-label={w.language}>
        {tongues.map(([name, short, full]) => (
          <Pick key={name} on={locale === name} label={`${short}: ${full}`} lang={name} pick={() => language.set(name)}>
            {short}
          </Pick>
        ))}
      </div>
      <div class="tabs small" role="group" aria-label={w.theme}>
        {(["auto", "light", "dark"] as const).map((each) => (
          <Pick key={each} on={chosen === each} label={w.themes[each]} pick={() => theme.set(each)}>
            <Icon name={looks[each]} />
          </Pick>
        ))}
      </div>
    </div>
  );
}

interface PickProps {
  on: boolean;
  label: string;
  lang?: string;
  pick: () => void;
  children: ComponentChildren;
}

const Pick = ({ on, label, lang, pick, children }: PickProps) => (
  <button type="button" aria-pressed={on} aria-label={label} title={label} lang={lang} onClick={pick}>
    {children}
  </button>
);
