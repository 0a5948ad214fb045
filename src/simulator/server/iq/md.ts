import { linkCodeStage } from "./link-code.ts";
import { unlink } from "../../linking/unlink.ts";
import { refuse, result } from "./answer.ts";
import type { QueryHandler } from "./queries.ts";

/** `md`: linking and unlinking of companions. */
export const multiDevice: QueryHandler = (connection, iq, request) => {
  if (request?.tag === "link_code_companion_reg") return linkCodeStage(connection, iq, request);
  const { network } = connection;
  const isOfCeremony =
    request &&
    network.demands.rounds.get(connection)?.answer(iq, request, {
      link: (pairing, user, secret, forgery) => network.pairings.link(pairing, user, secret, forgery),
      refuse: (asked, code) => refuse(connection, asked, code, "bad-request"),
      result: (asked, content) => result(connection, asked, content),
    });
  if (isOfCeremony) return undefined;
  if (request?.tag === "passkey_request_options")
    return result(connection, iq, [connection.network.demands.passkeyRequest()]);
  const { device } = connection;
  if (request?.tag === "remove-companion-device" && device) {
    if (request.attrs["jid"] !== device.jid()) return refuse(connection, iq, 403, "forbidden");
    result(connection, iq);
    return unlink(connection.network, device, "companion");
  }
  connection.complain("asked what the server does not know", iq);
  refuse(connection, iq, 501, "feature-not-implemented");
};
