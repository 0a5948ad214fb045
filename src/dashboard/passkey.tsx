import { render } from "preact";
import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiError, asApiError, get, request } from "./base/api.ts";
import { ActButton } from "./components/button.tsx";
import { Copy } from "./components/copy.tsx";
import { Area } from "./components/field.tsx";
import { Form } from "./components/form.tsx";
import { ErrorNotice, Good } from "./components/notice.tsx";
import { useNow } from "./base/time.ts";
import { fill, w, wordFor } from "./words/words.ts";
import { signingWords } from "./words/signing.ts";

interface Standing {
  device: string;
  state: "running" | "linked" | "ended";
  reason: string;
  ceremony: {
    stage: string;
    /** Unix seconds. */
    expires_at: number;
    code: string | null;
    snippet: string | null;
    web_url: string;
  } | null;
}

const everyMs = 1_000;
const path = `/passkey${location.search}`;

const textOf = (encoded: string): string =>
  new TextDecoder().decode(
    Uint8Array.from(atob(encoded.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0)),
  );

/** What the console of web.whatsapp.com brought along, once. */
function brought(): string | null {
  const [, encoded] = /^#assertion=([\w-]+)$/.exec(location.hash) ?? [];
  if (!encoded) return null;
  history.replaceState(null, "", location.pathname + location.search);
  return textOf(encoded);
}

/** One ceremony with a passkey, for the owner of the account: a page that knows its link and nothing else. */
function PasskeyPage() {
  const [standing, setStanding] = useState<Standing | null>(null);
  const [error, setTrouble] = useState<ApiError | null>(null);
  /** Why what was brought along is no good: it stays, while the state is asked for again and again. */
  const [refused, setRefused] = useState<ApiError | null>(null);
  const told = useCallback((now: Standing) => (setStanding(now), setTrouble(null)), []);
  const failed = useCallback((thrown: unknown) => setTrouble(asApiError(thrown)), []);
  const tell = async (body: object) => told((await request<Standing>("POST", path, body)).data);
  const isOver = error?.code === "gone" || error?.code === "unauthorized" || (standing && standing.state !== "running");
  useEffect(() => {
    const assertion = brought();
    if (assertion === null) get<Standing>(path).then(told, failed);
    else hand(assertion, tell).catch((thrown: unknown) => setRefused(asApiError(thrown)));
  }, []);
  useEffect(() => {
    if (isOver) return undefined;
    const timer = setInterval(() => void get<Standing>(path).then(told, failed), everyMs);
    return () => clearInterval(timer);
  }, [isOver, told, failed]);
  return (
    <main class="door">
      <div class="card stack">
        <h1>{signingWords().title}</h1>
        {error && <ErrorNotice error={error} />}
        {refused && standing?.state !== "linked" && <ErrorNotice error={refused} />}
        {standing && <Stage standing={standing} tell={tell} />}
      </div>
    </main>
  );
}

/** Throws what the bot says of it, or that it is no signature. */
async function hand(text: string, tell: (body: object) => Promise<void>): Promise<void> {
  await tell({ assertion: JSON.parse(text) as unknown });
}

interface StageProps {
  standing: Standing;
  tell: (body: object) => Promise<void>;
}

function Stage({ standing: { device, state, reason, ceremony }, tell }: StageProps) {
  const now = useNow(500);
  if (state === "linked") return <Good>{w.link.connected}</Good>;
  if (!ceremony) return <p role="alert">{wordFor(w.reasons, reason)}</p>;
  const seconds = Math.max(0, Math.ceil(ceremony.expires_at - now / 1_000));
  return (
    <>
      <p>{fill(signingWords().about, { device })}</p>
      <p role="status">{wordFor(signingWords().stages, ceremony.stage)}</p>
      {ceremony.stage === "signature" && <Sign ceremony={ceremony} tell={tell} />}
      {ceremony.stage === "code" && <Compare code={ceremony.code ?? ""} tell={tell} />}
      <p class="dim small">{fill(signingWords().left, { seconds })}</p>
    </>
  );
}

function Sign({ ceremony, tell }: { ceremony: NonNullable<Standing["ceremony"]>; tell: StageProps["tell"] }) {
  const [pasted, setPasted] = useState("");
  return (
    <>
      <p>
        <a class="button main" href={ceremony.web_url} target="_blank" rel="noreferrer noopener">
          {signingWords().open}
        </a>
      </p>
      <p class="dim">{signingWords().extension}</p>
      <details>
        <summary>{signingWords().without}</summary>
        <div class="stack">
          <ol class="steps">
            {signingWords().steps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <div class="script">
            <Copy text={ceremony.snippet ?? ""} label={signingWords().snippet} />
          </div>
          <Form act={() => hand(pasted, tell)} submit={signingWords().hand}>
            <Area label={signingWords().paste} value={pasted} onValue={setPasted} />
          </Form>
        </div>
      </details>
    </>
  );
}

function Compare({ code, tell }: { code: string; tell: StageProps["tell"] }) {
  return (
    <>
      <Copy text={code} label={signingWords().code} big />
      <div class="row">
        <ActButton kind="main" act={() => tell({ same: true })}>
          {signingWords().same}
        </ActButton>
        <ActButton act={() => tell({ same: false })}>{signingWords().differs}</ActButton>
      </div>
    </>
  );
}

render(<PasskeyPage />, document.body);
