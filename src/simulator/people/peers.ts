import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Content } from "./content.ts";

/** What companions ask of their own phone in messages that no chat shows. */
export class PeerMessages {
  readonly received: (from: LinkedDevice, content: Content) => void = () => {};
}
