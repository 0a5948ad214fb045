import type { User } from "../../accounts/user.ts";
import type { SimulatedGroup } from "../../groups/group.ts";
import { participant } from "../../groups/nodes.ts";
import type { Network } from "../../network/network.ts";
import { child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { result } from "./answer.ts";

const INVITED_FOR = 3 * 86_400;

/** Somebody who cannot be added: the code by which they may come themselves. */
export function invitation(network: Network, group: SimulatedGroup, user: User): Stanza {
  const code = network.random.bytes(9).toString("base64url");
  group.invitations.set(user, code);
  const expiration = String(Number(network.now) + INVITED_FOR);
  const { attrs } = participant(group, user);
  return el("participant", { ...attrs, error: "403" }, [el("add_request", { code, expiration })]);
}

/** A community with the group for its announcements, and one for talk if that was asked for. */
export function createCommunity(network: Network, user: User, request: Stanza): SimulatedGroup {
  const community = network.groups.draft(user, request.attrs["subject"] ?? "");
  community.isCommunity = true;
  community.switches.add("announcement");
  const body = textOf(child(child(request, "description"), "body"));
  const id = child(request, "description")?.attrs["id"] ?? "";
  if (body) community.description = { id, body, by: user, at: network.now };
  network.groups.found(community);
  addPart(network, community, "announcements");
  if (child(request, "create_general_chat")) addPart(network, community, "general");
  return community;
}

function addPart(network: Network, community: SimulatedGroup, part: "announcements" | "general"): void {
  const { creator, subject } = community;
  const group = network.groups.draft(creator, part === "announcements" ? subject : "General");
  group.part = part;
  group.parent = community;
  if (part === "announcements") group.switches.add("announcement");
  network.groups.found(group);
}

export function linkGroup(network: Network, by: User, community: SimulatedGroup, group: SimulatedGroup): void {
  group.parent = community;
  tell(network, by, community, group, "link");
}

export function unlinkGroup(network: Network, by: User, community: SimulatedGroup, group: SimulatedGroup): void {
  group.parent = undefined;
  tell(network, by, community, group, "unlink");
}

/** Both sides hear of it, each of the other. */
function tell(
  network: Network,
  by: User,
  community: SimulatedGroup,
  group: SimulatedGroup,
  tag: "link" | "unlink",
): void {
  const of = (type: string, other: SimulatedGroup) =>
    el(tag, { [`${tag}_type`]: type, unlink_reason: tag === "unlink" ? "unlink_group" : undefined }, [
      el("group", { jid: other.jid, subject: other.subject, s_t: other.creation }),
    ]);
  network.groups.tellLink(community, by, of("sub_group", group));
  network.groups.tellLink(group, by, of("parent_group", community));
}

/** Groups of a community: `links > link > group` or `unlink > group`, with an error for each that does not go. */
export function changeLinks(network: Network, by: User, community: SimulatedGroup, request: Stanza): Stanza[] {
  const joins = request.tag === "links";
  const list = joins ? child(request, "link") : request;
  const answers = children(list, "group").map(({ attrs: { jid } }) => {
    const group = network.groups.get(jid);
    if (!group || (joins ? group.parent !== undefined : group.parent !== community))
      return el("group", { jid, error: "404" });
    if (!group.isAdmin(by)) return el("group", { jid, error: "403" });
    (joins ? linkGroup : unlinkGroup)(network, by, community, group);
    return el("group", { jid });
  });
  return joins ? [el("links", {}, [el("link", { link_type: "sub_group" }, answers)])] : [el("unlink", {}, answers)];
}

export function subGroups(network: Network, community: SimulatedGroup): Stanza {
  const linked = network.groups.all.filter(({ parent }) => parent === community);
  const nodes = linked.map((group) => {
    const attrs = {
      id: group.jid.replace("@g.us", ""),
      subject: group.subject,
      creation: group.creation,
      creator: group.creator.jid(group.addressing),
      size: String(group.members.size),
    };
    return el("group", attrs, group.part === "announcements" ? [el("default_sub_group")] : []);
  });
  return el("sub_groups", {}, nodes);
}

/** Leaves a community with the groups it has of its own. */
export function leaveCommunity(connection: DeviceConnection, iq: Stanza, request: Stanza, user: User): void {
  const { groups } = connection.network;
  const left = children(request, "community").map(({ attrs: { id } }) => {
    const community = groups.get(id);
    if (!community?.members.has(user)) return el("community", { id, error: "404" });
    for (const group of groups.all) if (group.parent === community && group.part) groups.leave(group, user);
    groups.leave(community, user);
    return el("community", { id });
  });
  result(connection, iq, [el("leave", {}, left)]);
}
