import type { User } from "../../accounts/user.ts";
import type { SimulatedGroup } from "../../groups/group.ts";
import { groupNode, participant } from "../../groups/nodes.ts";
import type { Network } from "../../network/network.ts";
import { child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { refuse, result } from "./answer.ts";
import { createCommunity, invitation, leaveCommunity, linkGroup, subGroups } from "./communities.ts";
import { changeGroup } from "./group-changes.ts";
import type { QueryHandler } from "./queries.ts";

/** The server's JID without a user, as clients write it: what is asked of it is about no group yet. */
const NO_GROUP: ReadonlySet<string> = new Set(["@g.us", "g.us"]);
/** The longest subject of a group, in characters. */
const LONGEST_SUBJECT = 100;

/** `w:g2`: groups. */
export const groups: QueryHandler = (connection, iq, request) => {
  const { device, network } = connection;
  if (!device || !request) return refuse(connection, iq, 400, "bad-request");
  const group = network.groups.get(iq.attrs["to"]);
  if (!group) {
    if (!NO_GROUP.has(iq.attrs["to"] ?? "")) return refuse(connection, iq, 404, "item-not-found");
    return withoutGroup(connection, iq, request, device.user);
  }
  if (iq.attrs["type"] === "set") return changeGroup(connection, iq, request, group, device.user);
  if (!group.members.has(device.user)) return refuse(connection, iq, 403, "forbidden");
  askGroup(connection, iq, request, group, device.user);
};

function withoutGroup(connection: DeviceConnection, iq: Stanza, request: Stanza, user: User): void {
  const { network } = connection;
  switch (request.tag) {
    case "participating":
      return result(connection, iq, [el("groups", {}, network.groups.of(user).map(groupNode))]);
    case "create":
      if (!child(request, "parent")) return create(connection, iq, request, user);
      if (!isSubject(request.attrs["subject"] ?? "")) return refuse(connection, iq, 406, "not-acceptable");
      return result(connection, iq, [groupNode(createCommunity(network, user, request))]);
    case "leave":
      return leave(connection, iq, request, user);
    case "invite":
      return invite(connection, iq, request, user);
    default:
      connection.complain("asked what the server does not know", iq);
      return refuse(connection, iq, 501, "feature-not-implemented");
  }
}

function create(connection: DeviceConnection, iq: Stanza, request: Stanza, user: User): void {
  const { network } = connection;
  const parent = network.groups.get(child(request, "linked_parent")?.attrs["jid"]);
  if (child(request, "linked_parent") && !parent?.isCommunity) return refuse(connection, iq, 404, "item-not-found");
  if (parent && !parent.isAdmin(user)) return refuse(connection, iq, 403, "forbidden");
  const subject = request.attrs["subject"] ?? "";
  if (!isSubject(subject)) return refuse(connection, iq, 406, "not-acceptable");
  const asked = usersIn(network, request);
  const members = asked.filter((one) => one.letsBeAdded);
  const settle = (group: SimulatedGroup): void => {
    settleGroup(group, request);
    group.parent = parent;
  };
  const group = network.groups.create(user, subject, members, undefined, settle);
  const refused = asked.filter((one) => !one.letsBeAdded).map((one) => invitation(network, group, one));
  const node = groupNode(group);
  result(connection, iq, [el(node.tag, node.attrs, [...children(node), ...refused])]);
  if (parent) linkGroup(network, user, parent, group);
}

/** Whether a group may be called so. */
export function isSubject(subject: string): boolean {
  return subject !== "" && Array.from(subject).length <= LONGEST_SUBJECT;
}

/** What a group is from its first moment on, by the request that makes it. */
function settleGroup(group: SimulatedGroup, request: Stanza): void {
  for (const name of ["announcement", "locked"] as const) if (child(request, name)) group.switches.add(name);
  group.ephemeral = Number(child(request, "ephemeral")?.attrs["expiration"] ?? "0");
  group.everyoneAdds = textOf(child(request, "member_add_mode")) === "all_member_add";
  const approval = child(child(request, "membership_approval_mode"), "group_join");
  group.approval = approval?.attrs["state"] === "on";
}

function leave(connection: DeviceConnection, iq: Stanza, request: Stanza, user: User): void {
  const { groups: all } = connection.network;
  if (child(request, "community")) return leaveCommunity(connection, iq, request, user);
  const left = children(request, "group").map((asked) => {
    const id = asked.attrs["id"];
    const group = all.get(id);
    if (!group?.members.has(user)) return el("group", { id, error: "404" });
    all.leave(group, user);
    return el("group", { id });
  });
  result(connection, iq, [el("leave", {}, left)]);
}

/** An invite link: what it leads to, or through it. */
function invite(connection: DeviceConnection, iq: Stanza, request: Stanza, user: User): void {
  const { groups: all } = connection.network;
  const group = all.byInvite(request.attrs["code"]);
  if (!group) return refuse(connection, iq, 406, "not-acceptable");
  if (iq.attrs["type"] === "get") return result(connection, iq, [groupNode(group)]);
  if (group.members.has(user)) return refuse(connection, iq, 409, "conflict");
  all.join(group, user);
  result(connection, iq, [el(group.approval ? "membership_approval_request" : "group", { jid: group.jid })]);
}

function askGroup(connection: DeviceConnection, iq: Stanza, request: Stanza, group: SimulatedGroup, user: User): void {
  switch (request.tag) {
    case "query":
      return result(connection, iq, [groupNode(group)]);
    case "invite":
      if (!group.isAdmin(user)) return refuse(connection, iq, 401, "not-authorized");
      return result(connection, iq, [el("invite", { code: group.inviteCode })]);
    case "sub_groups":
      return result(connection, iq, [subGroups(connection.network, group)]);
    case "membership_approval_requests": {
      const asked = [...group.requests].map(([one, at]) => {
        const attrs = { ...participant(group, one).attrs, request_method: "invite_link", request_time: at };
        return el("membership_approval_request", attrs);
      });
      return result(connection, iq, [el("membership_approval_requests", {}, asked)]);
    }
    default:
      connection.complain("asked what the server does not know", iq);
      return refuse(connection, iq, 501, "feature-not-implemented");
  }
}

/** The accounts in a list of participants; what is no account is left out. */
export function usersIn(network: Network, list: Stanza): User[] {
  return children(list, "participant").flatMap((one) => network.directory.user(one.attrs["jid"]) ?? []);
}

/** The text in a child, for subject and description. */
export function bodyOf(request: Stanza): string | undefined {
  return textOf(child(request, "body"));
}
