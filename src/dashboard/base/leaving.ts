/** The paths of what is being removed, or was, for as long as it is still on the page. */
const leaving = new Set<string>();

export const leave = (path: string): void => void leaving.add(path);
export const stay = (path: string): void => void leaving.delete(path);

/** Whether `path`, whatever it asks there, is at `above` or below it. */
export function isBelow(path: string, above: string): boolean {
  const [place = ""] = path.split("?");
  return place === above || place.startsWith(`${above}/`);
}

/** Whether nothing at this path should be asked for any more. */
export const isLeaving = (path: string): boolean => [...leaving].some((gone) => isBelow(path, gone));

/** What is shown anew may be another of the same name. */
export function arrive(path: string): void {
  for (const gone of leaving) if (isBelow(path, gone)) leaving.delete(gone);
}
