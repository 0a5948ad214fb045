import { Failure } from "../../core/base/failure.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import { PluginFault } from "../contract/fault.ts";
import type { Installed } from "../lifecycle/installed.ts";
import type { OutgoingDraft } from "../contract/words.ts";

/** What these plugins' outgoing hooks make of a draft, one after the other; throws `refused` when one stops it. */
export async function hook(plugins: readonly Installed[], draft: OutgoingDraft): Promise<DraftContent> {
  let { content } = draft;
  for (const plugin of plugins) content = await through(plugin, { ...draft, content });
  return content;
}

async function through(plugin: Installed, draft: OutgoingDraft): Promise<DraftContent> {
  try {
    return ((await plugin.generation?.runner.work({ kind: "outgoing", draft })) ?? draft.content) as DraftContent;
  } catch (thrown) {
    const stopped = thrown instanceof PluginFault ? thrown.problem.refusal : undefined;
    if (stopped !== undefined) throw new Failure("refused", `${plugin.name} stopped this message: ${stopped}`);
    if (thrown instanceof PluginFault && thrown.kind === "throw") plugin.faulted(thrown);
    return draft.content;
  }
}
