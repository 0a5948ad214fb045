/** Codes by which WhatsApp refuses a message to a person that may be about the name it went to. */
export type NameRefusal = "400" | "463";

/** How a message was refused, and by which of the person's names it had left. */
export interface RefusedName {
  readonly name: string;
  readonly code: NameRefusal;
}

/**
 * What becomes of a message that was refused:
 * - `send`: it leaves at once by `name`.
 * - `offer`: unless the account is locked it leaves by `name`. `isNew`: that name has not been tried. `toStrangers`: also to
 *   somebody who has not written lately, to whom each further try counts as reaching out.
 * - `end`: that is WhatsApp's answer.
 */
export type NameStep =
  | { readonly do: "send"; readonly name: string }
  | { readonly do: "offer"; readonly name: string; readonly isNew: boolean; readonly toStrangers: boolean }
  | { readonly do: "end"; readonly code: NameRefusal };

/**
 * Of the account's own name for the person and the other one, each is tried twice at most. `all` are the refusals of this
 * message, the newest last; `other` is the person's name that the newest did not go to, null when they have one only. Pure.
 *
 * 400 says that a name is wrong, or the message; 463 that the name is wrong, a token is missing, or the account locked. So a
 * name that was tried only because the first was refused says nothing of the person: the first has its turn again.
 */
export function nextName(all: readonly RefusedName[], other: string | null): NameStep {
  const refusals = all.filter((one, place) => !isRepeated(one, all[place - 1]));
  const last = refusals.at(-1);
  if (!last || other === null) return { do: "end", code: last?.code ?? "400" };
  const of = (name: string) => refusals.filter((one) => one.name === name);
  const before = of(other);
  const tries = of(last.name).length;
  const isBack = refusals[0]?.name === other;
  const refused = before.at(-1)?.code;
  if (refused === undefined) return untried(last.code, other, tries);
  if (last.code === "400" && (refused === "400" || !isBack)) return { do: "end", code: "400" };
  const isDone = !isBack || before.length > 1;
  if (isDone) return { do: "end", code: "463" };
  return { do: "offer", name: other, isNew: false, toStrangers: refused === "400" };
}

/** After a 400 the message left by the other name, and nothing came back: WhatsApp was asked once, in two attempts. */
const isRepeated = ({ name, code }: RefusedName, before?: RefusedName): boolean =>
  code === "400" && before?.code === code && before.name === name;

function untried(code: NameRefusal, other: string, tries: number): NameStep {
  if (code === "400") return { do: "send", name: other };
  // Refused again, and whether the account is locked nobody has said.
  if (tries > 1) return { do: "end", code: "463" };
  return { do: "offer", name: other, isNew: true, toStrangers: true };
}
