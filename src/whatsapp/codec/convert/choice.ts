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
    const { name, paramsJson } = flow.nativeFlowResponseMessage ?? {};
    const { id } = fieldsOf(paramsJson);
    const answers = answersOf(paramsJson);
    const said = chosen(flow.body?.text, id ?? name, "interactiveResponseMessage");
    return answers ? { ...said, answers } : said;
  },
};

const longestAnswers = 65_536;

/** What a form was filled in with; none of what only chose. */
function answersOf(json: string | null | undefined): Record<string, unknown> | null {
  if (!json || json.length > longestAnswers) return null;
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return null;
    return Object.keys(parsed).some((name) => name !== "id") ? { ...parsed } : null;
  } catch {
    return null;
  }
}

function chosen(text: string | null | undefined, id: string | null | undefined, type: string) {
  return { kind: "choice" as const, text: text ?? "", id: id ?? "", type };
}
