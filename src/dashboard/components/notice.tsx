import type { ComponentChildren } from "preact";
import type { ApiError } from "../base/api.ts";
import { w } from "../words/words.ts";
import { Icon, type IconName } from "./icon.tsx";

/** What went wrong and what to do about it. */
export function ErrorNotice({ error, retry }: { error: ApiError; retry?: () => void }) {
  const advice = w.advice[error.code];
  return (
    <div class="notice bad" role="alert">
      {advice !== undefined && <strong>{advice}</strong>}
      {(advice === undefined || error.code !== "offline") && <span lang="en">{error.message}</span>}
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
