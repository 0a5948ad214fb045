import type { User } from "../accounts/user.ts";
import type { Addressing } from "../wire/address.ts";
import { SimulatedGroup } from "../groups/group.ts";

/** A status goes to its audience as a group message does, under the address `status@broadcast`. */
export function statusGroup(author: User, audience: User[], creation: string, addressing: Addressing): SimulatedGroup {
  const parts = {
    jid: "status@broadcast",
    addressing,
    creator: author,
    subject: "status",
    creation,
    code: "",
  };
  const group = new SimulatedGroup(parts);
  for (const user of audience) group.members.set(user, "member");
  return group;
}
