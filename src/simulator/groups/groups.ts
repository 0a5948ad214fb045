import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import type { Addressing } from "../wire/address.ts";
import { el, type Stanza } from "../wire/stanza.ts";
import { SimulatedGroup, type GroupSwitch, type MemberRole } from "./group.ts";
import { actor, descriptionNode, groupNode, namesOf, participant } from "./nodes.ts";

declare module "../network/network.ts" {
  interface Network {
    groups: Groups;
  }
}

/** All groups, and what may happen to them. Each change is told to every linked device of every member. */
export class Groups {
  readonly #network: Network;
  readonly #byJid = new Map<string, SimulatedGroup>();

  constructor(network: Network) {
    this.#network = network;
  }

  get(jid: string | undefined): SimulatedGroup | undefined {
    return jid === undefined ? undefined : this.#byJid.get(jid);
  }

  get all(): SimulatedGroup[] {
    return [...this.#byJid.values()];
  }

  byInvite(code: string | undefined): SimulatedGroup | undefined {
    return [...this.#byJid.values()].find((group) => group.inviteCode === code);
  }

  of(user: User): SimulatedGroup[] {
    return [...this.#byJid.values()].filter((group) => group.members.has(user));
  }

  /** `settle` sets what the group is from its first moment on, before anybody hears of it. */
  create(
    creator: User,
    subject: string,
    members: User[],
    addressing: Addressing = "lid",
    settle: (group: SimulatedGroup) => void = () => {},
  ): SimulatedGroup {
    const group = this.draft(creator, subject, addressing);
    settle(group);
    for (const user of members) if (user !== creator) group.members.set(user, "member");
    this.found(group);
    return group;
  }

  /** Those who come in are told of the whole group, everybody else of them. */
  add(group: SimulatedGroup, by: User, users: User[]): void {
    const others = [...group.members.keys()].filter((user) => !users.includes(user));
    for (const user of users) {
      group.members.set(user, "member");
      group.requests.delete(user);
    }
    const change = this.#members(group, "add", users);
    this.#notify(group, by, el("create", {}, [groupNode(group)]), users);
    this.#notify(group, by, change, others);
    this.#changed(group, "add");
  }

  /** Takes members out; every simulated member makes a new sender key before it writes again. */
  remove(group: SimulatedGroup, by: User, users: User[]): void {
    const told = [...group.members.keys()];
    for (const user of users) group.members.delete(user);
    for (const user of group.members.keys()) user.phone.groupKeys.rotate(group.jid);
    this.#tell(group, by, this.#members(group, "remove", users), told);
  }

  leave(group: SimulatedGroup, user: User): void {
    this.remove(group, user, [user]);
  }

  setRole(group: SimulatedGroup, by: User, users: User[], role: MemberRole): void {
    for (const user of users) group.members.set(user, role);
    this.#tell(group, by, this.#members(group, role === "member" ? "demote" : "promote", users));
  }

  /** What `old` was in a group is another account from now on; of a community's owner its groups are named (whatsapp-rust#625). */
  changeNumber(group: SimulatedGroup, old: User, now: User): void {
    const role = group.members.get(old);
    if (!role) throw new Error(`${old.name} is no member of ${group.subject}`);
    group.members.delete(old);
    group.members.set(now, role);
    const parts = this.all.filter(({ parent }) => parent === group);
    const suggested = parts.map(({ jid }) => el("sub_group_suggestion", { jid }));
    this.#tell(group, old, el("change_number", { jid: now.jid(group.addressing) }, suggested), [old]);
  }

  rename(group: SimulatedGroup, by: User, subject: string): void {
    group.subject = subject;
    group.subjectBy = by;
    this.#tell(group, by, el("subject", { subject, s_t: this.#network.now, ...namesOf(group, "s_o", by) }));
  }

  describe(group: SimulatedGroup, by: User, body: string | undefined, id: string): void {
    const at = this.#network.now;
    group.description = body === undefined ? undefined : { id, body, by, at };
    const node = group.description
      ? descriptionNode(group, group.description)
      : el("description", { id, t: at }, [el("delete")]);
    this.#tell(group, by, node);
  }

  switch(group: SimulatedGroup, by: User, name: GroupSwitch, on: boolean): void {
    if (on) group.switches.add(name);
    else group.switches.delete(name);
    const off = { announcement: "not_announcement", locked: "unlocked" } as const;
    // Clients refuse the notice without it (whatsmeow group.go:941, 2026-08).
    const version = name === "announcement" ? { v_id: String(++group.announcementVersion) } : {};
    this.#tell(group, by, el(on ? name : off[name], version));
  }

  setEphemeral(group: SimulatedGroup, by: User, seconds: number): void {
    group.ephemeral = seconds;
    this.#tell(group, by, seconds > 0 ? el("ephemeral", { expiration: String(seconds) }) : el("not_ephemeral"));
  }

  setAddMode(group: SimulatedGroup, by: User, everyone: boolean): void {
    group.everyoneAdds = everyone;
    this.#tell(group, by, el("member_add_mode", {}, Buffer.from(everyone ? "all_member_add" : "admin_add")));
  }

  setApproval(group: SimulatedGroup, by: User, on: boolean): void {
    group.approval = on;
    this.#tell(group, by, el("membership_approval_mode", {}, [el("group_join", { state: on ? "on" : "off" })]));
  }

  revokeInvite(group: SimulatedGroup, by: User): string {
    group.inviteCode = this.#newCode();
    this.#tell(group, by, el("invite", { code: group.inviteCode }));
    return group.inviteCode;
  }

  /** By invite link: at once, or as a request where joining needs approval. */
  join(group: SimulatedGroup, user: User): void {
    if (!group.approval) return this.add(group, user, [user]);
    group.requests.set(user, this.#network.now);
    const asked = el("requested_user", participant(group, user).attrs);
    this.#notify(
      group,
      user,
      el("created_membership_requests", { request_method: "invite_link" }, [asked]),
      admins(group),
    );
    this.#changed(group, "created_membership_requests");
  }

  /** A request ends without anybody coming in: taken back, or turned away by an admin. */
  dismiss(group: SimulatedGroup, by: User, users: User[]): void {
    for (const user of users) group.requests.delete(user);
    this.#notify(group, by, this.#participants(group, "revoked_membership_requests", users), admins(group));
    this.#changed(group, "revoked_membership_requests");
  }

  /** Something between a group and its community, told to the members of one of them. */
  tellLink(group: SimulatedGroup, by: User, change: Stanza): void {
    this.#tell(group, by, change);
  }

  /** A group that is there without anybody having asked for it. */
  found(group: SimulatedGroup): void {
    this.#byJid.set(group.jid, group);
    this.#tell(
      group,
      group.creator,
      el("create", { type: "new", key: this.#network.random.hex(8) }, [groupNode(group)]),
    );
  }

  /** A group nobody knows of yet. */
  draft(creator: User, subject: string, addressing: Addressing = "lid"): SimulatedGroup {
    const { random, now } = this.#network;
    const jid = `120363${String(random.below(1_000_000_000)).padStart(12, "0")}@g.us`;
    return new SimulatedGroup({ jid, addressing, creator, subject, creation: now, code: this.#newCode() });
  }

  /** A change of the list of members, with its versions before and after. */
  #members(group: SimulatedGroup, tag: string, users: User[]): Stanza {
    const versions = { prev_v_id: String(group.memberVersion), v_id: String(++group.memberVersion) };
    const { content } = this.#participants(group, tag, users);
    return el(tag, versions, content);
  }

  #participants(group: SimulatedGroup, tag: string, users: User[]): Stanza {
    return el(
      tag,
      {},
      users.map((user) => participant(group, user)),
    );
  }

  #newCode(): string {
    return this.#network.random.bytes(16).toString("base64url");
  }

  #tell(group: SimulatedGroup, by: User, change: Stanza, told: User[] = []): void {
    this.#notify(group, by, change, [...told, ...group.members.keys()]);
    this.#changed(group, change.tag);
  }

  #changed(group: SimulatedGroup, change: string): void {
    this.#network.events.emit({ type: "group.changed", group: group.jid, change });
  }

  #notify(group: SimulatedGroup, by: User, change: Stanza, told: User[]): void {
    const attrs = { from: group.jid, type: "w:gp2", t: this.#network.now, notify: by.name, ...actor(group, by) };
    for (const user of new Set(told)) {
      for (const device of user.linked) {
        this.#network.deliver(
          device,
          el("notification", { ...attrs, id: this.#network.newId(), addressing_mode: group.addressing }, [change]),
        );
      }
    }
  }
}

const admins = (group: SimulatedGroup): User[] => [...group.members.keys()].filter((user) => group.isAdmin(user));
