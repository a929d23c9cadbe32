import { federationSizes } from '#libs/chain/federation-sizes.ts';
import { isSchemeName, SCHEME_SIZES } from '#libs/crypto/parameter-sets.ts';
import type { Genesis } from './genesis.ts';
import { invalidGenesis } from './invalid-genesis.ts';

/** How the members of a chain reach each other; the first is what holds where a genesis does not say. */
export const TRANSPORTS = ['libp2p', 'http-json'] as const;

export type Transport = (typeof TRANSPORTS)[number];

/** The largest body of one request between members, bytes. */
const BODY_BYTES_MAX = 1024 * 1024;

/** Room for numbers, names, digests, and headers between a block and its certificate. */
const BESIDE_BYTES = 64 * 1024;

/** Base64 makes four bytes of three. */
const BASE64 = { of: 3, are: 4 } as const;

/** Quotes, comma and padding of one transaction in JSON. */
const QUOTING_BYTES = 6;

interface SizedGenesis extends Pick<Genesis, 'scheme'> {
  readonly members: number;
  readonly parameters: Pick<Genesis['parameters'], 'blockTransactionsMax'>;
}

/** The way of messages in the chain of a genesis. */
export function transportOf({ transport }: Pick<Genesis, 'transport'>): Transport {
  return transport ?? TRANSPORTS[0];
}

/**
 * The largest blocks that a proposal or an answer can carry in one body, with the certificates of so many members beside them; 0 where not
 * even those fit.
 */
export function bodyBlockBytesMax({ scheme, members, parameters }: SizedGenesis): number {
  const signatureBytes = isSchemeName(scheme) ? SCHEME_SIZES[scheme].signature : 0;
  const { leaveCertificateBytesMax } = federationSizes({ members, signatureBytes });
  const jsonBytes = BODY_BYTES_MAX - BESIDE_BYTES - QUOTING_BYTES * parameters.blockTransactionsMax;
  const rawBytes = Math.floor((jsonBytes * BASE64.of) / BASE64.are);
  return Math.max(0, rawBytes - leaveCertificateBytesMax - signatureBytes);
}

/** @throws SettingsError GENESIS_INVALID for blocks that no body carries. */
export function checkTransport(genesis: Genesis): void {
  if (transportOf(genesis) !== 'http-json') return;
  const { blockBytesMax } = genesis.parameters;
  const max = bodyBlockBytesMax({ ...genesis, members: genesis.members.length });
  if (blockBytesMax <= max) return;
  const cure =
    max < 1024
      ? 'the certificates of so many members fit into none: take fewer members, smaller signatures, or leave transport out'
      : `lower it to at most ${max}, or leave transport out`;
  throw invalidGenesis(
    `parameters.block_bytes_max: with transport http-json a block and its certificates must fit one body of ${BODY_BYTES_MAX} bytes; ${cure}`,
  );
}
