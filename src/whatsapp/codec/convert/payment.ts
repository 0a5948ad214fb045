import type { proto } from "@whiskeysockets/baileys";
import type { ContentOf } from "../../../core/model/content/content.ts";
import type { WebMessage } from "../definition/web-message.ts";
import type { Converter } from "./converter.ts";
import { moment, natural, only } from "./fields.ts";
import { priceOf } from "./price.ts";

type Payment = ContentOf<"payment">;
type Amount = { value?: proto.IMoney["value"] | number; offset?: number | null; currencyCode?: string | null };

export const payment: Converter<"payment"> = {
  read(message, reading) {
    const found = ofRequests(message) ?? ofSplits(message) ?? ofBusinesses(message);
    if (!found) return null;
    const { note, request, ...said } = found;
    const words = note ? reading.other(note, "", null) : null;
    const text = words && "text" in words ? words.text : undefined;
    return { kind: "payment", request: request ?? null, ...only({ text }), ...said };
  },
};

type Found = Omit<Payment, "kind" | "request"> & {
  note?: proto.IMessage | null | undefined;
  request?: string | null | undefined;
};

function ofRequests(message: WebMessage): Found | null {
  const { requestPaymentMessage: asked, sendPaymentMessage: sent } = message;
  const { declinePaymentRequestMessage: declined, cancelPaymentRequestMessage: cancelled } = message;
  if (asked) {
    const amount = amountOf(asked.amount) ?? priceOf(asked.amount1000, asked.currencyCodeIso4217);
    const expires = moment(asked.expiryTimestamp) || undefined;
    return {
      action: "request",
      note: asked.noteMessage,
      ...only({ amount, from: asked.requestFrom, expires_at: expires }),
    };
  }
  if (sent) return { action: "sent", note: sent.noteMessage, request: sent.requestMessageKey?.id };
  if (declined) return { action: "declined", request: declined.key?.id };
  return cancelled ? { action: "cancelled", request: cancelled.key?.id } : null;
}

function ofSplits(message: WebMessage): Found | null {
  const { paymentReminderMessage: reminder, splitPaymentMessage: split, splitPaymentUpdateMessage: update } = message;
  if (reminder) {
    const { description: text, payerJid: from, amount } = reminder;
    return { action: "reminder", ...only({ text, from, amount: amountOf(amount) }) };
  }
  if (split) return { action: "split", ...only({ text: split.description, amount: amountOf(split.totalAmount) }) };
  return update ? { action: "split_paid", request: update.splitId, ...only({ from: update.participantJid }) } : null;
}

function ofBusinesses({ paymentInviteMessage: invite, invoiceMessage: invoice }: WebMessage): Found | null {
  if (invite) return { action: "invite", ...only({ expires_at: moment(invite.expiryTimestamp) || undefined }) };
  return invoice ? { action: "invoice", ...only({ text: invoice.note }) } : null;
}

function amountOf(money: Amount | null | undefined): Payment["amount"] {
  if (!money?.currencyCode) return undefined;
  return { amount: natural(money.value) / (natural(money.offset) || 1), currency: money.currencyCode };
}
