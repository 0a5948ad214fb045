import type { DeviceConnection } from "../../network/connection.ts";
import { bytesOf, child, el, type Stanza, textOf } from "../../wire/stanza.ts";
import { refuse, result } from "./answer.ts";
import { CodePairing } from "../../linking/code.ts";

/** The companion's two stages of linking by code (`iq md link_code_companion_reg`). */
export function linkCodeStage(connection: DeviceConnection, iq: Stanza, request: Stanza): void {
  const stage = request.attrs["stage"];
  if (stage === "companion_hello") return companionHello(connection, iq, request);
  if (stage === "companion_finish") return companionFinish(connection, iq, request);
  connection.complain(`sent link_code_companion_reg of unknown stage ${stage}`, iq);
  refuse(connection, iq, 400, "bad-request");
}

function companionHello(connection: DeviceConnection, iq: Stanza, request: Stanza): void {
  const { network } = connection;
  const pairing = network.pairings.on(connection);
  const wrapped = bytesOf(child(request, "link_code_pairing_wrapped_companion_ephemeral_pub"));
  const noiseKey = bytesOf(child(request, "companion_server_auth_key_pub"));
  const user = network.directory.user(request.attrs["jid"]);
  if (!pairing || wrapped?.length !== 80 || !noiseKey?.equals(pairing.noiseKey)) {
    connection.complain("sent a companion_hello without its keys", iq);
    return refuse(connection, iq, 400, "bad-request");
  }
  if (!isKnownClient(request)) return refuse(connection, iq, 400, "bad-request");
  if (!user) return refuse(connection, iq, 404, "item-not-found");
  const code = new CodePairing(pairing, wrapped, network.random.fork(`code ${connection.number}`));
  network.pairings.codes.set(user.number, code);
  const answer = [el("link_code_pairing_ref", {}, code.ref)];
  result(connection, iq, [el("link_code_companion_reg", { stage: "companion_hello" }, answer)]);
  network.events.emit({ type: "code.requested", phone: user.number });
}

// Codes of client types as WhatsApp Web has them; `0` and names of one's own are refused, of real systems more than these pass
// (whatsmeow `pair-code.go`, whatsapp-rust `wacore/src/companion_reg.rs`, 2026-08).
const CLIENT_TYPE = /^[1-9c-e]$/;
const CLIENT_NAME =
  /^(Chrome|Edge|Firefox|IE|Opera|Safari|Android) \((Windows|Mac OS|Mac|Linux|Ubuntu|Debian|Fedora|Chrome OS|Android|iOS)\)$/;

function isKnownClient(request: Stanza): boolean {
  const type = textOf(child(request, "companion_platform_id")) ?? "";
  const name = textOf(child(request, "companion_platform_display")) ?? "";
  return CLIENT_TYPE.test(type) && CLIENT_NAME.test(name);
}

function companionFinish(connection: DeviceConnection, iq: Stanza, request: Stanza): void {
  const { network } = connection;
  const user = network.directory.user(request.attrs["jid"]);
  const code = user && network.pairings.codes.get(user.number);
  const sealed = bytesOf(child(request, "link_code_pairing_wrapped_key_bundle"));
  const identity = bytesOf(child(request, "companion_identity_public"));
  const ref = bytesOf(child(request, "link_code_pairing_ref"));
  const fits = code && ref?.equals(code.ref) && code.pairing.connection === connection;
  if (!fits || !sealed || !identity?.equals(code.pairing.preKeys.identity)) {
    connection.complain("sent a companion_finish that fits no companion_hello", iq);
    return refuse(connection, iq, 400, "bad-request");
  }
  // The server cannot read the bundle: it answers at once, and a wrong code ends in silence, as with real phones.
  result(connection, iq);
  if (!code.finished({ sealed, identity })) connection.complain("sent companion_finish before primary_hello", iq);
}
