import { readFileSync } from 'node:fs';
import { SignRequest } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { type FloodTarget, SIGNER_FLOODS, type SignerFlood } from './signer-floods.ts';

/** The facts about its target that a flooder process gets. */
export interface FloodPlan {
  readonly address: string;
  /** PEM. */
  readonly tls: Readonly<Record<'ca' | 'certificate' | 'key', string>>;
  readonly signatureBytes: number;
}

/** Its task, until it is told to `rest`. */
export interface FloodOrder {
  readonly flood: SignerFlood;
  /** Encoded requests, in hex: the last that was signed, and one of a view that is over. */
  readonly signed: string;
  readonly stale: string;
}

/**
 * The flooder's reports: its first harm since it was told to begin, and the number of harms when it is told to rest.
 */
export type FloodTold = { readonly kind: 'begun' } | { readonly kind: 'harm'; readonly count: number };

/** A hostile client of a signer, as a process of its own. Argument: the file of the plan. */
const plan: FloodPlan = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'));
const requestOf = (hex: string): SignRequest => SignRequest.decode(Buffer.from(hex, 'hex'));
const { ca, certificate, key } = plan.tls;
const tls = { ca: Buffer.from(ca), certificate: Buffer.from(certificate), key: Buffer.from(key) };

let over = new AbortController();
let harm = 0;

function begin({ flood, ...statements }: FloodOrder): void {
  const signed = requestOf(statements.signed);
  const target: FloodTarget = {
    address: plan.address,
    tls,
    scope: signed.scope ?? { chainDigest: new Uint8Array(), epoch: 0n, session: 0n },
    signed,
    stale: requestOf(statements.stale),
    signatureBytes: plan.signatureBytes,
  };
  const { signal } = over;
  const count = (): void => {
    if (signal.aborted) return;
    harm += 1;
    if (harm === 1) tell({ kind: 'begun' });
  };
  // Calls that are not possible any more are left out.
  SIGNER_FLOODS[flood](target, count, signal).catch(() => undefined);
}

function tell(told: FloodTold): void {
  process.send?.(told);
}

process.on('message', (order: FloodOrder | 'rest') => {
  over.abort();
  if (order === 'rest') return tell({ kind: 'harm', count: harm });
  over = new AbortController();
  harm = 0;
  begin(order);
});
process.on('disconnect', () => process.exit());
