import { natural } from "./fields.ts";

/** WhatsApp counts money in thousandths of the currency's unit. */
export function priceOf(thousandths: Parameters<typeof natural>[0], currency: string | null | undefined) {
  return currency ? { amount: natural(thousandths) / 1000, currency } : undefined;
}
