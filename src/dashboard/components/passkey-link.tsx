import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { ofDevices, useData } from "../base/data.ts";
import type { Schemas } from "../base/schemas.ts";
import { dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { signingWords } from "../words/signing.ts";
import { ActButton } from "./button.tsx";
import { Copy } from "./copy.tsx";
import { ErrorNotice } from "./notice.tsx";

/** How far the ceremony with a device's passkey has come, and the link by which its owner signs. */
export function PasskeyLink({ device }: { device: string }) {
  const path = `/v1/devices/${encodeURIComponent(device)}/pairing/passkey`;
  const { data: ceremony, error } = useData<Schemas["PasskeyCeremony"]>(path, ofDevices);
  const [link, setLink] = useState<Schemas["PasskeyLink"] | null>(null);
  if (!ceremony)
    return error && error.code !== "conflict" ? <ErrorNotice error={error} /> : <p>{signingWords().off}</p>;
  const make = async () => setLink((await request<Schemas["PasskeyLink"]>("POST", path)).data);
  return (
    <div class="stack">
      <p role="status">{wordFor(signingWords().stages, ceremony.stage)}</p>
      {ceremony.code !== null && <Copy text={ceremony.code} label={signingWords().code} big />}
      <div class="row">
        <ActButton kind="main" act={make}>
          {signingWords().link}
        </ActButton>
        <ActButton act={() => request("DELETE", path)}>{signingWords().cancel}</ActButton>
      </div>
      {link && (
        <div role="status" class="stack">
          <p>
            <a class="button main" href={link.url} target="_blank" rel="noreferrer">
              {signingWords().title}
            </a>
          </p>
          <Copy text={link.url} label={signingWords().link} />
          <p class="dim small">
            {signingWords().linkHint} {fill(w.devices.shareUntil, { time: dateTime(link.expires_at) })}
          </p>
        </div>
      )}
    </div>
  );
}
