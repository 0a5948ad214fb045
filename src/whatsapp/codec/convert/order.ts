import type { Converter } from "./converter.ts";
import { natural, only } from "./fields.ts";
import { priceOf } from "./price.ts";

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
