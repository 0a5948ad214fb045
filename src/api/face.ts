import { type AnyElysia, Elysia } from "elysia";
import type { Workspace } from "../core/app.ts";
import type { Clock } from "../core/clock.ts";
import type { Failure } from "../core/failure.ts";
import type { Wording } from "./failures.ts";

/** One wire API that clients already speak: where it lives, its routes, and how it words a failure. It decides nothing. */
export interface Face {
  readonly name: string;
  /** The paths it owns, each with everything below it. The longest match wins. */
  readonly prefixes: readonly string[];
  readonly word: (failure: Failure) => Wording;
  readonly routes: (tools: Tools) => AnyElysia;
}

/** What a face may use besides the caller's workspace. */
export interface Tools {
  readonly clock: Clock;
}

const admitted = new WeakMap<Request, Workspace>();

/** The door leaves here what the caller of a request may use. */
export const admit = (request: Request, workspace: Workspace) => void admitted.set(request, workspace);

/** Routes under `prefix` whose handlers get the caller's `workspace`. Nobody reaches them but through the door. */
export function routes<const Prefix extends string>(prefix: Prefix, tag: string) {
  return new Elysia({ prefix, detail: { tags: [tag], security: [{ apiKey: [] }, { bearer: [] }] } }).derive(
    ({ request }) => {
      const workspace = admitted.get(request);
      if (!workspace) throw new Error("a request came past the door");
      return { workspace };
    },
  );
}

/** The face that owns `path`, if any. */
export function faceOf(faces: readonly Face[], path: string): Face | undefined {
  let best: Face | undefined;
  let length = 0;
  for (const face of faces)
    for (const prefix of face.prefixes)
      if (prefix.length > length && (path === prefix || path.startsWith(`${prefix}/`)))
        [best, length] = [face, prefix.length];
  return best;
}
