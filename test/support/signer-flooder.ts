import { readFileSync } from 'node:fs';
import { SignTimeoutRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { type FloodTarget, SIGNER_FLOODS, type SignerFlood } from './signer-floods.ts';

/** A flooder in words: what a process is told of its target. */
export interface FloodPlan {
  readonly address: string;
  /** PEM. */
  readonly tls: Readonly<Record<'ca' | 'certificate' | 'key', string>>;
  /** Encoded requests, in hex. */
  readonly signed: string;
  readonly stale: string;
  readonly signatureBytes: number;
}

/**
 * A hostile client of a signer, as a process of its own: floods it from the message `flood` until `rest`, and then says how
 * often it did harm. Arguments: the file of the plan, and which flood.
 */
const plan: FloodPlan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const flood = SIGNER_FLOODS[process.argv[3] as SignerFlood];
const requestOf = (hex: string): SignTimeoutRequest => SignTimeoutRequest.decode(Buffer.from(hex, 'hex'));
const { ca, certificate, key } = plan.tls;
const signed = requestOf(plan.signed);
const target: FloodTarget = {
  address: plan.address,
  tls: { ca: Buffer.from(ca), certificate: Buffer.from(certificate), key: Buffer.from(key) },
  scope: signed.scope ?? { chainDigest: new Uint8Array(), epoch: 0n, session: 0n },
  signed,
  stale: requestOf(plan.stale),
  signatureBytes: plan.signatureBytes,
};

let harm = 0;
let over = new AbortController();

process.on('message', (order) => {
  over.abort();
  if (order === 'rest') {
    process.send?.(harm);
    return;
  }
  over = new AbortController();
  // What it cannot do any more it does not do.
  flood(target, () => (harm += 1), over.signal).catch(() => undefined);
});
process.on('disconnect', () => process.exit());
