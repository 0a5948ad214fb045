import type { SimulatorOptions } from "../base/options.ts";
import { Channels } from "../channels/channels.ts";
import { Faults } from "../faults/faults.ts";
import { Groups } from "../groups/groups.ts";
import { LinkingDemands } from "../linking/demands.ts";
import { Pairings } from "../linking/pairings.ts";
import { MediaServer } from "../media/media-server.ts";
import { Inboxes } from "../messages/inboxes.ts";
import { Network } from "../network/network.ts";
import { ReceiptBundles } from "../people/bundles.ts";
import { dispatch } from "../server/dispatch.ts";
import { admit, disconnected } from "../server/login.ts";

/** A network with everything that the folders above add to it. */
export function assemble(options: SimulatorOptions): Network {
  const network = new Network(options);
  network.protocol = { admit, dispatch, disconnected };
  network.media = new MediaServer(network);
  network.demands = new LinkingDemands(network);
  network.sent = new Map();
  network.pairings = new Pairings(network);
  network.faults = new Faults(network);
  network.groups = new Groups(network);
  network.channels = new Channels(network);
  network.receiptBundles = new ReceiptBundles(network);
  network.inboxes = new Inboxes(network);
  return network;
}
