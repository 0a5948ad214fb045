import { useData } from "../base/data.ts";
import { Audit } from "../parts/audit.tsx";
import { Head } from "../parts/head.tsx";
import { type Key, Keys } from "../parts/keys.tsx";
import { Loading, Notice } from "../parts/notice.tsx";
import { Tenants, type Tenant } from "../parts/tenants.tsx";
import { w } from "../words/words.ts";

/** Who comes in: keys, tenants, and who did what. */
export function Access() {
  const keys = useData<Key[]>("/v1/admin/keys");
  const tenants = useData<Tenant[]>("/v1/admin/tenants");
  const trouble = keys.trouble ?? tenants.trouble;
  return (
    <>
      <Head title={w.sections.access} lead={w.keys.lead} />
      {trouble && <Notice trouble={trouble} retry={() => (keys.reload(), tenants.reload())} />}
      {keys.data && tenants.data ? (
        <div class="stack wide">
          <Keys keys={keys.data} tenants={tenants.data} reload={keys.reload} />
          <Tenants tenants={tenants.data} reload={tenants.reload} />
          <Audit />
        </div>
      ) : (
        !trouble && <Loading />
      )}
    </>
  );
}
