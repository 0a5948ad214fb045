import { setPicture } from "../../media/picture.ts";
import type { BusinessCard, User } from "../../accounts/user.ts";
import type { SimulatedGroup } from "../../groups/group.ts";
import { actor } from "../../groups/nodes.ts";
import type { Network } from "../../network/network.ts";
import { bytesOf, child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `w:profile:picture`: the picture of a user or group, asked for or (one's own, or as admin) set or removed. */
export const picture: QueryHandler = (connection, iq, request) => {
  const { device, network } = connection;
  if (!device) return;
  const { target, type } = iq.attrs;
  const owner = target === undefined ? device.user : (network.groups.get(target) ?? network.directory.user(target));
  if (!owner) return refuse(connection, iq, 404, "item-not-found");
  if (type === "get") {
    if (!owner.picture) return refuse(connection, iq, 404, "item-not-found");
    // Whoever has this picture already is told so (whatsmeow user.go:643, 2026-08).
    if (request?.attrs["id"] === owner.picture.id) return result(connection, iq, [el("picture", { status: "304" })]);
    return result(connection, iq, [el("picture", { ...owner.picture, type: request?.attrs["type"] ?? "preview" })]);
  }
  const group = "members" in owner ? owner : undefined;
  if (group ? !group.mayEdit(device.user) : owner !== device.user) return refuse(connection, iq, 403, "forbidden");
  const bytes = bytesOf(child(iq, "picture"));
  owner.picture = bytes && setPicture(network, bytes);
  if (group) tellGroup(network, group, device.user);
  result(connection, iq, owner.picture ? [el("picture", { id: owner.picture.id })] : undefined);
};

function tellGroup(network: Network, group: SimulatedGroup, by: User): void {
  const change = group.picture
    ? el("set", { id: group.picture.id, author: by.jid(group.addressing) })
    : el("delete", { author: by.jid(group.addressing) });
  for (const device of [...group.members.keys()].flatMap((user) => user.linked)) {
    const attrs = { from: group.jid, type: "picture", id: network.newId(), t: network.now, ...actor(group, by) };
    network.deliver(device, el("notification", attrs, [change]));
  }
}

/** `status`: the line under one's name, set; and who sees one's status posts, asked for. */
export const status: QueryHandler = (connection, iq, request) => {
  if (iq.attrs["type"] === "set") {
    connection.device?.user.settings.set("status", textOf(request) ?? "");
    return result(connection, iq);
  }
  if (request?.tag !== "privacy") return refuse(connection, iq, 400, "bad-request");
  result(connection, iq, [el("privacy", {}, [el("list", { type: "contacts", default: "true" })])]);
};

/** `disappearing_mode`: how long new chats keep messages. */
export const disappearing: QueryHandler = (connection, iq, request) => {
  connection.device?.user.settings.set("disappearing", request?.attrs["duration"] ?? "0");
  result(connection, iq);
};

/** `w:biz`: what businesses say of themselves; nothing of everybody else. */
export const business: QueryHandler = (connection, iq, request) => {
  const profiles = children(request, "profile").flatMap(({ attrs }) => {
    const card = connection.network.directory.user(attrs["jid"])?.business;
    return card ? [el("profile", { jid: attrs["jid"] }, cardOf(card))] : [];
  });
  result(connection, iq, [el("business_profile", { v: request?.attrs["v"] }, profiles)]);
};

function cardOf({ description, address, email, websites = [], categories = [], hours }: BusinessCard): Stanza[] {
  const texts = { description, address, email };
  const said = Object.entries(texts).flatMap(([tag, text]) =>
    text === undefined ? [] : [el(tag, {}, Buffer.from(text))],
  );
  const days = hours?.days.map(({ day, open, close }) =>
    el("business_hours_config", {
      day_of_week: day,
      mode: open === undefined ? "open_24h" : "specific_hours",
      open_time: open?.toString(),
      close_time: close?.toString(),
    }),
  );
  return [
    ...said,
    ...websites.map((url) => el("website", {}, Buffer.from(url))),
    el(
      "categories",
      {},
      categories.map((name, id) => el("category", { id: String(id) }, Buffer.from(name))),
    ),
    ...(hours ? [el("business_hours", { timezone: hours.timezone }, days)] : []),
  ];
}

/** `bot`: nor are there bots of Meta's. */
export const bots: QueryHandler = (connection, iq) => result(connection, iq, [el("bot", { v: "2" })]);
