import type { PersonDirectory } from "../identity/person-directory.ts";
import type { SeenNames } from "../model/person.ts";
import type { Group, GroupCalls, Named } from "../ports/groups.ts";

export interface NamingPorts {
  directory: Pick<PersonDirectory, "find" | "nameOf">;
  /** Resolves when these names are known. */
  readonly learn: (names: readonly SeenNames[]) => Promise<void>;
}

/** The same calls, whose answers name people by all that was ever learned of them; what they tell is learned first. */
export function namingPeople(calls: GroupCalls, { directory, learn }: NamingPorts): GroupCalls {
  const isNews = async ({ phone, lid, username }: Named): Promise<boolean> => {
    if (phone === null || lid === null) return false;
    const known = await directory.find(lid);
    return known?.phone !== phone || (username !== null && known.username !== username);
  };
  const all = async <T extends Named>(some: readonly T[]): Promise<T[]> => {
    const news: SeenNames[] = [];
    for (const { phone, lid, username, ...one } of some)
      if (await isNews({ phone, lid, username, ...one })) news.push({ phone, lid, username, source: "roster" });
    if (news.length > 0) await learn(news);
    return Promise.all(some.map(async (one) => ({ ...one, ...(await directory.find(one.jid)) })));
  };
  const group = async (one: Group): Promise<Group> => {
    const members = await all(one.members);
    return { ...one, members, owner: one.owner === null ? null : await directory.nameOf(one.owner) };
  };
  return {
    ...calls,
    async list() {
      const groups: Group[] = [];
      for (const one of await calls.list()) groups.push(await group(one));
      return groups;
    },
    get: async (id) => group(await calls.get(id)),
    preview: async (code) => group(await calls.preview(code)),
    async create(...given) {
      const made = await calls.create(...given);
      return { group: await group(made.group), refused: await all(made.refused) };
    },
    change: async (...given) => all(await calls.change(...given)),
    decide: async (...given) => all(await calls.decide(...given)),
    requests: async (id) => all(await calls.requests(id)),
  };
}
