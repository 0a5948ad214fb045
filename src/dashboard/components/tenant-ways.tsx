import { useState } from "preact/hooks";
import { request } from "../base/api.ts";
import { w } from "../words/words.ts";
import { ActButton } from "./button.tsx";
import { Check, TextField } from "./field.tsx";
import { Form } from "./form.tsx";
import type { TenantJson } from "./tenants.tsx";

/** By which proxy a tenant's devices leave when they have none of their own, and whether its files have links. */
export function TenantWays({ tenant, path, reload }: { tenant: TenantJson; path: string; reload: () => void }) {
  const [proxy, setProxy] = useState("");
  const [links, setLinks] = useState(tenant.media_links);
  const save = async (change: object) => {
    await request("PATCH", path, change);
    setProxy("");
    reload();
  };
  const words = w.tenants;
  return (
    <details>
      <summary>{words.ways}</summary>
      <div class="stack">
        <p>
          {words.proxy}: {tenant.proxy ?? words.proxyNone}
        </p>
        <Form
          act={() => save({ media_links: links, ...(proxy.trim() === "" ? {} : { proxy: proxy.trim() }) })}
          submit={w.save}
          label={`${words.ways}: ${tenant.name}`}
          saves
        >
          <TextField
            label={words.proxyAddress}
            hint={words.proxyHint}
            value={proxy}
            onValue={setProxy}
            placeholder="socks5://user:password@10.0.0.5:1080"
          />
          <Check label={words.mediaLinks} hint={words.mediaLinksHint} checked={links} onChecked={setLinks} />
        </Form>
        {tenant.proxy !== null && (
          <div class="row">
            <ActButton act={() => save({ proxy: null })} label={`${w.devices.proxyRemove}: ${tenant.name}`}>
              {w.devices.proxyRemove}
            </ActButton>
          </div>
        )}
      </div>
    </details>
  );
}
