import { Failure } from "../core/base/failure.ts";
import { type FormFields, formOf } from "./form.ts";
import type { Device } from "../core/device/device.ts";

/** People in a request as JIDs, one after the other: usernames are looked up. Throws `invalid` naming the field. */
export async function jidsOf(device: Pick<Device, "person">, who: readonly string[], field: string): Promise<string[]> {
  const jids: string[] = [];
  for (const [place, one] of who.entries()) jids.push(await device.person(one, `${field}.${place}`));
  return jids;
}

/** A group in a path. Throws `invalid`. */
export function groupId(id: string, field = "group"): string {
  if (/^[\d-]{5,40}@g\.us$/.test(id)) return id;
  throw new Failure("invalid", `"${field}" takes an id such as "120363000000000001@g.us".`, { field });
}

/** The code in an invite link, or as it stands. */
export function inviteCode(link: string): string {
  const code = link.replace(/^https?:\/\/chat\.whatsapp\.com\/(invite\/)?/, "").split(/[/?#]/, 1)[0] ?? "";
  if (/^[\w-]{8,64}$/.test(code)) return code;
  throw new Failure("invalid", '"code" takes an invite link, e.g. "https://chat.whatsapp.com/AbCdEf…", or its code.', {
    field: "code",
  });
}

/** The image that is the body of a request, or the one file of a form. Throws `invalid`. */
export async function imageIn(request: Request): Promise<Blob> {
  const form = formOf(request);
  const bytes = form ? fileIn(form) : await request.blob();
  if (bytes.size === 0)
    throw new Failure("invalid", "The body is empty: it takes the image itself.", { field: "body" });
  return bytes;
}

function fileIn(form: FormFields): Blob {
  const stray = [...form.keys()].find((name) => name !== "file");
  if (stray !== undefined)
    throw new Failure("invalid", `"${stray}" is not a field here: the form takes "file", the image.`, { field: stray });
  const [file, second] = form.get("file") ?? [];
  if (file instanceof Blob && second === undefined) return file;
  throw new Failure("invalid", '"file" takes one image: send it as the form part named "file".', { field: "file" });
}
