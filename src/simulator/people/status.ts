import type { User } from "../accounts/user.ts";
import { Group } from "../groups/group.ts";

/** A status goes to its audience as a group message does, under the address `status@broadcast`. */
export function statusGroup(author: User, audience: User[], creation: string): Group {
  const parts = {
    jid: "status@broadcast",
    addressing: "pn",
    creator: author,
    subject: "status",
    creation,
    code: "",
  } as const;
  const group = new Group(parts);
  for (const user of audience) group.members.set(user, "member");
  return group;
}
