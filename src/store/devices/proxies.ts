import { addressOfProxy, proxyIn } from "../../core/model/proxy-server.ts";
import type { Proxies, ProxyOwner } from "../../core/ports/proxies.ts";
import type { Disk } from "../sqlite/disk.ts";

interface Row {
  owner: string;
  address: string;
  password: string | null;
}

export function proxiesOn(disk: Disk): Proxies {
  const all = disk.prepare<Row, []>("SELECT owner, address, password FROM proxy");
  const put = disk.prepare(
    `INSERT INTO proxy (owner, address, password) VALUES (?, ?, ?)
     ON CONFLICT (owner) DO UPDATE SET address = excluded.address, password = excluded.password`,
  );
  const take = disk.prepare("DELETE FROM proxy WHERE owner = ?");
  const place = (owner: string): string => `proxy.password|${owner}`;
  const opened = (owner: string, password: string | null) =>
    password === null ? null : (disk.seal.secrets?.openText(place(owner), password) ?? password);
  const sealed = (owner: string, password: string | null) =>
    password === null ? null : (disk.seal.secrets?.sealText(place(owner), password) ?? password);
  return {
    list: async () =>
      disk.read(() =>
        all.all().map(({ owner, address, password }) => ({
          owner: ownerIn(owner),
          proxy: { ...proxyIn(address), password: opened(owner, password) },
        })),
      ),
    set: async (owner, proxy) =>
      disk.write(() => {
        if (proxy === null) take.run(nameOf(owner));
        else put.run(nameOf(owner), addressOfProxy(proxy), sealed(nameOf(owner), proxy.password));
      }),
  };
}

const prefix = "tenant ";
const nameOf = (owner: ProxyOwner): string => ("device" in owner ? owner.device : `${prefix}${owner.tenant}`);
const ownerIn = (name: string): ProxyOwner =>
  name.startsWith(prefix) ? { tenant: name.slice(prefix.length) } : { device: name };
