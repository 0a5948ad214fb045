import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { BusinessHours, BusinessProfile } from "../../core/ports/people.ts";
import { natural } from "../codec/convert/fields.ts";

/** What a business says of itself. Baileys' own call knows one website and one category. */
export async function businessOf(sock: Pick<WASocket, "query">, jid: string): Promise<BusinessProfile | null> {
  const answer = await sock.query({
    tag: "iq",
    attrs: { to: "s.whatsapp.net", xmlns: "w:biz", type: "get" },
    content: [{ tag: "business_profile", attrs: { v: "244" }, content: [{ tag: "profile", attrs: { jid } }] }],
  });
  const profile = getBinaryNodeChild(getBinaryNodeChild(answer, "business_profile"), "profile");
  if (!profile) return null;
  const one = (tag: string) => textsOf(profile, tag)[0] ?? null;
  return {
    description: one("description"),
    categories: textsOf(getBinaryNodeChild(profile, "categories"), "category"),
    email: one("email"),
    websites: textsOf(profile, "website"),
    address: one("address"),
    hours: hoursOf(getBinaryNodeChild(profile, "business_hours")),
  };
}

/** The text in every child of that name. */
function textsOf(node: BinaryNode | undefined, tag: string): string[] {
  return getBinaryNodeChildren(node, tag).flatMap(({ content }) => {
    const text = content instanceof Uint8Array ? Buffer.from(content).toString() : content;
    return typeof text === "string" && text !== "" ? [text] : [];
  });
}

function hoursOf(node: BinaryNode | undefined): BusinessHours | null {
  if (!node) return null;
  const days = getBinaryNodeChildren(node, "business_hours_config").map(({ attrs }) => ({
    day: attrs.day_of_week ?? "",
    mode: attrs.mode ?? "",
    open: clockOf(attrs.open_time),
    close: clockOf(attrs.close_time),
  }));
  return { timezone: node.attrs.timezone ?? null, days };
}

/** WhatsApp counts minutes after midnight. */
function clockOf(minutes: string | undefined): string | null {
  if (minutes === undefined) return null;
  const [hour, minute] = [Math.floor(natural(minutes) / 60), natural(minutes) % 60];
  return [hour, minute].map((part) => String(part).padStart(2, "0")).join(":");
}
