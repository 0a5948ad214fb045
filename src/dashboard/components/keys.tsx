import { useState } from "preact/hooks";
import { may, request } from "../base/api.ts";
import { serverNow } from "../base/server-clock.ts";
import { dateTime } from "../base/time.ts";
import { fill, w, wordFor } from "../words/words.ts";
import { ConfirmButton } from "./confirm.tsx";
import { DialogButton } from "./dialog.tsx";
import { Check } from "./field.tsx";
import { NewKeyForm } from "./new-key.tsx";
import { RotateKey } from "./rotate-key.tsx";
import { Empty } from "./notice.tsx";
import { DataTable } from "./table.tsx";
import type { TenantJson } from "./tenants.tsx";
import type { Schemas } from "../base/schemas.ts";

export type Key = Schemas["Key"];

interface KeysProps {
  keys: Key[];
  tenants: TenantJson[];
  reload: () => void;
}

/** The keys that open this bot. */
export function KeyList({ keys, tenants, reload }: KeysProps) {
  const [all, setAll] = useState(false);
  const now = serverNow() / 1_000;
  const isOver = ({ revoked_at, expires_at }: Key): boolean =>
    revoked_at !== null || (expires_at !== null && expires_at <= now);
  const shown = keys.filter((key) => all || !isOver(key));
  return (
    <section class="stack" aria-labelledby="keys">
      <div class="row spread">
        <h2 id="keys">{w.keys.title}</h2>
        {may("manage") && (
          <DialogButton icon="plus" says={w.keys.make} title={w.keys.make}>
            {(close) => <NewKeyForm tenants={tenants} onMade={reload} close={close} />}
          </DialogButton>
        )}
      </div>
      {shown.length === 0 ? (
        <Empty icon="access">{w.keys.none}</Empty>
      ) : (
        <DataTable
          labelledby="keys"
          titles={[w.keys.name, w.tenant, w.keys.scopes, w.keys.made, w.keys.used, w.keys.expires]}
          deeds
        >
          {shown.map((key) => (
            <Row key={key.id} one={key} over={isOver(key)} by={makerOf(key, keys)} reload={reload} />
          ))}
        </DataTable>
      )}
      {keys.some(isOver) && <Check label={w.keys.showRevoked} checked={all} onChecked={setAll} />}
    </section>
  );
}

/** The name of the key that made another, or how the operator came in. */
const makerOf = ({ created_by }: Key, keys: readonly Key[]): string | null =>
  keys.find(({ id }) => id === created_by)?.name ?? created_by;

const grantsOf = ({ admin, scopes: granted }: Key): string =>
  [...(admin ? ["admin"] : []), ...granted].map((scope) => wordFor(w.keys.scopeNames, scope)).join(", ");

interface RowProps {
  one: Key;
  /** Revoked or expired. */
  over: boolean;
  /** Who made it. */
  by: string | null;
  reload: () => void;
}

function Row({ one, over, by, reload }: RowProps) {
  const revoke = async () => {
    await request("DELETE", `/v1/admin/keys/${one.id}`);
    reload();
  };
  return (
    <tr>
      <th scope="row">
        {one.name} {one.prefix !== null && <code>{one.prefix}…</code>}
      </th>
      <td>
        {one.tenant}
        {one.devices !== null && `: ${one.devices.join(", ")}`}
      </td>
      <td>{grantsOf(one)}</td>
      <td>
        <time>{dateTime(one.created_at)}</time> {by}
      </td>
      <td>{one.last_used_at === null ? w.never : <time>{dateTime(one.last_used_at)}</time>}</td>
      <td>{one.expires_at === null ? w.never : <time>{dateTime(one.expires_at)}</time>}</td>
      <td>
        {over ? (
          <span class="badge bad">{one.revoked_at === null ? w.keys.expired : w.keys.revoked}</span>
        ) : (
          may("manage") && (
            <div class="row end">
              <DialogButton
                label={`${w.keys.rotate}: ${one.name}`}
                says={w.keys.rotate}
                title={`${w.keys.rotate}: ${one.name}`}
              >
                {(close) => <RotateKey id={one.id} reload={reload} close={close} />}
              </DialogButton>
              <ConfirmButton
                label={`${w.keys.revoke}: ${one.name}`}
                question={fill(w.keys.revokeAsk, { name: one.name })}
                consequence={w.keys.revokeMeans}
                yes={w.keys.revoke}
                act={revoke}
              >
                {w.keys.revoke}
              </ConfirmButton>
            </div>
          )
        )}
      </td>
    </tr>
  );
}
