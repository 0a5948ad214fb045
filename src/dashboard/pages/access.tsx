import { useData } from "../base/data.ts";
import { Head } from "../components/head.tsx";
import { type Key, KeyList } from "../components/keys.tsx";
import { Loading, ErrorNotice } from "../components/notice.tsx";
import { TenantList, type TenantJson } from "../components/tenants.tsx";
import { w } from "../words/words.ts";

/** Who comes in: keys and tenants. */
export function Access() {
  const keys = useData<Key[]>("/v1/admin/keys");
  const tenants = useData<TenantJson[]>("/v1/admin/tenants");
  const error = keys.error ?? tenants.error;
  return (
    <>
      <Head title={w.sections.access} lead={w.keys.lead} />
      {error && <ErrorNotice error={error} retry={() => (keys.reload(), tenants.reload())} />}
      {keys.data && tenants.data ? (
        <div class="stack wide">
          <KeyList keys={keys.data} tenants={tenants.data} reload={keys.reload} />
          <TenantList tenants={tenants.data} reload={tenants.reload} />
        </div>
      ) : (
        !error && <Loading />
      )}
    </>
  );
}
