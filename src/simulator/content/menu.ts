import { child, type Stanza } from "../wire/stanza.ts";
import { type MessageContent, unwrapContent } from "./content.ts";

/** Why no client would show a menu that came in this stanza; undefined of every other message. */
export function unseenMenu(content: MessageContent, stanza: Stanza): string | undefined {
  const { interactiveMessage: flow, listMessage: list, buttonsMessage: buttons } = unwrapContent(content) ?? content;
  const biz = child(stanza, "biz");
  if (buttons) return "old buttons, which the server refuses (405)";
  if (list && child(biz, "list")?.attrs["type"] !== "product_list") return "a list whose stanza says nothing of it";
  if (!flow) return undefined;
  const native = child(child(biz, "interactive"), "native_flow")?.attrs["name"];
  const isWhole = native !== undefined && child(biz, "quality_control") !== undefined;
  return isWhole ? undefined : "buttons whose stanza says nothing of them (479)";
}
