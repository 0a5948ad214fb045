import { type BinaryNode, getBinaryNodeChild, getBinaryNodeChildren, type WASocket } from "@whiskeysockets/baileys";
import type { CommunityCalls, LinkResult, PartGroup } from "../../core/ports/communities.ts";
import { asked, reasonOf } from "./asking.ts";
import { natural } from "../codec/convert/fields.ts";
import { type GroupCache, groupOf } from "./groups.ts";
import { extractGroupMetadata } from "@whiskeysockets/baileys/lib/Socket/groups.js";

/**
 * Communities through a connection: questions of `w:g2` as rc14 asks them, whose own calls print every answer to the
 * log and look for the answer under another name (`community` instead of `group`).
 */
export function communitiesOf(socket: () => WASocket, cache: GroupCache): CommunityCalls {
  const query = (to: string, type: "get" | "set", content: BinaryNode): Promise<BinaryNode | undefined> =>
    asked(() => socket().query({ tag: "iq", attrs: { type, xmlns: "w:g2", to }, content: [content] }));
  return {
    async create(subject, description) {
      const answer = await query("@g.us", "set", newCommunity(subject, description ?? ""));
      return groupOf(cache.keep(extractGroupMetadata(answer as BinaryNode)));
    },
    async groups(id) {
      const answer = await query(id, "get", { tag: "sub_groups", attrs: {} });
      return getBinaryNodeChildren(getBinaryNodeChild(answer, "sub_groups"), "group").map(partOf);
    },
    async link(id, groups) {
      const list = { tag: "link", attrs: { link_type: "sub_group" }, content: groups.map(named) };
      const answer = await query(id, "set", { tag: "links", attrs: {}, content: [list] });
      for (const group of groups) cache.forget(group);
      return resultsIn(getBinaryNodeChild(getBinaryNodeChild(answer, "links"), "link"));
    },
    async unlink(id, groups) {
      const content = { tag: "unlink", attrs: { unlink_type: "sub_group" }, content: groups.map(named) };
      const answer = await query(id, "set", content);
      for (const group of groups) cache.forget(group);
      return resultsIn(getBinaryNodeChild(answer, "unlink"));
    },
    async leave(id) {
      await query("@g.us", "set", { tag: "leave", attrs: {}, content: [{ tag: "community", attrs: { id } }] });
      cache.forget(id);
    },
  };
}

const named = (jid: string): BinaryNode => ({ tag: "group", attrs: { jid } });

function newCommunity(subject: string, description: string): BinaryNode {
  const id = crypto.randomUUID().replaceAll("-", "").slice(0, 12).toUpperCase();
  const body = { tag: "body", attrs: {}, content: Buffer.from(description) };
  return {
    tag: "create",
    attrs: { subject },
    content: [
      { tag: "description", attrs: { id }, content: [body] },
      { tag: "parent", attrs: { default_membership_approval_mode: "request_required" } },
      { tag: "allow_non_admin_sub_group_creation", attrs: {} },
      { tag: "create_general_chat", attrs: {} },
    ],
  };
}

function partOf(node: BinaryNode): PartGroup {
  const { id = "", subject = "", creation, size } = node.attrs;
  return {
    id: id.includes("@") ? id : `${id}@g.us`,
    subject,
    announcements: getBinaryNodeChild(node, "default_sub_group") !== undefined,
    createdAt: natural(creation) || null,
    size: size === undefined ? null : natural(size),
  };
}

function resultsIn(node: BinaryNode | undefined): LinkResult[] {
  return getBinaryNodeChildren(node, "group").map(({ attrs }) => {
    const code = natural(attrs.error) || 200;
    const id = attrs.jid ?? attrs.id ?? "";
    return {
      group: id.includes("@") ? id : `${id}@g.us`,
      ok: code === 200,
      code,
      reason: code === 200 ? null : reasonOf(code),
    };
  });
}
