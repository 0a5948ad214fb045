import { fileName as clean } from "../../../core/media/file-name.ts";
import type { Converter, Writer } from "./converter.ts";
import { only, some } from "./fields.ts";
import { fileFieldsOf, uploaded } from "./file.ts";

export const document: Converter<"document"> & Writer<"document"> = {
  read({ documentMessage: document }, reading) {
    if (!document) return null;
    const { fileName, title, pageCount, caption } = document;
    return {
      kind: "document",
      ...fileFieldsOf(document, reading, "application/octet-stream"),
      ...only({ name: clean(fileName || title) ?? undefined, pages: some(pageCount), caption }),
    };
  },
  write({ mime, name, pages, caption }, writing) {
    const documentMessage = {
      ...uploaded(writing),
      mimetype: mime,
      ...only({ fileName: name, title: name, pageCount: pages, caption }),
    };
    // Older clients show a caption only inside this envelope.
    return caption ? { documentWithCaptionMessage: { message: { documentMessage } } } : { documentMessage };
  },
};
