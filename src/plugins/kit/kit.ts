import { Type } from "@sinclair/typebox";
import { sdkSources } from "./sdk-sources.ts" with { type: "macro" };
import { contentSchemas } from "../../core/model/content/content.ts";
import { draftContentSchemas, draftContext, draftOptions } from "../../core/model/content/draft.ts";
import { eventSchemas } from "../../core/model/events/events.ts";
import { bunTest } from "./bun-test.ts";
import { typeScriptOf } from "./typescript.ts";

/** The folder beside the plugins that editors and `bun test` read. Written anew by every `merpati plugin new` and `test`. */
const kitFolder = ".merpati";

/** Files of the test kit. */
const runtime = ["sdk/caller.ts", "sdk/test.ts", "sdk/test-user.ts"];

const map = (schemas: Record<string, Parameters<typeof typeScriptOf>[0]>) =>
  `{\n${Object.entries(schemas)
    .map(([name, schema]) => `${JSON.stringify(name)}: ${typeScriptOf(schema)};`)
    .join("\n")}\n}`;

const events = () => `
export interface EventTypes ${map(eventSchemas)}
export type EventType = keyof EventTypes;
export type EventData<T extends EventType> = EventTypes[T];
/** An event as the log holds it; \`id\` is the same through every retry and replay. */
export interface BotEvent<T extends EventType = EventType> {
  readonly id: string;
  readonly seq: number | null;
  readonly type: T;
  readonly timestamp: string;
  readonly device: string | null;
  readonly data: EventData<T>;
}
`;
const contents = () => `
export interface Contents ${map(contentSchemas)}
export type ContentKind = keyof Contents;
export type ContentOf<K extends ContentKind> = Contents[K];
export type Content = Contents[ContentKind];
`;
const drafts = () => `
export interface Drafts ${map(draftContentSchemas)}
export type DraftContent = Drafts[keyof Drafts];
/** What a draft says beside its content. */
export type DraftContext = ${typeScriptOf(Type.Object(draftContext))};
/** How it wants to be sent. */
export type DraftOptions = ${typeScriptOf(Type.Object(draftOptions))};
`;

/** The SDK as files: its own sources, with the types they take from the bot written out. */
function kitFiles(): Record<string, string> {
  const sources = sdkSources();
  return {
    ...sources,
    // They speak of Bun, whose types need not be installed.
    ...Object.fromEntries(runtime.map((name) => [name, `// @ts-nocheck\n${sources[name]}`])),
    "core/model/events/events.ts": events(),
    "core/model/content/content.ts": contents(),
    "core/model/content/draft.ts": drafts(),
    "bun-test.d.ts": bunTest,
  };
}

/** What a folder of plugins gets that has no tsconfig.json of its own. */
export const tsconfig = `${JSON.stringify(
  {
    compilerOptions: {
      target: "ESNext",
      module: "Preserve",
      moduleResolution: "bundler",
      allowImportingTsExtensions: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      paths: { merpati: [`./${kitFolder}/sdk/index.ts`], "merpati/test": [`./${kitFolder}/sdk/test.ts`] },
    },
    // A folder with a dot is left out otherwise.
    include: ["**/*", `${kitFolder}/bun-test.d.ts`],
  },
  null,
  2,
)}\n`;

/** The types and the test kit, as this version has them: path in the plugins folder to text. */
export function kit(): Record<string, string> {
  return Object.fromEntries(Object.entries(kitFiles()).map(([name, text]) => [`${kitFolder}/${name}`, text]));
}
