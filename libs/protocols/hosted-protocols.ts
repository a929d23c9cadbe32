import { DBFT_DESCRIPTION } from '#libs/protocol/dbft/description.ts';
import { host } from '#libs/protocol/hosting/host.ts';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import { HOTSTUFF_DESCRIPTION } from '#libs/protocol/hotstuff/description.ts';
import { PBFT_DESCRIPTION } from '#libs/protocol/pbft/description.ts';

/** Basic HotStuff, hosted. */
export const HOTSTUFF = host(HOTSTUFF_DESCRIPTION);

/** PBFT with one block in flight, hosted. */
export const PBFT = host(PBFT_DESCRIPTION);

/** dBFT 3.0, hosted. */
export const DBFT = host(DBFT_DESCRIPTION);

const HOSTED: ReadonlyMap<string, HostedProtocol> = new Map(
  [HOTSTUFF, PBFT, DBFT].map((protocol) => [protocol.id, protocol]),
);

/** A protocol that a chain can run, by the name in its genesis; undefined when this version has none. */
export function hostedProtocolOf(id: string): HostedProtocol | undefined {
  return HOSTED.get(id);
}
