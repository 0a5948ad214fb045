/** As long as file systems take one. */
const most = 255;
/** An extension longer than this is none. */
const mostExtension = 20;

/**
 * What a reader does not see, or sees elsewhere than it stands: control characters, and the marks that turn the order of
 * writing, by which `exe.gpj` is shown as `jpg.exe`.
 */
const unseen = /[\p{Cc}\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]/gu;
const folders = /[/\\]/g;

/** A name that is no path and can be seen whole; null when nothing is left of it. A long one keeps its extension. */
export function fileName(given: string | null | undefined): string | null {
  const name = (given ?? "").toWellFormed().replace(folders, "_").replace(unseen, "").trim();
  if (/^\.{0,2}$/.test(name)) return null;
  if (name.length <= most) return name;
  const extension = /\.[^.]+$/.exec(name)?.[0] ?? "";
  const kept = extension.length <= mostExtension ? extension : "";
  return `${name.slice(0, most - kept.length)}${kept}`.toWellFormed();
}
