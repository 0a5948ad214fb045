import { randomBytes } from "node:crypto";
import { type BinaryNode, proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { WebMessage } from "../definition/web-message.ts";
import type { Carrier, Converter, Writer, Writing } from "./converter.ts";
import { uploaded } from "./file.ts";
import { only } from "./fields.ts";

type Menu = ContentOf<"menu">;
type Option = Menu["options"][number];
type Text = string | null | undefined;

const mostOptions = 200;
const mostCards = 50;
const { SINGLE_SELECT } = proto.Message.ListMessage.ListType;

const option = (id: Text, title: Text, more: Partial<Record<keyof Option, Text>> = {}): Option => ({
  id: id ?? "",
  title: title ?? "",
  ...only(more),
});

/** What can be chosen from. WhatsApp's clients show it when the stanza says so too. */
export const menu: Converter<"menu"> & Writer<"menu"> & Carrier<"menu"> = {
  read(message) {
    const { highlyStructuredMessage: old } = message;
    const said: WebMessage = old?.hydratedHsm ? { templateMessage: old.hydratedHsm } : message;
    const found = list(said) ?? buttons(said) ?? template(said) ?? interactive(said);
    return found && { kind: "menu", ...found, options: found.options.slice(0, mostOptions) };
  },
  write: (content, writing) => (content.button === undefined ? asFlow(content, writing) : asList(content)),
  stanza: (content, { now }) => ({ node: menuNode(content, now) }),
};

function list({ listMessage: list }: proto.IMessage) {
  if (!list) return null;
  const rows = (list.sections ?? []).flatMap(({ title: section, rows }) =>
    (rows ?? []).map(({ rowId, title, description }) => option(rowId, title, { description, section })),
  );
  return {
    text: list.description || list.title || "",
    ...only({ title: list.description && list.title, footer: list.footerText, button: list.buttonText }),
    options: rows,
    type: "listMessage",
  };
}

function buttons({ buttonsMessage: message }: proto.IMessage) {
  if (!message) return null;
  const options = (message.buttons ?? []).map(({ buttonId, buttonText }) => option(buttonId, buttonText?.displayText));
  const { contentText, text: title, footerText: footer } = message;
  return { text: contentText ?? "", ...only({ title, footer }), options, type: "buttonsMessage" };
}

function template({ templateMessage: message }: proto.IMessage) {
  const hydrated = message?.hydratedTemplate ?? message?.hydratedFourRowTemplate;
  if (!hydrated) return null;
  const options = (hydrated.hydratedButtons ?? []).map(({ quickReplyButton: reply, urlButton, callButton }) => {
    const { url } = urlButton ?? {};
    const phone = callButton?.phoneNumber;
    return option(reply?.id ?? url ?? phone, (reply ?? urlButton ?? callButton)?.displayText, { url, phone });
  });
  const { hydratedContentText: text, hydratedTitleText: title, hydratedFooterText: footer } = hydrated;
  return { text: text ?? "", ...only({ title, footer }), options, type: "templateMessage" };
}

function interactive({ interactiveMessage, templateMessage }: WebMessage) {
  const message = interactiveMessage ?? templateMessage?.interactiveMessageTemplate;
  if (!message) return null;
  const cards = (message.carouselMessage?.cards ?? []).slice(0, mostCards).map((card) => flow(card));
  const type = interactiveMessage ? "interactiveMessage" : "templateMessage";
  return { ...flow(message), ...(cards.length > 0 ? { cards } : {}), type };
}

function flow(message: proto.Message.IInteractiveMessage) {
  const options = (message.nativeFlowMessage?.buttons ?? []).map(({ name, buttonParamsJson }) => {
    const { id, display_text: title, url, phone_number: called, copy_code: copy } = fieldsOf(buttonParamsJson);
    const phone = called?.replace(/^\+/, "");
    return option(id ?? url ?? phone ?? copy ?? name, title ?? name, { url, phone, copy });
  });
  const title = message.header?.title;
  return {
    text: message.body?.text ?? "",
    ...only({ title, footer: message.footer?.text }),
    options: options.slice(0, mostOptions),
  };
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

/** A list: of old, and still what most clients show of lists. */
function asList({ text, title, footer, button, options }: Menu): proto.IMessage {
  const sections = new Map<string, proto.Message.ListMessage.IRow[]>();
  for (const { id: rowId, title: row, description, section = "" } of options) {
    const rows = sections.get(section) ?? [];
    rows.push({ rowId, title: row, ...only({ description }) });
    sections.set(section, rows);
  }
  return {
    listMessage: {
      description: text,
      ...only({ title, footerText: footer, buttonText: button }),
      listType: SINGLE_SELECT,
      sections: [...sections].map(([section, rows]) => ({ ...only({ title: section }), rows })),
    },
  };
}

/** Buttons: clients show those of "native flows" only. */
function asFlow({ text, title, footer, image, options }: Menu, writing: Writing): proto.IMessage {
  const picture = image && {
    imageMessage: { ...uploaded(writing), mimetype: image.mime, ...only({ width: image.width, height: image.height }) },
  };
  return {
    interactiveMessage: {
      ...(title || picture
        ? { header: { ...only({ title }), hasMediaAttachment: picture !== undefined, ...picture } }
        : {}),
      body: { text },
      ...(footer ? { footer: { text: footer } } : {}),
      nativeFlowMessage: { buttons: options.map(flowButton), messageVersion: 1 },
    },
  };
}

function flowButton({ id, title, url, phone, copy }: Option) {
  const [name, what] = url
    ? ["cta_url", { url, merchant_url: url }]
    : phone
      ? ["cta_call", { phone_number: `+${phone}` }]
      : copy
        ? ["cta_copy", { copy_code: copy }]
        : ["quick_reply", { id }];
  return { name, buttonParamsJson: JSON.stringify({ display_text: title, ...what }) };
}

/**
 * Without it WhatsApp takes a menu and no client shows it; with less of it buttons are refused (479): measured by the
 * author of whatsmeow's pull request 1235. The node of lists is the one that Baileys' forks use.
 */
function menuNode({ type }: Menu, now: number): BinaryNode {
  if (type === "listMessage")
    return { tag: "biz", attrs: {}, content: [{ tag: "list", attrs: { type: "product_list", v: "2" } }] };
  const decision = { decision_id: randomBytes(20).toString("hex"), source_type: "third_party" };
  return {
    tag: "biz",
    attrs: { actual_actors: "2", host_storage: "2", privacy_mode_ts: String(Math.floor(now / 1000)) },
    content: [
      {
        tag: "interactive",
        attrs: { type: "native_flow", v: "1" },
        content: [{ tag: "native_flow", attrs: { v: "9", name: "mixed" } }],
      },
      { tag: "quality_control", attrs: decision },
    ],
  };
}
