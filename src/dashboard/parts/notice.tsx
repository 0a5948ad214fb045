import type { ComponentChildren } from "preact";
import type { Trouble } from "../base/api.ts";
import { w } from "../words/words.ts";
import { Icon, type IconName } from "./icon.tsx";

/** What went wrong and what to do about it. */
export function Notice({ trouble, retry }: { trouble: Trouble; retry?: () => void }) {
  const advice = w.advice[trouble.code];
  return (
    <div class="notice bad" role="alert">
      {advice !== undefined && <strong>{advice}</strong>}
      {(advice === undefined || trouble.code !== "offline") && <span lang="en">{trouble.message}</span>}
      {retry && (
        <button type="button" class="button plain" onClick={retry}>
          {w.tryAgain}
        </button>
      )}
    </div>
  );
}

export function Good({ children }: { children: ComponentChildren }) {
  return (
    <div class="notice good" role="status">
      {children}
    </div>
  );
}

/** What stands where there is nothing yet. */
export function Empty({ icon, children }: { icon?: IconName; children: ComponentChildren }) {
  return (
    <div class="empty">
      {icon && <Icon name={icon} />}
      {children}
    </div>
  );
}

export function Loading() {
  return (
    <p class="loading" role="status">
      {w.loading}
    </p>
  );
}
