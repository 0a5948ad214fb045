import { distance } from "../core/base/nearest.ts";

/** Whether `name` is our `variable` mistyped. Short names of ours are left alone: others have them too. */
export function nearlySame(name: string, variable: string): boolean {
  if (variable.length < 7) return false;
  if (squeeze(name) === squeeze(variable)) return true;
  // An environment holds dozens of names, and each is held against all of ours.
  if (Math.abs(name.length - variable.length) > 2) return false;
  const edits = distance(name, variable);
  // A replaced letter makes another word of a short name (APP_KEY); a missing or doubled one does not.
  if (variable.length < 9) return edits === 1 && name.length !== variable.length;
  return edits <= (variable.length < 11 ? 1 : 2);
}

const squeeze = (text: string) => text.replaceAll("_", "").toUpperCase();
