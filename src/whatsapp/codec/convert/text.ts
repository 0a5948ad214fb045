import { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { StatusFont } from "../../../core/model/content/text.ts";
import type { WebMessage } from "../definition/web-message.ts";
import type { Converter, Writer } from "./converter.ts";
import { only } from "./fields.ts";

export const text: Converter<"text"> & Writer<"text"> = {
  read(message) {
    const { conversation, extendedTextMessage: extended } = message;
    const words = conversation || extended?.text || answerIn(message);
    // Who clicks an ad may say nothing.
    if (!words) return extended?.contextInfo?.externalAdReply ? { kind: "text", text: "" } : null;
    const preview = extended?.matchedText
      ? {
          preview: { url: extended.matchedText, ...only({ title: extended.title, description: extended.description }) },
        }
      : {};
    return { kind: "text", text: words, ...preview, ...looks(extended) };
  },
  write: ({ text: words, preview, background, color, font }, { thumbnail }) => ({
    extendedTextMessage: {
      text: words,
      ...card(preview),
      ...only({ jpegThumbnail: thumbnail, backgroundArgb: argb(background), textArgb: argb(color) }),
      ...(font === undefined ? {} : { font: fonts[font] }),
    },
  }),
};

const { FontType } = proto.Message.ExtendedTextMessage;
const fonts: Readonly<Record<StatusFont, proto.Message.ExtendedTextMessage.FontType>> = {
  system: FontType.SYSTEM,
  system_text: FontType.SYSTEM_TEXT,
  script: FontType.FB_SCRIPT,
  bold: FontType.SYSTEM_BOLD,
  morning_breeze: FontType.MORNINGBREEZE_REGULAR,
  calistoga: FontType.CALISTOGA_REGULAR,
  exo2: FontType.EXO2_EXTRABOLD,
  courier_prime: FontType.COURIERPRIME_BOLD,
};

/** How a text status looks; clients that colour nothing leave the background out. */
function looks(extended: proto.Message.IExtendedTextMessage | null | undefined) {
  if (!extended?.backgroundArgb) return {};
  const font = Object.entries(fonts).find(([, number]) => number === extended.font)?.[0] as StatusFont | undefined;
  return only({ background: hexOf(extended.backgroundArgb), color: hexOf(extended.textArgb), font });
}

/** Opaque, as clients write colours: 0xAARRGGBB. */
const argb = (color: string | undefined): number | undefined =>
  color === undefined ? undefined : (0xff_00_00_00 | Number.parseInt(color.slice(1), 16)) >>> 0;

const hexOf = (argb: number | null | undefined): string | undefined =>
  argb ? `#${(argb & 0xff_ff_ff).toString(16).padStart(6, "0")}` : undefined;

/** Answers to questions of channels and statuses, what Meta AI says, and templates of old. */
function answerIn(message: WebMessage): string | undefined {
  const {
    questionResponseMessage: answer,
    statusQuestionAnswerMessage: onStatus,
    statusQuotedMessage: quoted,
  } = message;
  const { richResponseMessage: rich, highlyStructuredMessage: old } = message;
  const words = answer?.text ?? onStatus?.text ?? quoted?.text;
  if (words) return words;
  const parts = (rich?.submessages ?? []).map(({ messageText }) => messageText ?? "").filter((text) => text !== "");
  return parts.join("\n") || (old?.params ?? []).join(" ") || undefined;
}

function card(preview: ContentOf<"text">["preview"]) {
  if (!preview) return {};
  const { url, title, description } = preview;
  return { matchedText: url, ...only({ title, description }), previewType: 0 };
}
