import { type TSchema, Type } from "@sinclair/typebox";

/** A body that is not JSON, or not only: a schema for each content type. */
export interface Contents {
  readonly byType: Readonly<Record<string, TSchema>>;
}

export type DescribedAnswer = readonly [meaning: string, body: TSchema | Contents];
/** By status. */
export type Answers = Readonly<Record<number, DescribedAnswer>>;

/** What OpenAPI tells of an operation besides what its route takes. */
export interface OperationDetail {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly answers: Answers;
  /** A repeated call with the same `Idempotency-Key` does nothing again. */
  readonly idempotent?: true;
  /** Request headers that the operation reads: what each says. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Parameters that the route reads itself. */
  readonly query?: Readonly<Record<string, TSchema>>;
  /** The body of a route that reads it itself, by content type. */
  readonly body?: Contents;
}

type More = Omit<OperationDetail, "operationId" | "summary" | "answers" | "tags">;

/**
 * An operation's entry in OpenAPI, to be spread into the options of its route. `id` names it in generated clients. Failures
 * that any call may answer are added by `openapi/answers.ts`; those named here say more of them.
 */
export const operation = (id: string, summary: string, answers: Answers, more: More = {}) => ({
  detail: { operationId: id, summary, answers, ...more } satisfies OperationDetail as { summary: string },
});

const success = Type.Literal(true);
/** A call that has nothing to say but that it was done. */
export const done = Type.Object({ success }, { title: "Done" });
/** The same with a sentence. */
export const toldDone = Type.Object({ success, message: Type.String() }, { title: "DoneWithMessage" });

/** What a call found or made. */
export const found = <T extends TSchema>(data: T) => Type.Object({ success, data });
/** The same, with what leads to the next page. */
export const page = <T extends TSchema, N extends string, C extends TSchema>(data: T, name: N, next: C) =>
  Type.Object({ success, data: Type.Array(data), [name]: next } as unknown as {
    success: typeof success;
    data: ReturnType<typeof Type.Array<T>>;
  } & Record<N, C>);

/** The same, with how many there are in all where that is asked for. */
export const countedPage = <T extends TSchema, N extends string, C extends TSchema>(data: T, name: N, next: C) =>
  Type.Object({
    ...page(data, name, next).properties,
    total: Type.Optional(Type.Integer({ minimum: 0, description: "With `count=true`." })),
  });

export const cursor = Type.Union([Type.String(), Type.Null()], {
  description: "Leads to the next page; null at the end.",
});

/** Bytes as they are. */
const bytes = Type.String({ format: "binary" });
export const file = (...types: string[]): Contents => ({
  byType: Object.fromEntries(types.map((type) => [type, bytes])),
});
