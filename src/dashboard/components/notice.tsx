import type { ComponentChildren } from "preact";
import type { ApiError } from "../base/api.ts";
import { fill, w } from "../words/words.ts";
import { Icon, type IconName } from "./icon.tsx";

/** Codes that say less than the server's sentence, which names the field and what it takes. */
const telling = new Set(["invalid", "conflict", "refused", "limit_reached", "over_budget", "page"]);

/** What went wrong and what to do about it: by its code in the user's language, and in the server's own words. */
export function ErrorNotice({ error, retry }: { error: ApiError; retry?: () => void }) {
  const { code, message, retryAfter } = error;
  const advice = w.advice[code];
  return (
    <div class="notice bad" role="alert">
      {advice !== undefined && <strong>{advice}</strong>}
      {advice === undefined || telling.has(code) ? (
        <span lang="en">{message}</span>
      ) : (
        code !== "offline" && (
          <details class="small">
            <summary>{w.serverSaid}</summary>
            <span lang="en">{message}</span>
          </details>
        )
      )}
      {retryAfter !== null && retryAfter > 0 && <span>{fill(w.retryIn, { seconds: retryAfter })}</span>}
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
