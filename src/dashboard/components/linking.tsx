import { useCallback, useEffect, useState } from "preact/hooks";
import { type ApiError, request, asApiError, getUntilGone } from "../base/api.ts";
import { isLeaving } from "../base/leaving.ts";
import { onEvent } from "../base/live.ts";
import { useNow } from "../base/time.ts";
import { fill, w } from "../words/words.ts";
import { Button } from "./button.tsx";
import { Copy } from "./copy.tsx";
import { TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import { ErrorNotice } from "./notice.tsx";
import { lazy } from "./lazy.tsx";
import type { Schemas } from "../base/schemas.ts";

/** Few are asked for a passkey: its program comes when one is. */
const PasskeyLink = lazy<{ device: string }>(async () => (await import("./passkey-link.tsx")).PasskeyLink);

/** Links a device by QR or by pairing code. */
export function LinkDevice({ device }: { device: string }) {
  const [way, setWay] = useState<"qr" | "code">("qr");
  return (
    <div class="linking">
      <div class="tabs" role="group" aria-label={w.linking.way}>
        <button type="button" aria-pressed={way === "qr"} onClick={() => setWay("qr")}>
          {w.linking.qr}
        </button>
        <button type="button" aria-pressed={way === "code"} onClick={() => setWay("code")}>
          {w.linking.code}
        </button>
      </div>
      {way === "qr" ? <ByQr device={device} /> : <ByCode device={device} />}
    </div>
  );
}

type Qr = Schemas["QrCode"];

/** So late may the next one be. Nobody scans for ever: after some rounds WhatsApp gives no more until it is asked. */
const graceSeconds = 4;

function ByQr({ device }: { device: string }) {
  const { qr, trouble: error, renew, again } = useQr(device);
  const now = useNow(1_000);
  const over = qr !== null && now / 1_000 > qr.expires_at + graceSeconds;
  if (error?.code === "passkey_required") return <PasskeyLink device={device} />;
  return (
    <div class="by-qr">
      <div class="qr">
        {error ? (
          <ErrorNotice error={error} retry={renew} />
        ) : over ? (
          <Button kind="main" icon="refresh" onClick={again}>
            {w.linking.again}
          </Button>
        ) : qr ? (
          <img src={qr.qr_code} alt={w.linking.qrAlt} width="264" height="264" />
        ) : (
          <span class="dim" role="status">
            {w.linking.fetching}
          </span>
        )}
      </div>
      <div class="stack wide">
        <ol class="steps">
          {w.linking.qrSteps.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
        <Countdown until={qr && !error && !over ? qr.expires_at : null} text={w.linking.changes} />
      </div>
    </div>
  );
}

/** The present QR: a new one as soon as WhatsApp gives it. */
function useQr(device: string) {
  const [qr, setQr] = useState<Qr | null>(null);
  const [error, setTrouble] = useState<ApiError | null>(null);
  const path = `/v1/devices/${encodeURIComponent(device)}/pairing/qr`;
  const renew = useCallback(() => {
    if (isLeaving(path)) return;
    setTrouble(null);
    getUntilGone<Qr>(path, "POST").then(
      (data) => setQr(data),
      (thrown: unknown) => setTrouble(asApiError(thrown)),
    );
  }, [path]);
  useEffect(renew, [renew]);
  useEffect(
    () =>
      onEvent((event) => {
        if (event.device !== device) return;
        if (event.type === "device.qr" || event.type === "device.passkey_required") renew();
      }),
    [device, renew],
  );
  const again = () => (setQr(null), renew());
  return { qr, trouble: error, renew, again };
}

type Code = Schemas["PairingCode"];

function ByCode({ device }: { device: string }) {
  const [phone, setPhone] = useState("");
  const [code, setCode] = useState<Code | null>(null);
  const order = async () => {
    const path = `/v1/devices/${encodeURIComponent(device)}/pairing/code`;
    setCode((await request<Code>("POST", path, { phone_number: phone.replace(/[^\d]/g, "") })).data);
  };
  return (
    <div class="by-code stack">
      <Form act={order} submit={code ? w.linking.newCode : w.linking.getCode} kind={code ? "plain" : "main"}>
        <TextField
          label={w.linking.phone}
          hint={w.linking.phoneHint}
          type="tel"
          value={phone}
          onValue={setPhone}
          placeholder="628123456789"
          autocomplete="tel"
          required
        />
      </Form>
      {code && (
        <div role="status" class="stack">
          <Copy text={code.pairing_code} label={w.linking.code} big />
          <ol class="steps">
            {w.linking.codeSteps.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
          <Countdown until={code.expires_at} text={w.linking.codeLasts} />
        </div>
      )}
    </div>
  );
}

function Countdown({ until, text }: { until: number | null; text: string }) {
  const now = useNow(500);
  const left = until === null ? 0 : Math.max(0, Math.ceil(until - now / 1_000));
  return (
    <p class="countdown" aria-live="off">
      <progress value={left} max={60} aria-label={w.linking.left} />
      <span>{until === null ? "\u00a0" : fill(text, { seconds: left })}</span>
    </p>
  );
}
