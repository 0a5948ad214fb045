import type { Converter } from "./converter.ts";
import { fieldsOf } from "./menu.ts";

export const choice: Converter<"choice"> = {
  read({ listResponseMessage: list, buttonsResponseMessage: button, templateButtonReplyMessage: template, ...rest }) {
    if (list)
      return chosen(list.title || list.description, list.singleSelectReply?.selectedRowId, "listResponseMessage");
    if (button) return chosen(button.selectedDisplayText, button.selectedButtonId, "buttonsResponseMessage");
    if (template) return chosen(template.selectedDisplayText, template.selectedId, "templateButtonReplyMessage");
    const { interactiveResponseMessage: flow } = rest;
    if (!flow) return null;
    const { id } = fieldsOf(flow.nativeFlowResponseMessage?.paramsJson);
    return chosen(flow.body?.text, id ?? flow.nativeFlowResponseMessage?.name, "interactiveResponseMessage");
  },
};

function chosen(text: string | null | undefined, id: string | null | undefined, type: string) {
  return { kind: "choice" as const, text: text ?? "", id: id ?? "", type };
}
