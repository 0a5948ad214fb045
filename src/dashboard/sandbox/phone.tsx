import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { ActButton } from "../components/button.tsx";
import { ConfirmButton } from "../components/confirm.tsx";
import { Copy } from "../components/copy.tsx";
import { TextField } from "../components/field.tsx";
import { Form } from "../components/form.tsx";
import { prettyPhone } from "../components/phase.tsx";
import { fill, w } from "../words/words.ts";
import { type PhoneJson, perform } from "./control.ts";

/** The phone whose account the bot is linked to. */
export function PhoneSide({ phone, device }: { phone: PhoneJson; device: string }) {
  const linked = phone.devices.length > 0;
  return (
    <section class="card stack" aria-labelledby="phone">
      <div class="row spread">
        <h2 id="phone">{fill(w.sandbox.phone, { name: phone.name })}</h2>
        <span class="dim small figures">{prettyPhone(phone.number)}</span>
      </div>
      {linked ? (
        <>
          <ul class="stack">
            {phone.devices.map((each) => (
              <li key={each.jid} class="row">
                <span class={each.online ? "badge good" : "badge"}>
                  {each.online ? w.sandbox.online : w.sandbox.offline}
                </span>
                {w.sandbox.linkedDevice}
              </li>
            ))}
          </ul>
          <div class="row">
            <ConfirmButton
              question={`${w.sandbox.unlink}?`}
              consequence={w.devices.logoutMeans}
              yes={w.sandbox.unlink}
              act={() => perform(`/phones/${phone.number}/unlink`)}
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
function Link({ phone, device }: { phone: PhoneJson; device: string }) {
  const [code, setCode] = useState("");
  const [shown, setShown] = useState<string | null>(null);
  const scan = async () => {
    const { data } = await request<{ qr_string: string }>("POST", `/v1/devices/${device}/pairing/qr`);
    await perform(`/phones/${phone.number}/scan`, { qr: data.qr_string });
  };
  const askCode = async () => {
    const wish = { phone_number: phone.number };
    const { data } = await request<{ pairing_code: string }>("POST", `/v1/devices/${device}/pairing/code`, wish);
    setShown(data.pairing_code);
  };
  return (
    <>
      <p>{w.sandbox.notLinked}</p>
      <div class="row">
        <ActButton kind="main" icon="scan" act={scan}>
          {w.sandbox.scan}
        </ActButton>
      </div>
      <details>
        <summary>{w.sandbox.byCode}</summary>
        <div class="stack">
          <div class="row">
            <ActButton act={askCode}>{w.sandbox.askCode}</ActButton>
          </div>
          {shown !== null && <Copy text={shown} label={w.sandbox.code} />}
          <Form act={() => perform(`/phones/${phone.number}/code`, { code })} submit={w.sandbox.enterCode} inline>
            <TextField label={w.sandbox.code} value={code} onValue={setCode} placeholder="ABCD-EFGH" required />
          </Form>
        </div>
      </details>
    </>
  );
}
