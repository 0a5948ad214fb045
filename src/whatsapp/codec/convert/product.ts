import type { Converter } from "./converter.ts";
import { only } from "./fields.ts";
import { priceOf } from "./price.ts";

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
