import { useState } from "preact/hooks";
import { ask } from "../api.ts";
import { useAct } from "../data.ts";
import { ActButton, Button, ConfirmButton } from "../parts/button.tsx";
import { Copy } from "../parts/copy.tsx";
import { Field } from "../parts/field.tsx";
import { Notice } from "../parts/notice.tsx";
import { prettyPhone } from "../parts/phase.tsx";
import { w } from "../words.ts";
import { type Phone, does } from "./control.ts";

/** The phone whose account the bot is linked to. */
export function PhoneSide({ phone, device }: { phone: Phone; device: string }) {
  const linked = phone.devices.length > 0;
  return (
    <section class="card stack" aria-labelledby="phone">
      <div class="row spread">
        <h2 id="phone">{w.sandbox.phone}</h2>
        <span class="dim">
          {phone.name} · {prettyPhone(phone.number)}
        </span>
      </div>
      <p class="dim">{w.sandbox.phoneLead}</p>
      {linked ? (
        <>
          <ul class="stack">
            {phone.devices.map((each) => (
              <li key={each.jid} class="row">
                <span class={each.online ? "badge good" : "badge"}>
                  {each.online ? w.sandbox.online : w.sandbox.offline}
                </span>
                {w.sandbox.linkedDevice} <code>{each.jid.replace(/@.*/, "")}</code>
              </li>
            ))}
          </ul>
          <div class="row">
            <ConfirmButton
              question={`${w.sandbox.unlink}?`}
              consequence={w.devices.logoutMeans}
              yes={w.sandbox.unlink}
              act={() => does(`/phones/${phone.number}/unlink`)}
            >
              {w.sandbox.unlink}
            </ConfirmButton>
          </div>
        </>
      ) : (
        <Link phone={phone} device={device} />
      )}
    </section>
  );
}

/** Scans the bot's QR with a click, or types its code. */
function Link({ phone, device }: { phone: Phone; device: string }) {
  const [code, setCode] = useState("");
  const [shown, setShown] = useState<string | null>(null);
  const { busy, trouble, act } = useAct();
  const scan = async () => {
    const { data } = await ask<{ qr_string: string }>("POST", `/v1/devices/${device}/pairing/qr`);
    await does(`/phones/${phone.number}/scan`, { qr: data.qr_string });
  };
  const askCode = async () => {
    const wish = { phone_number: phone.number };
    const { data } = await ask<{ pairing_code: string }>("POST", `/v1/devices/${device}/pairing/code`, wish);
    setShown(data.pairing_code);
  };
  return (
    <>
      <p>{w.sandbox.notLinked}</p>
      <div class="row">
        <ActButton kind="main" act={scan}>
          {w.sandbox.scan}
        </ActButton>
        <ActButton act={askCode}>{w.sandbox.askCode}</ActButton>
      </div>
      {shown !== null && <Copy text={shown} label={w.sandbox.code} />}
      <form
        class="row bottom"
        onSubmit={(event) => {
          event.preventDefault();
          void act(() => does(`/phones/${phone.number}/code`, { code }));
        }}
      >
        <Field label={w.sandbox.code} hint={w.sandbox.codeHint} value={code} onValue={setCode} required />
        <Button busy={busy}>{w.sandbox.enterCode}</Button>
      </form>
      {trouble && <Notice trouble={trouble} />}
    </>
  );
}
