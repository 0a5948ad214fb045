/** The SDK's words the host speaks too, in one place. */
export type { CommandInfo, CommandOptions, Role } from "../../sdk/command.ts";
export type { EveryOptions, GroupMember, MediaFile, MemberAction, OutgoingDraft, PluginInfo } from "../../sdk/bot.ts";
export type { Sent, Typing } from "../../sdk/context.ts";
export type { FieldShape } from "../../sdk/fields.ts";
export type { Texts } from "../../sdk/texts.ts";
