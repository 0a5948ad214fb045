import type { User } from "../../accounts/user.ts";
import { el } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `w:qr`: the code by which others find an account, made, revoked or looked up (whatsmeow user.go:96, 2026-08). */
export const contactLink: QueryHandler = (connection, iq, request) => {
  const { device, network } = connection;
  if (!device || request?.tag !== "qr") return refuse(connection, iq, 400, "bad-request");
  if (iq.attrs["type"] === "set") {
    const { settings } = device.user;
    const known = request.attrs["action"] === "get" ? settings.get("contact link") : undefined;
    const code = known ?? network.random.hex(10);
    settings.set("contact link", code);
    return result(connection, iq, [el("qr", { code, type: "contact" })]);
  }
  const owner = network.directory.users.find((user) => isLink(user, request.attrs["code"]));
  if (!owner) return refuse(connection, iq, 404, "item-not-found");
  result(connection, iq, [el("qr", { jid: owner.jid(), type: "contact", notify: owner.name })]);
};

const isLink = (user: User, code: string | undefined): boolean =>
  code !== undefined && user.settings.get("contact link") === code;

/** `urn:xmpp:whatsapp:push`: where a device without a connection is to be woken, which nobody here does. */
export const push: QueryHandler = (connection, iq, request) =>
  result(connection, iq, request?.tag === "settings" ? [el("settings")] : undefined);
