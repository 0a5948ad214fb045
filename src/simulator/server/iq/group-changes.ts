import type { User } from "../../accounts/user.ts";
import type { SimulatedGroup, MemberRole } from "../../groups/group.ts";
import { participant } from "../../groups/nodes.ts";
import { child, children, el, type Stanza, textOf } from "../../wire/stanza.ts";
import type { DeviceConnection } from "../../network/connection.ts";
import { refuse, result } from "./answer.ts";
import { changeLinks, invitation } from "./communities.ts";
import { GraphRefusal } from "./graph.ts";
import { bodyOf, isSubject } from "./groups.ts";

interface Change {
  readonly connection: DeviceConnection;
  readonly iq: Stanza;
  readonly request: Stanza;
  readonly group: SimulatedGroup;
  readonly by: User;
}

type Right = "member" | "edit" | "add" | "admin" | "anyone";

const RIGHTS: Readonly<Record<Right, (group: SimulatedGroup, user: User) => boolean>> = {
  anyone: () => true,
  member: (group, user) => group.members.has(user),
  edit: (group, user) => group.mayEdit(user),
  add: (group, user) => group.mayAdd(user),
  admin: (group, user) => group.isAdmin(user),
};

/** What may be changed in a group, who may, and how. */
const CHANGES: Readonly<Record<string, { needs: Right; make: (change: Change) => Stanza[] | undefined }>> = {
  subject: {
    needs: "edit",
    make: rename,
  },
  description: { needs: "edit", make: describe },
  add: {
    needs: "add",
    make: (change) =>
      participants(change, (users) => change.connection.network.groups.add(change.group, change.by, users), false),
  },
  remove: {
    needs: "admin",
    make: (change) =>
      participants(change, (users) => change.connection.network.groups.remove(change.group, change.by, users), true),
  },
  promote: { needs: "admin", make: (change) => roles(change, "admin") },
  demote: { needs: "admin", make: (change) => roles(change, "member") },
  announcement: { needs: "admin", make: (change) => turn(change, "announcement", true) },
  not_announcement: { needs: "admin", make: (change) => turn(change, "announcement", false) },
  locked: { needs: "admin", make: (change) => turn(change, "locked", true) },
  unlocked: { needs: "admin", make: (change) => turn(change, "locked", false) },
  ephemeral: { needs: "edit", make: (change) => ephemeral(change, Number(change.request.attrs["expiration"])) },
  not_ephemeral: { needs: "edit", make: (change) => ephemeral(change, 0) },
  member_add_mode: {
    needs: "admin",
    make: ({ connection, group, by, request }) =>
      done(() => connection.network.groups.setAddMode(group, by, textOf(request) === "all_member_add")),
  },
  membership_approval_mode: {
    needs: "admin",
    make: ({ connection, group, by, request }) =>
      done(() =>
        connection.network.groups.setApproval(group, by, child(request, "group_join")?.attrs["state"] === "on"),
      ),
  },
  membership_requests_action: { needs: "admin", make: decide },
  links: {
    needs: "admin",
    make: ({ connection, group, by, request }) => changeLinks(connection.network, by, group, request),
  },
  unlink: {
    needs: "admin",
    make: ({ connection, group, by, request }) => changeLinks(connection.network, by, group, request),
  },
  accept: { needs: "anyone", make: accept },
  invite: {
    needs: "admin",
    make: ({ connection, group, by }) => [el("invite", { code: connection.network.groups.revokeInvite(group, by) })],
  },
};

export function changeGroup(
  connection: DeviceConnection,
  iq: Stanza,
  request: Stanza,
  group: SimulatedGroup,
  by: User,
): void {
  const change = CHANGES[request.tag];
  if (!change) {
    connection.complain("asked what the server does not know", iq);
    return refuse(connection, iq, 501, "feature-not-implemented");
  }
  if (!RIGHTS[change.needs](group, by)) return refuse(connection, iq, 403, "forbidden");
  try {
    result(connection, iq, change.make({ connection, iq, request, group, by }));
  } catch (cause) {
    if (!(cause instanceof GraphRefusal)) throw cause;
    refuse(connection, iq, cause.code, "not-acceptable");
  }
}

function done(change: () => void): undefined {
  change();
}

function rename({ connection, request, group, by }: Change): undefined {
  const subject = textOf(request) ?? "";
  if (!isSubject(subject)) throw new GraphRefusal(406);
  connection.network.groups.rename(group, by, subject);
}

function describe({ connection, request, group, by }: Change): undefined {
  const body = request.attrs["delete"] === "true" ? undefined : bodyOf(request);
  connection.network.groups.describe(group, by, body, request.attrs["id"] ?? connection.network.newId());
}

function turn({ connection, group, by }: Change, name: "announcement" | "locked", on: boolean): undefined {
  connection.network.groups.switch(group, by, name, on);
}

function ephemeral({ connection, group, by }: Change, seconds: number): undefined {
  connection.network.groups.setEphemeral(group, by, seconds);
}

function roles(change: Change, role: MemberRole): Stanza[] {
  const { group, by, connection } = change;
  return participants(change, (users) => connection.network.groups.setRole(group, by, users, role), true);
}

/** Does something to those of the named who are (or are not yet) members, and says of each how it went. */
function participants(
  { connection, request, group }: Change,
  apply: (users: User[]) => void,
  present: boolean,
): Stanza[] {
  const { directory } = connection.network;
  const named = children(request, "participant").map(({ attrs }) => ({
    jid: attrs["jid"],
    user: directory.user(attrs["jid"]),
  }));
  const fitting = named.flatMap(({ user }) =>
    user && group.members.has(user) === present && (present || user.letsBeAdded) ? [user] : [],
  );
  if (fitting.length > 0) apply(fitting);
  const answers = named.map(({ jid, user }) => {
    if (user && fitting.includes(user)) return participant(group, user);
    if (user && !present && !user.letsBeAdded && !group.members.has(user))
      return invitation(connection.network, group, user);
    return el("participant", { jid, error: user && !present ? "409" : "404" });
  });
  return [el(request.tag, {}, answers)];
}

/** Requests to join: let in, or turned away; of each person named, how it went. */
function decide({ connection, request, group, by }: Change): Stanza[] {
  const [action] = children(request);
  const { directory, groups } = connection.network;
  const named = children(action, "participant").map(({ attrs }) => ({
    jid: attrs["jid"],
    user: directory.user(attrs["jid"]),
  }));
  const asked = named.flatMap(({ user }) => (user && group.requests.has(user) ? [user] : []));
  if (action?.tag === "approve" && asked.length > 0) groups.add(group, by, asked);
  else if (asked.length > 0) groups.dismiss(group, by, asked);
  const answers = named.map(({ jid, user }) =>
    user && asked.includes(user) ? participant(group, user) : el("participant", { jid, error: "404" }),
  );
  return [el("membership_requests_action", {}, [el(action?.tag ?? "reject", {}, answers)])];
}

/** Comes in by an invitation of one's own. */
function accept({ connection, request, group, by }: Change): undefined {
  if (group.invitations.get(by) !== request.attrs["code"]) throw new GraphRefusal(406);
  group.invitations.delete(by);
  connection.network.groups.add(group, by, [by]);
}
