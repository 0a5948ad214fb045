/** As long as file systems take one. */
const most = 255;
/** An extension longer than this is none. */
const mostExtension = 20;

/**
 * What a reader does not see, and the marks that turn the order of writing, by which a program's name is shown as a
 * picture's.
 */
const unseen = /[\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;
const foldersAndControls = /[/\\\p{Cc}]/gu;

/** A name that is no path and can be seen whole; null when nothing is left of it. A long one keeps its extension. */
export function fileName(given: string | null | undefined): string | null {
  const name = (given ?? "").toWellFormed().trim().replace(foldersAndControls, "_").replace(unseen, "").trim();
  if (/^[._]{0,2}$|^_+$/.test(name)) return null;
  if (name.length <= most) return name;
  const extension = /\.[^.]+$/.exec(name)?.[0] ?? "";
  const kept = extension.length <= mostExtension ? extension : "";
  return `${name.slice(0, most - kept.length)}${kept}`.toWellFormed();
}
