import { linking } from "./stories/linking.ts";
import type { Story } from "./story.ts";

/** Every story, in the order in which they are played. */
export const STORIES: readonly Story[] = [...linking];
