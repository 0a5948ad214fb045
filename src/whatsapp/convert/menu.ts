import type { proto } from "@whiskeysockets/baileys";
import type { Converter } from "./converter.ts";

interface Option {
  id: string;
  title: string;
}
const mostOptions = 200;
const option = (id: string | null | undefined, title: string | null | undefined): Option => ({
  id: id ?? "",
  title: title ?? "",
});

/** What businesses show to choose from. There is no writing it: WhatsApp does not deliver menus of ordinary accounts. */
export const menu: Converter<"menu"> = {
  read(message) {
    const found = list(message) ?? buttons(message) ?? template(message) ?? interactive(message);
    return found && { kind: "menu", ...found, options: found.options.slice(0, mostOptions) };
  },
};

function list({ listMessage: list }: proto.IMessage) {
  if (!list) return null;
  const rows = (list.sections ?? []).flatMap((section) => section.rows ?? []);
  return {
    text: list.description || list.title || "",
    options: rows.map(({ rowId, title }) => option(rowId, title)),
    type: "listMessage",
  };
}

function buttons({ buttonsMessage: message }: proto.IMessage) {
  if (!message) return null;
  const options = (message.buttons ?? []).map(({ buttonId, buttonText }) => option(buttonId, buttonText?.displayText));
  return { text: message.contentText ?? "", options, type: "buttonsMessage" };
}

function template({ templateMessage: message }: proto.IMessage) {
  const hydrated = message?.hydratedTemplate ?? message?.hydratedFourRowTemplate;
  if (!hydrated) return null;
  const options = (hydrated.hydratedButtons ?? []).map(({ quickReplyButton, urlButton, callButton }) =>
    option(
      quickReplyButton?.id ?? urlButton?.url ?? callButton?.phoneNumber,
      (quickReplyButton ?? urlButton ?? callButton)?.displayText,
    ),
  );
  return { text: hydrated.hydratedContentText ?? "", options, type: "templateMessage" };
}

function interactive({ interactiveMessage: message }: proto.IMessage) {
  if (!message) return null;
  const options = (message.nativeFlowMessage?.buttons ?? []).map(({ name, buttonParamsJson }) => {
    const { id, display_text: title } = fieldsOf(buttonParamsJson);
    return option(id ?? name, title ?? name);
  });
  return { text: message.body?.text ?? "", options, type: "interactiveMessage" };
}

/** The texts in a JSON object somebody sent; none when it is no such thing. */
export function fieldsOf(json: string | null | undefined): Record<string, string> {
  try {
    const parsed: unknown = JSON.parse(json ?? "");
    if (typeof parsed !== "object" || parsed === null) return {};
    return Object.fromEntries(
      Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === "string"),
    );
  } catch {
    return {};
  }
}
