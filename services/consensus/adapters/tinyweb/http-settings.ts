import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#libs/bytes/hex.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import {
  ConfigServiceDefinition,
  type Configuration,
  type PeerEntry,
} from '#libs/proto/btcfed/config/v1/config_service.ts';
import { IdentityKey } from '#libs/settings/keys.ts';
import { type HttpAddress, httpAddressOf } from './peers/peer-address.ts';
import { TransportError } from './transport-error.ts';

const CALL_MS = 5_000;
/** The config service is asked so often, milliseconds, and for so long. */
const SETTINGS_RETRY_MS = 200;
const SETTINGS_WAIT_MS = 10_000;
const SEED_BYTES = 32;

/** Settings of a member that speaks to the others itself. */
export interface HttpSettings {
  /** Of `node.private_key`: secret. */
  readonly seed: Uint8Array;
  readonly listen: readonly HttpAddress[];
  readonly addresses: ReadonlyMap<string, readonly HttpAddress[]>;
}

/**
 * Identity, addresses and peers of this member, from its config service.
 * @throws TransportError when it does not answer in time, or says what cannot be used.
 */
export async function readHttpSettings(address: string, signal: AbortSignal): Promise<HttpSettings> {
  const client = grpcClient(ConfigServiceDefinition, { address, deadlineMs: CALL_MS });
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(SETTINGS_WAIT_MS)]);
  let cause: unknown = new Error('no answer');
  try {
    while (!inTime.aborted) {
      try {
        const { privateKey } = await client.getIdentity({}, { signal: inTime });
        const { configuration } = await client.getConfiguration({}, { signal: inTime });
        if (configuration !== undefined) return settingsOf(privateKey, configuration);
      } catch (error) {
        if (error instanceof TransportError) throw error;
        if (!inTime.aborted) cause = error;
      }
      await sleep(SETTINGS_RETRY_MS, undefined, { signal: inTime }).catch(() => undefined);
    }
  } finally {
    client.close();
  }
  const message = `the config service at ${address} did not answer within ${SETTINGS_WAIT_MS / 1_000} s: start it first`;
  throw new TransportError(message, { code: 'TRANSPORT_CONFIG_AWAY' }, { cause });
}

function settingsOf(privateKey: Uint8Array, { networkAddresses, peers }: Configuration): HttpSettings {
  if (!IdentityKey.fromBytes(privateKey).halvesAgree) {
    const message =
      'the halves of node.private_key in conf.yaml do not belong together: put the right key back';
    throw new TransportError(message, { code: 'TRANSPORT_KEY' });
  }
  return {
    seed: privateKey.slice(0, SEED_BYTES),
    listen: networkAddresses.map(listenAddressOf),
    addresses: addressesOf(peers),
  };
}

/** The places of peers that https can dial; keys in hex. */
export function addressesOf(peers: readonly PeerEntry[]): ReadonlyMap<string, readonly HttpAddress[]> {
  return new Map(
    peers.map(({ publicKey, addresses }) => [
      toHex(publicKey),
      addresses.flatMap((each) => httpAddressOf(each) ?? []),
    ]),
  );
}

/** @throws TransportError for an address that https cannot listen at. */
export function listenAddressOf(address: string): HttpAddress {
  const found = httpAddressOf(address);
  if (found !== undefined) return found;
  const message = `network.addresses of conf.yaml: https cannot listen at ${address}: write it as /ip4/0.0.0.0/tcp/9000`;
  throw new TransportError(message, { code: 'TRANSPORT_ADDRESS' });
}
