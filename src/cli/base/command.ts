import { Command, type CommandUnknownOpts } from "@commander-js/extra-typings";
import { Failure } from "../../core/base/failure.ts";

export type { Command };
/** Whatever it takes. */
export type AnyCommand = CommandUnknownOpts;

/** A command of the command line, to which sub-commands, options and an action are added. `about` is a sentence. */
export function command<const Name extends string>(name: Name, about: string): Command {
  return new Command(name)
    .description(about)
    .helpCommand(false)
    .helpOption("-h, --help", "What this takes.")
    .showHelpAfterError(`(merpati ${name} --help says what it takes)`)
    .configureOutput({
      outputError: (text, write) => write(text.replace(/^error: (.)/, (_, first: string) => first.toUpperCase())),
    })
    .exitOverride();
}

/** A whole number from `least` to `most`, for the value of `option`. */
export const wholeNumber =
  (option: string, least: number, most: number) =>
  (text: string): number => {
    const value = Number(text);
    if (/^\d{1,9}$/.test(text) && value >= least && value <= most) return value;
    throw new Failure("invalid", `${option} takes a whole number from ${least} to ${most}, not "${text}".`);
  };

/** Several values with commas. */
export const commaList = (text: string): string[] => text.split(",").map((part) => part.trim());

export const print = (text: string) => void process.stdout.write(`${text}\n`);

/** What a terminal takes for a command shall not reach it: labels and log lines are written by others. */
export const printable = (text: string): string => text.replaceAll(/\p{Cc}/gu, " ");
