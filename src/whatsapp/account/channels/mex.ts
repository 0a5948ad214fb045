import { type BinaryNode, getBinaryNodeChild, S_WHATSAPP_NET, type WASocket } from "@whiskeysockets/baileys";
import { Failure } from "../../../core/base/failure.ts";
import { refusalFrom } from "../asking.ts";

/**
 * GraphQL queries by the id under which WhatsApp keeps them, where Baileys has none, reads the answer too narrowly or
 * has an id of another query (`SUBSCRIBERS`). From WA Web's `WAWebMex…JobQuery` modules, as whatsapp-rust lists them.
 */
const queries = {
  create: { id: "25149874324715067", path: "xwa2_newsletter_create" },
  list: { id: "25399611239711790", path: "xwa2_newsletter_subscribed" },
  search: { id: "26301059626252132", path: "xwa2_newsletters_directory_search" },
  followers: { id: "27472091235714801", path: "xwa2_newsletter_followers" },
} as const;

/** Asks by GraphQL and answers what stands under the query's name. Throws as `asked` does. */
export async function graphql(
  sock: Pick<WASocket, "query">,
  name: keyof typeof queries,
  variables: object,
): Promise<unknown> {
  const { id, path } = queries[name];
  const body = { tag: "query", attrs: { query_id: id }, content: Buffer.from(JSON.stringify({ variables })) };
  const answer = await sock.query({
    tag: "iq",
    attrs: { to: S_WHATSAPP_NET, type: "get", xmlns: "w:mex" },
    content: [body],
  });
  const { data, errors } = parsed(answer);
  const [error] = errors;
  if (error) throw refusalFrom(error.extensions?.error_code ?? 400);
  const found = data?.[path];
  if (found === null || found === undefined)
    throw new Failure("refused", "WhatsApp answered without saying anything; try again.");
  return found;
}

interface Parsed {
  data?: Record<string, unknown> | null;
  errors: { extensions?: { error_code?: number } }[];
}

function parsed(answer: BinaryNode | undefined): Parsed {
  const content = getBinaryNodeChild(answer, "result")?.content;
  if (content === undefined || Array.isArray(content)) return { errors: [] };
  const { data, errors } = JSON.parse(Buffer.from(content).toString()) as Partial<Parsed>;
  return { data: data ?? null, errors: errors ?? [] };
}
