import { useEffect, useState } from "preact/hooks";
import { get, type Who } from "../base/api.ts";
import { Cell, useCell } from "../base/cell.ts";
import { fleet } from "../base/fleet.ts";
import { linkIn, linkTo } from "../base/router.ts";
import { w, wordFor } from "../words/words.ts";
import { Button } from "./button.tsx";
import { type ChatJson, nameIn } from "./conversation.ts";
import { Dialog } from "./dialog.tsx";
import { type DeviceJson, nameOf } from "./phase.tsx";
import type { Webhook } from "./webhook.tsx";

interface Place {
  readonly key: string;
  readonly kind: string;
  readonly name: string;
  readonly href: string;
}

/** How many are shown, and of how many devices chats are looked through. */
const most = { shown: 12, devices: 10 };

interface PaletteProps {
  who: Who;
  /** Names of the sections in the menu. */
  sections: readonly string[];
  closed: () => void;
}

const isOpen = new Cell(false);

export const FindButton = () => (
  <Button kind="quiet" icon="search" onClick={() => isOpen.set(true)}>
    {w.palette.hint}
  </Button>
);

/** The palette while it is open: the button and Ctrl+K open it. */
export function Finder(props: Omit<PaletteProps, "closed">) {
  useEffect(() => {
    const find = (event: KeyboardEvent): void => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      isOpen.set(true);
    };
    addEventListener("keydown", find);
    return () => removeEventListener("keydown", find);
  }, []);
  return useCell(isOpen) ? <Palette {...props} closed={() => isOpen.set(false)} /> : null;
}

/** Finds a section, device, chat or webhook by its name, and goes there. */
function Palette({ who, sections, closed }: PaletteProps) {
  const [words, setWords] = useState("");
  const [found, setFound] = useState<readonly Place[]>([]);
  const everybody = useCell(fleet);
  useEffect(() => {
    let gone = false;
    void placesOf(who).then((places) => gone || setFound(places));
    return () => {
      gone = true;
    };
  }, [who]);
  const home = (tenant: string): string | null => (tenant === who.tenant ? null : tenant);
  const all: Place[] = [
    ...sections.map((name) => ({
      key: name,
      kind: w.palette.section,
      name: wordFor(w.sections, name),
      href: linkTo(name),
    })),
    ...(everybody?.devices ?? []).map((device) => ({
      key: `device ${device.tenant} ${device.device_id}`,
      kind: `${w.palette.device} · ${device.tenant}`,
      name: nameOf(device),
      href: linkIn(home(device.tenant), "devices", device.device_id),
    })),
    ...found,
  ];
  const wanted = words.trim().toLowerCase();
  const shown = all.filter(({ name }) => name.toLowerCase().includes(wanted)).slice(0, most.shown);
  return (
    <Dialog title={w.palette.title} closed={closed}>
      {(close) => (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            close();
            if (shown[0]) location.hash = shown[0].href;
          }}
        >
          <input
            type="search"
            aria-label={w.palette.title}
            value={words}
            onInput={({ currentTarget }) => setWords(currentTarget.value)}
          />
          <Found places={shown} close={close} />
        </form>
      )}
    </Dialog>
  );
}

const Found = ({ places, close }: { places: readonly Place[]; close: () => void }) => (
  <>
    <ul class="list" aria-live="polite">
      {places.map(({ key, kind, name, href }) => (
        <li key={key} class="row spread">
          <a href={href} onClick={() => close()}>
            {name}
          </a>
          <span class="dim small">{kind}</span>
        </li>
      ))}
    </ul>
    {places.length === 0 && <p class="dim">{w.nothingFound}</p>}
  </>
);

/** What is in the tenant that is looked at; what cannot be read is left out. */
async function placesOf(who: Who): Promise<Place[]> {
  const [devices, webhooks] = await Promise.all([
    get<DeviceJson[]>("/v1/devices").catch(() => []),
    get<Webhook[]>("/v1/webhooks").catch(() => []),
  ]);
  const chats = await Promise.all(
    devices.slice(0, most.devices).map(async ({ device_id }) => {
      const path = `/v1/devices/${encodeURIComponent(device_id)}/chats?limit=100`;
      const here = await get<ChatJson[]>(path).catch(() => []);
      return here.map((chat) => ({
        key: `chat ${device_id} ${chat.jid}`,
        kind: `${w.palette.chat} · ${device_id}`,
        name: nameIn(chat),
        href: linkTo("chats", device_id, chat.jid),
      }));
    }),
  );
  // The admin's devices are known already, of every tenant.
  const own = who.admin ? [] : devices;
  return [
    ...own.map((device) => ({
      key: `device ${device.device_id}`,
      kind: w.palette.device,
      name: nameOf(device),
      href: linkTo("devices", device.device_id),
    })),
    ...webhooks.map(({ id, url }) => ({
      key: id,
      kind: w.palette.webhook,
      name: url,
      href: linkTo("webhooks", id),
    })),
    ...chats.flat(),
  ];
}
