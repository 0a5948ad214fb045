import { spansIn } from "../base/markup.ts";

/** A text as WhatsApp shows it. */
export const Formatted = ({ text }: { text: string }) => (
  <>
    {spansIn(text).map(({ style: Style, text: part }, at) => (Style === null ? part : <Style key={at}>{part}</Style>))}
  </>
);
