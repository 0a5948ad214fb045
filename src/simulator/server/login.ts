import type { LinkedDevice } from "../accounts/linked-device.ts";
import type { Handshake } from "../noise/responder.ts";
import { el } from "../wire/stanza.ts";
import type { Network } from "../network/network.ts";
import { showPresence } from "../people/presence.ts";
import { isAnywhere } from "./stanzas/presence.ts";
import type { DeviceConnection } from "../network/connection.ts";

/** What follows a handshake: a new companion is offered references to show as a QR, a known one is logged in. */
export function admit(connection: DeviceConnection, handshake: Handshake): void {
  const { network } = connection;
  network.events.emit({ type: "client.connected", connection: connection.number });
  const { payload, clientStatic } = handshake;
  connection.revision = payload.userAgent?.appVersion?.tertiary ?? 0;
  if (connection.revision < network.faults.oldestRevision)
    return connection.end(el("failure", { reason: "405", location: "sim" }));
  if (payload.devicePairingData) {
    network.pairings.begin(connection, clientStatic, payload.devicePairingData);
    return;
  }
  const user = network.directory.user(`${String(payload.username ?? "")}@s.whatsapp.net`);
  const device = user?.device(payload.device ?? 0);
  const failure = network.faults.nextLoginFailure(device?.jid());
  if (failure) return connection.end(el("failure", { location: "sim", ...failure }));
  if (device?.kind !== "linked" || device.removed || !device.noiseKey.equals(clientStatic)) {
    connection.end(el("failure", { reason: "401", location: "sim" }));
    return;
  }
  login(connection, device);
}

function login(connection: DeviceConnection, device: LinkedDevice): void {
  const { network } = connection;
  // One stream per device: the newer one wins and the older is told so.
  network.online.get(device)?.streamError({}, [el("conflict", { type: "replaced" })]);
  network.online.set(device, connection);
  // What was asked to be told lasts as long as the connection.
  device.subscriptions.clear();
  connection.device = device;
  device.mailbox.attach(connection);
  const { now } = network;
  connection.send(
    el("success", {
      t: now,
      props: "27",
      companion_enc_static: network.random.bytes(32).toString("base64"),
      location: "sim",
      lid: device.jid("lid"),
      display_name: device.user.name,
      abprops: "0",
      creation: now,
    }),
  );
  const routing = [el("routing_info", {}, Buffer.from("08080801", "hex"))];
  connection.send(el("ib", { from: "@s.whatsapp.net" }, [el("edge_routing", {}, routing)]));
  network.events.emit({ type: "device.online", device: device.jid() });
}

/** A connection is over: its device is offline, its pairing is off. */
export function disconnected(connection: DeviceConnection): void {
  const { network, device } = connection;
  network.pairings.abandon(connection);
  if (device) {
    device.mailbox.detach(connection);
    if (network.online.get(device) === connection) {
      network.online.delete(device);
      leave(network, device);
      network.events.emit({ type: "device.offline", device: device.jid() });
    }
  }
  network.events.emit({ type: "client.disconnected", connection: connection.number, device: device?.jid() });
}

// Whoever is cut off is no longer there.
function leave(network: Network, device: LinkedDevice): void {
  if (!device.isAvailable) return;
  device.isAvailable = false;
  showPresence(network, device.user, isAnywhere(device.user));
}
