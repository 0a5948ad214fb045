import { asFailure, Failure } from "../../core/base/failure.ts";
import { checkedContent } from "../../core/model/content/draft.ts";
import type { DraftContent } from "../../core/model/message/message.ts";
import { PluginFault } from "../contract/fault.ts";
import type { Installed } from "../lifecycle/installed.ts";
import type { OutgoingDraft } from "../contract/words.ts";

/**
 * What these plugins' outgoing hooks make of a draft, one after the other. Throws `invalid` for a draft that is malformed,
 * which no plugin gets to see, and `refused` when a hook stops it or a guard does not work.
 */
export async function hook(plugins: readonly Installed[], draft: OutgoingDraft): Promise<DraftContent> {
  let content = plugins.length === 0 ? draft.content : checkedContent(draft.content);
  for (const plugin of plugins) content = await through(plugin, { ...draft, content });
  return content;
}

async function through(plugin: Installed, draft: OutgoingDraft): Promise<DraftContent> {
  try {
    const runner = plugin.generation?.runner;
    if (!runner) return passing(plugin, draft, `it is ${plugin.state}`);
    const made = await runner.work({ kind: "outgoing", draft });
    return made === undefined || made === null ? draft.content : sendable(made);
  } catch (thrown) {
    if (!(thrown instanceof PluginFault)) throw thrown;
    const stopped = thrown.problem.refusal;
    if (stopped !== undefined) throw new Failure("refused", `${plugin.name} stopped this message: ${stopped}`);
    if (thrown.kind === "throw") plugin.faulted(thrown);
    return passing(plugin, draft, "it failed");
  }
}

/** A guard that does not work lets nothing pass. */
function passing({ name, guards }: Installed, { content }: OutgoingDraft, why: string): DraftContent {
  if (!guards) return content;
  throw new Failure("refused", `${name} guards what is sent and could not look at this message: ${why}.`);
}

/** What a hook returned is checked as what the API is sent is; that it is wrong is the plugin's fault. */
function sendable(made: unknown): DraftContent {
  try {
    return checkedContent(made);
  } catch (thrown) {
    const message = `outgoing returned what cannot be sent: ${asFailure(thrown).message}`;
    throw new PluginFault("throw", { message, file: null, line: null });
  }
}
