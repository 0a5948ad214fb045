import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { ApiError, get, asApiError } from "./base/api.ts";
import { served } from "./base/base-path.ts";
import { Good, ErrorNotice } from "./components/notice.tsx";
import { useNow } from "./base/time.ts";
import { fill, w } from "./words/words.ts";

interface LinkState {
  phase: string;
  qr_code: string | null;
  /** Opens the page on which the owner signs, while WhatsApp demands a passkey. */
  passkey_link: string | null;
  /** ISO 8601. */
  expires_at: string | null;
}

const everyMs = 2_000;

/** One QR for whoever holds the phone: a page that knows its link and nothing else. */
function LinkPage() {
  const [standing, setStanding] = useState<LinkState | null>(null);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const look = useCallback(() => {
    get<LinkState>(`/connection/qr${location.search}`).then(
      (now) => (setStanding(now), setTrouble(null)),
      (thrown: unknown) => setTrouble(asApiError(thrown)),
    );
  }, []);
  const linked = standing?.phase === "connected";
  const over = error?.code === "gone" || error?.code === "unauthorized";
  useEffect(look, [look]);
  useEffect(() => {
    if (linked || over) return undefined;
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [look, linked, over]);
  return (
    <main class="door">
      <div class="card">
        <h1>{w.link.title}</h1>
        {over ? <p role="alert">{w.link.over}</p> : error && <ErrorNotice error={error} />}
        {linked && <Good>{w.link.connected}</Good>}
        {!linked && !over && standing?.passkey_link && <Passkey link={standing.passkey_link} />}
        {!linked && !over && !standing?.passkey_link && <Shown standing={standing} />}
      </div>
    </main>
  );
}

const Passkey = ({ link }: { link: string }) => (
  <>
    <p>{w.link.passkey}</p>
    <p>
      <a class="button main" href={served(`/passkey?link=${link}`)} target="_blank" rel="noreferrer">
        {w.link.sign}
      </a>
    </p>
  </>
);

function Shown({ standing }: { standing: LinkState | null }) {
  const now = useNow(500);
  const until = standing?.expires_at ? Date.parse(standing.expires_at) : null;
  return (
    <>
      <div class="qr">
        {standing?.qr_code ? (
          <img src={standing.qr_code} alt={w.linking.qrAlt} width="264" height="264" />
        ) : (
          <span class="dim">{w.linking.fetching}</span>
        )}
      </div>
      <p class="countdown">
        {until === null
          ? "\u00a0"
          : fill(w.linking.changes, { seconds: Math.max(0, Math.ceil((until - now) / 1_000)) })}
      </p>
      <ol class="steps">
        {w.linking.qrSteps.map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
    </>
  );
}

render(<LinkPage />, document.body);
