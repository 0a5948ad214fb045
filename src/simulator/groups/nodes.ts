import type { User } from "../accounts/user.ts";
import { usernameAs } from "../messages/envelope.ts";
import { type Addressing, formatAddress } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import type { SimulatedGroup } from "./group.ts";

const OTHER = { pn: "lid", lid: "pn" } as const satisfies Record<Addressing, Addressing>;

/** The two names of whoever acts in a group: `participant`, and its other form under `participant_pn` or `_lid`. */
export function actor(group: SimulatedGroup, user: User, device = 0): Record<string, string> {
  const other = OTHER[group.addressing];
  const number = group.addressing === "pn" ? user.number : user.lidNumber;
  return {
    participant: formatAddress(number, group.addressing, device),
    ...(user.isNumberless ? {} : { [`participant_${other}`]: user.jid(other) }),
    ...usernameAs("participant_username", user),
  };
}

/** All names of somebody under one attribute, such as `creator`: `creator`, `creator_pn` or `_lid`, `creator_username`. */
export function namesOf({ addressing }: SimulatedGroup, name: string, user: User): Record<string, string | undefined> {
  const other = OTHER[addressing];
  return {
    [name]: user.jid(addressing),
    [`${name}_${other}`]: other === "pn" && user.isNumberless ? undefined : user.jid(other),
    [`${name}_username`]: user.username,
  };
}

/** One member in a list of participants. */
export function participant(
  group: SimulatedGroup,
  user: User,
  attributes: Record<string, string | undefined> = {},
): Stanza {
  const names =
    group.addressing === "lid"
      ? { jid: user.jid("lid"), phone_number: user.isNumberless ? undefined : user.jid("pn"), username: user.username }
      : { jid: user.jid("pn"), lid: user.jid("lid") };
  return el("participant", { ...names, ...attributes });
}

/** `group`: everything the server says of a group. */
export function groupNode(group: SimulatedGroup): Stanza {
  const { addressing, creator, subjectBy } = group;
  const attrs = {
    id: group.jid.replace("@g.us", ""),
    subject: group.subject,
    creation: group.creation,
    s_t: group.creation,
    ...namesOf(group, "creator", creator),
    ...namesOf(group, "s_o", subjectBy),
    addressing_mode: addressing,
    size: String(group.members.size),
    p_v_id: String(group.memberVersion),
    a_v_id: String(group.announcementVersion),
  };
  return el("group", attrs, [
    ...settings(group),
    ...[...group.members].map(([user, role]) => member(group, user, role)),
  ]);
}

function member(group: SimulatedGroup, user: User, role: string): Stanza {
  return participant(group, user, { type: role === "member" ? undefined : role });
}

function settings(group: SimulatedGroup): Stanza[] {
  const nodes = [...group.switches].map((name) => el(name));
  if (group.description) nodes.push(descriptionNode(group, group.description));
  if (group.ephemeral > 0) nodes.push(el("ephemeral", { expiration: String(group.ephemeral) }));
  if (group.isCommunity) nodes.push(el("parent", { default_membership_approval_mode: "request_required" }));
  if (group.parent) nodes.push(el("linked_parent", { jid: group.parent.jid }));
  if (group.part) nodes.push(el(group.part === "announcements" ? "default_sub_group" : "general_chat"));
  if (group.approval) nodes.push(el("membership_approval_mode", {}, [el("group_join", { state: "on" })]));
  nodes.push(el("member_add_mode", {}, Buffer.from(group.everyoneAdds ? "all_member_add" : "admin_add")));
  return nodes;
}

/** `description`, with who wrote it. */
export function descriptionNode(
  group: SimulatedGroup,
  description: NonNullable<SimulatedGroup["description"]>,
): Stanza {
  const attrs = { id: description.id, t: description.at, ...actor(group, description.by) };
  return el("description", attrs, [el("body", {}, Buffer.from(description.body))]);
}
