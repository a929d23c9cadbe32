import { until } from '#test/support/within.ts';
import { AttachedEnd } from './attached-end.ts';
import type { GatewayProcess } from './gateway-process.ts';

/** Two gateways that are connected, with the end that is attached to each. */
export interface GatewayPath {
  readonly from: GatewayProcess;
  readonly to: GatewayProcess;
  readonly sender: AttachedEnd;
  readonly receiver: AttachedEnd;
}

/** Joins the gateways, and attaches an end to each. */
export async function joinGateways(from: GatewayProcess, to: GatewayProcess): Promise<GatewayPath> {
  const peers = await Promise.all([from.entry(), to.entry()]);
  for (const gateway of [from, to]) gateway.know(peers);
  const keys = [from.key, to.key];
  const sender = new AttachedEnd(from.client, keys);
  const receiver = new AttachedEnd(to.client, keys);
  await until('a connection of the gateways', () => sender.connected.size + receiver.connected.size === 2);
  return { from, to, sender, receiver };
}
