import type { User } from "../accounts/user.ts";
import type { Network } from "../network/network.ts";
import type { SimulatedGroup, GroupSwitch, MemberRole } from "./group.ts";

/** Anyone with an account, as `SimulatedPerson` is. */
interface Member {
  readonly user: User;
}

/** Who does it; the creator when left out. */
interface By {
  readonly by?: Member;
}

/** A group to write scenarios with: its members are people of the simulator, clients among their devices. */
export class GroupChat {
  readonly group: SimulatedGroup;
  readonly #network: Network;

  constructor(network: Network, group: SimulatedGroup) {
    this.#network = network;
    this.group = group;
  }

  /** From now on its members are named by LID; nobody is told, and who still writes by number gets 421. */
  movesToLids(): void {
    this.group.addressing = "lid";
  }

  /** `1203…@g.us`. */
  get id(): string {
    return this.group.jid;
  }

  get subject(): string {
    return this.group.subject;
  }

  /** Phone numbers and what they may do. */
  get members(): { number: string; role: MemberRole }[] {
    return [...this.group.members].map(([user, role]) => ({ number: user.number, role }));
  }

  get inviteCode(): string {
    return this.group.inviteCode;
  }

  add(members: Member | Member[], options: By = {}): void {
    this.#network.groups.add(this.group, this.#by(options), usersOf(members));
  }

  /** Removes members; everyone else changes their sender keys. */
  remove(members: Member | Member[], options: By = {}): void {
    this.#network.groups.remove(this.group, this.#by(options), usersOf(members));
  }

  leave(member: Member): void {
    this.#network.groups.leave(this.group, member.user);
  }

  /** Asks to join, or joins, by the invite link. */
  join(person: Member): void {
    this.#network.groups.join(this.group, person.user);
  }

  /** Takes a request to join back. */
  withdraw(person: Member): void {
    this.#network.groups.dismiss(this.group, person.user, [person.user]);
  }

  /** Turns requests to join away. */
  turnAway(people: Member | Member[], options: By = {}): void {
    this.#network.groups.dismiss(this.group, this.#by(options), usersOf(people));
  }

  /** Phone numbers of those who asked to join. */
  get requests(): string[] {
    return [...this.group.requests.keys()].map(({ number }) => number);
  }

  promote(members: Member | Member[], options: By = {}): void {
    this.#network.groups.setRole(this.group, this.#by(options), usersOf(members), "admin");
  }

  demote(members: Member | Member[], options: By = {}): void {
    this.#network.groups.setRole(this.group, this.#by(options), usersOf(members), "member");
  }

  /** A member takes another number: another account has its place and its role. */
  changesNumber(old: Member, now: Member): void {
    this.#network.groups.changeNumber(this.group, old.user, now.user);
  }

  rename(subject: string, options: By = {}): void {
    this.#network.groups.rename(this.group, this.#by(options), subject);
  }

  /** Sets the description, or takes it away. */
  describe(body: string | undefined, options: By = {}): void {
    this.#network.groups.describe(this.group, this.#by(options), body, this.#network.random.hex(8));
  }

  switch(name: GroupSwitch, on: boolean, options: By = {}): void {
    this.#network.groups.switch(this.group, this.#by(options), name, on);
  }

  /** Joining by the link needs an admin's word, or no longer. */
  asksApproval(on: boolean, options: By = {}): void {
    this.#network.groups.setApproval(this.group, this.#by(options), on);
  }

  disappears(seconds: number, options: By = {}): void {
    this.#network.groups.setEphemeral(this.group, this.#by(options), seconds);
  }

  letsEveryoneAdd(on: boolean, options: By = {}): void {
    this.#network.groups.setAddMode(this.group, this.#by(options), on);
  }

  #by({ by }: By): User {
    return by?.user ?? this.group.creator;
  }
}

function usersOf(members: Member | Member[]): User[] {
  return (Array.isArray(members) ? members : [members]).map((member) => member.user);
}
