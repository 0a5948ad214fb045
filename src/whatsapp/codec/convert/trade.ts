import type { Converter } from "./converter.ts";
import { natural, only } from "./fields.ts";

/** WhatsApp counts money in thousandths of the currency's unit. */
function priceOf(thousandths: Parameters<typeof natural>[0], currency: string | null | undefined) {
  return currency ? { amount: natural(thousandths) / 1000, currency } : undefined;
}

export const product: Converter<"product"> = {
  read({ productMessage: message }) {
    if (!message) return null;
    const { product } = message;
    return {
      kind: "product",
      id: product?.productId ?? "",
      title: product?.title ?? "",
      seller: message.businessOwnerJid ?? "",
      ...only({
        description: product?.description,
        price: priceOf(product?.priceAmount1000, product?.currencyCode),
        url: product?.url,
        text: message.body,
      }),
    };
  },
};

export const order: Converter<"order"> = {
  read({ orderMessage: order }) {
    if (!order) return null;
    return {
      kind: "order",
      id: order.orderId ?? "",
      token: order.token ?? "",
      title: order.orderTitle ?? "",
      items: natural(order.itemCount),
      seller: order.sellerJid ?? "",
      ...only({ total: priceOf(order.totalAmount1000, order.totalCurrencyCode), text: order.message }),
    };
  },
};
