import { useEffect, useState } from "preact/hooks";
import { request, type Who } from "../base/api.ts";
import { useCell } from "../base/cell.ts";
import { type Fleet, fleet } from "../base/fleet.ts";
import { actingTenant, linkIn, linkTo } from "../base/router.ts";
import type { Schemas } from "../base/schemas.ts";
import { w, wordFor } from "../words/words.ts";
import { type ChatJson, nameIn, shortOf } from "./conversation.ts";
import { type DeviceJson, nameOf } from "./phase.tsx";
import type { Webhook } from "./webhook.tsx";

/** Where one may want to go. */
export interface Destination {
  readonly key: string;
  /** What it is, and whose. */
  readonly kind: string;
  readonly name: string;
  readonly href: string;
  /** What else it is found by. */
  readonly also?: readonly string[];
}

/** Of so many devices chats and contacts are looked through; so many are shown of each. */
const most = { devices: 12, contacts: 5 };
/** Somebody who writes is not asked after each letter, ms. */
const restMs = 200;

interface Owner {
  /** As it is shown: null is the tenant that is looked at. */
  readonly tenant: string | null;
  /** As addresses and calls have it: null is one's own. */
  readonly within: string | null;
  readonly device: string;
}

/** What is called so: sections, devices, chats, people, webhooks, settings; for the admin of every tenant. */
export function usePlaces(who: Who, sections: readonly string[], words: string): readonly Destination[] {
  const everybody = useCell(fleet);
  const [known, setKnown] = useState<Known>(nothing);
  const [people, setPeople] = useState<readonly Destination[]>([]);
  useEffect(() => {
    let gone = false;
    void knownTo(who, everybody).then((found) => gone || setKnown(found));
    return () => {
      gone = true;
    };
  }, [who, everybody === null]);
  useEffect(() => {
    let gone = false;
    if (words.length < 2) return setPeople([]);
    const timer = setTimeout(
      () => void peopleIn(known.owners, words).then((found) => gone || setPeople(found)),
      restMs,
    );
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [known, words]);
  const named = ({ name, also = [] }: Destination): boolean =>
    [name, ...also].some((each) => each.toLowerCase().includes(words.toLowerCase()));
  const menu = sections.map((name) =>
    place("section", name, w.palette.section, wordFor(w.sections, name), linkTo(name)),
  );
  const begins = ({ name }: Destination): number => (name.toLowerCase().startsWith(words.toLowerCase()) ? 0 : 1);
  const found = [...menu, ...known.places].filter(named).toSorted((a, b) => begins(a) - begins(b));
  const chats = new Set(found.map(({ href }) => href));
  return [...found, ...people.filter(({ href }) => !chats.has(href))];
}

interface Known {
  readonly places: readonly Destination[];
  /** Whose chats and people there are. */
  readonly owners: readonly Owner[];
}
const nothing: Known = { places: [], owners: [] };

const place = (family: string, id: string, kind: string, name: string, href: string): Destination => ({
  key: `${family} ${id}`,
  kind,
  name,
  href,
});

const whose = (kind: string, ...of: (string | null)[]): string =>
  [kind, ...of].filter((part) => part !== null).join(" · ");

/** What is there whatever one looks for; what cannot be read is left out. */
async function knownTo(who: Who, everybody: Fleet | null): Promise<Known> {
  const read = async <T>(path: string): Promise<T[]> =>
    (await request<T[]>("GET", path).catch(() => ({ data: [] }))).data;
  const acting = actingTenant.value;
  const isAll = who.admin && everybody !== null;
  const [devices, webhooks, settings] = await Promise.all([
    isAll ? everybody.devices : read<DeviceJson & { tenant?: string }>("/v1/devices"),
    isAll ? everybody.webhooks : read<Webhook & { tenant?: string }>("/v1/webhooks"),
    who.admin ? read<Schemas["Setting"]>("/v1/admin/settings") : [],
  ]);
  const shownOf = (tenant: string | undefined): string | null =>
    tenant === undefined || tenant === (acting ?? who.tenant) ? null : tenant;
  const withinOf = (tenant: string | undefined): string | null =>
    tenant === undefined ? acting : tenant === who.tenant ? null : tenant;
  // Those of the tenant that is looked at come first.
  const owners = devices
    .filter(({ phone_number }) => phone_number !== null)
    .map(({ tenant, device_id }) => ({ tenant: shownOf(tenant), within: withinOf(tenant), device: device_id }))
    .toSorted((a, b) => Number(a.tenant !== null) - Number(b.tenant !== null))
    .slice(0, most.devices);
  const chats = await Promise.all(owners.map((owner) => chatsOf(owner)));
  return {
    owners,
    places: [
      ...devices.map((device) => {
        const { tenant, device_id, phone_number } = device;
        const kind = whose(w.palette.device, shownOf(tenant));
        const href = linkIn(withinOf(tenant), "devices", device_id);
        const also = [device_id, ...(phone_number === null ? [] : [phone_number])];
        return { ...place("device", `${tenant} ${device_id}`, kind, nameOf(device), href), also };
      }),
      ...chats.flat(),
      ...webhooks.map(({ id, url, tenant }) =>
        place("webhook", id, whose(w.palette.webhook, shownOf(tenant)), url, linkIn(withinOf(tenant), "webhooks", id)),
      ),
      ...settings.map(({ name }) => place("setting", name, w.palette.setting, name, linkTo("settings", name))),
    ],
  };
}

const talkWith = (
  family: string,
  kind: string,
  { tenant, within, device }: Owner,
  jid: string,
  name: string,
): Destination =>
  place(family, `${within} ${device} ${jid}`, whose(kind, tenant, device), name, linkIn(within, "chats", device, jid));

/** What a device has there; nothing when it cannot be read. */
async function ask<T>({ within, device }: Owner, rest: string): Promise<T[]> {
  const asked = request<T[]>("GET", `/v1/devices/${encodeURIComponent(device)}/${rest}`, undefined, within);
  return (await asked.catch(() => ({ data: [] }))).data;
}

async function chatsOf(owner: Owner): Promise<Destination[]> {
  const chats = await ask<ChatJson>(owner, "chats?limit=100");
  return chats.map((chat) => talkWith("chat", w.palette.chat, owner, chat.jid, nameIn(chat)));
}

/** People of that name or number, whether they ever wrote or not. */
async function peopleIn(owners: readonly Owner[], words: string): Promise<Destination[]> {
  const search = encodeURIComponent(words.slice(0, 100));
  const found = owners.map(async (owner) => {
    const people = await ask<Schemas["Contact"]>(owner, `contacts?limit=${most.contacts}&search=${search}`);
    return people.map(({ jid, name, push_name }) =>
      talkWith("person", w.palette.person, owner, jid, name ?? push_name ?? shortOf(jid)),
    );
  });
  return (await Promise.all(found)).flat();
}
