import { block } from "../../people/blocks.ts";
import { giveToken } from "../../people/token.ts";
import { child, children, el } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `lid_one_on_one_migration_enabled`. */
const MIGRATED = "9435";

/** `abt`: the server's switches for clients. 10518 is `privacyTokenOn1to1`. */
export const props: QueryHandler = (connection, iq) => {
  const attrs = {
    protocol: "1",
    ab_key: "sim",
    hash: "simhash",
    refresh: "86400",
    refresh_id: "1",
    delta_update: "false",
  };
  const on = [
    "10518",
    ...(connection.device && connection.network.isMigrated(connection.device.user) ? [MIGRATED] : []),
  ];
  const list = on.map((code) => el("prop", { config_code: code, config_value: "true" }));
  result(connection, iq, [el("props", attrs, list)]);
};

const PRIVACY = ["readreceipts", "last", "online", "profile", "status", "groupadd", "calladd", "messages"];

/** `privacy`: who may see what, and the tokens by which a stranger may write. */
export const privacy: QueryHandler = (connection, iq, request) => {
  const { device } = connection;
  if (!device) return;
  const settings = device.user.settings;
  if (request?.tag === "tokens") {
    for (const { attrs } of children(request, "token")) {
      const other = connection.network.directory.user(attrs["jid"]);
      if (other && iq.attrs["type"] === "set") giveToken(connection.network, device.user, other);
    }
    return result(connection, iq, [el("tokens")]);
  }
  if (request?.tag !== "privacy") return refuse(connection, iq, 400, "bad-request");
  for (const { attrs } of children(request, "category"))
    settings.set(`privacy ${attrs["name"]}`, attrs["value"] ?? "all");
  const all = PRIVACY.map((name) => el("category", { name, value: settings.get(`privacy ${name}`) ?? "all" }));
  result(connection, iq, [el("privacy", {}, all)]);
};

/** `blocklist`: whom the account does not want to hear. */
export const blocklist: QueryHandler = (connection, iq) => {
  const { device } = connection;
  if (!device) return;
  const { blocked } = device.user;
  const { action, jid = "" } = child(iq, "item")?.attrs ?? {};
  if (action === "block" || action === "unblock")
    block(connection.network, device.user, jid, action === "block", device);
  result(connection, iq, [
    el(
      "list",
      { dhash: "sim" },
      [...blocked].map((jid) => el("item", { jid })),
    ),
  ]);
};
