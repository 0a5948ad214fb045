import { account } from "./stories/account.ts";
import { channels } from "./stories/channels.ts";
import { ends } from "./stories/ends.ts";
import { files } from "./stories/files.ts";
import { groups } from "./stories/groups.ts";
import { linking } from "./stories/linking.ts";
import { talking } from "./stories/talking.ts";
import type { Story } from "./story.ts";

/** Every story, in the order in which they are played. */
export const STORIES: readonly Story[] = [
  ...linking,
  ...talking,
  ...groups,
  ...files,
  ...account,
  ...channels,
  ...ends,
];
