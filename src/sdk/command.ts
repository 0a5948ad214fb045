import type { MessageContext } from "./context.ts";

/** Who somebody is: the operator (`owner`), an administrator of the bot, of the group, or anybody. */
export type Role = "owner" | "admin" | "group_admin" | "anyone";

export interface CommandOptions {
  /** Shown in `!help`. */
  description?: string;
  /** Other names. */
  aliases?: readonly string[];
  /** The least role; an owner may everything, an admin what a group admin may. Default `anyone`. */
  role?: Role;
  /** Phone numbers (digits) that may use it besides owners; nobody else may. */
  allow?: readonly string[];
  /** Where it works. Default everywhere. */
  chats?: "private" | "group";
  /** Seconds until the same user, or anybody in the same chat, may use it again. */
  cooldown?: number | { seconds: number; per: "user" | "chat" };
  /** Left out of `!help`. */
  hidden?: boolean;
}

export interface CommandContext<Args = Record<string, unknown>> extends MessageContext {
  /** The command's name, whatever alias was used. */
  readonly command: string;
  readonly args: Args;
}

export type CommandHandler<P extends string> = (context: CommandContext<ArgsOf<P>>) => unknown;

type Trim<S extends string> = S extends ` ${infer R}` ? Trim<R> : S extends `${infer R} ` ? Trim<R> : S;
type Choices<K extends string> = K extends `${infer A}|${infer B}` ? Trim<A> | Choices<B> : Trim<K>;
type ValueOf<K extends string> = K extends "int" | "number"
  ? number
  : K extends `${string}|${string}`
    ? Choices<K>
    : string;
type Named<S extends string> =
  Trim<S> extends `${infer N}:${infer K}` ? { name: N; value: ValueOf<K> } : { name: Trim<S>; value: string };
type Required<P extends string> = P extends `${string}<${infer A}>${infer R}` ? Named<A> | Required<R> : never;
type Optional<P extends string> = P extends `${string}[${infer A}]${infer R}` ? Named<A> | Optional<R> : never;
type Flat<T> = { [K in keyof T]: T[K] };
/** What `"weather <city:text> [days:int]"` yields: `{ city: string; days?: number }`. */
export type ArgsOf<P extends string> = Flat<
  { [A in Required<P> as A["name"]]: A["value"] } & { [A in Optional<P> as A["name"]]?: A["value"] | undefined }
>;

/** One command of any plugin, as `!help` needs it. */
export interface CommandInfo {
  plugin: string;
  name: string;
  aliases: string[];
  /** `<city> [days]`. */
  usage: string;
  description: string;
  role: Role;
  chats: "private" | "group" | null;
}
