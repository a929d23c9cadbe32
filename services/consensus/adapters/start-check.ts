import { type Epoch, type Height, toHeight, toView } from '#libs/chain/ids.ts';
import type { BatchVerifier } from '#libs/crypto/batch-verifier.ts';
import type { EpochFacts } from '#libs/engine/membership/membership-book.ts';
import { foreignUseAlarm } from '#libs/engine/ports/foreign-use-alarm.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { claimsOf } from '#libs/protocol/certificate.ts';
import type { HostedRecord } from '#libs/protocol/hosting/hosted-protocol.ts';
import { resolveClaim } from '#libs/protocol/resolve-claim.ts';
import { placeIn } from '#libs/protocol/validator-set.ts';
import { comparePositions, type Position } from '#libs/protocol/vote/position.ts';
import { claimContextIn } from './claim-context.ts';
import type { LoadedChain } from './load-chain.ts';

type StartChain = Pick<LoadedChain, 'store' | 'book' | 'name' | 'chainDigest' | 'genesis'>;

/** The progress that the safety record knows of. */
type StartRecord = Pick<HostedRecord, 'epoch' | 'reached'>;

/** Why a member must not take part, with the remedy. */
interface StartFault {
  readonly reason: string;
  readonly cause: HaltCause;
}

/** Newest certificates that are searched for the own signature: older ones were when they came. */
const CERTIFICATES_SEARCHED_MAX = 16;

/**
 * The fault of the chain that a member starts from, or undefined (RULES.md C.7). The chain is sound when its
 * newest block is really decided, and no certificate that it holds has a signature of this member which the
 * safety record does not know.
 */
export async function startFault(
  chain: StartChain,
  record: StartRecord | undefined,
  verifier: Pick<BatchVerifier, 'verifyAll'>,
): Promise<StartFault | undefined> {
  const { header, certificate } = chain.store.tip();
  if (header.height === 0n) return undefined;
  const context = claimContextIn(chain, { ...factsOf(chain, header.epoch), epoch: header.epoch });
  const found = claimsOf(certificate).map((claim) => resolveClaim(claim, context));
  const claims = found.flatMap((each) => (each.kind === 'resolved' ? [each.resolved] : []));
  const { kind } = await verifier.verifyAll(claims);
  if (kind !== 'valid' || claims.length < certificate.signatures.length) {
    const reason =
      `the signatures of block ${header.height}, the newest of chain.db, do not hold: the file is damaged. Stop this ` +
      'member, check the disk, and put back the chain.db that it used last';
    return { reason, cause: 'store' };
  }
  const reason = ownSignatureFault(chain, record);
  return reason === undefined ? undefined : { reason, cause: 'foreign-use' };
}

function ownSignatureFault(chain: StartChain, record: StartRecord | undefined): string | undefined {
  const { store } = chain;
  const first = toHeight(1n);
  let to: Height = store.tip().header.height;
  for (let at = 0; at < CERTIFICATES_SEARCHED_MAX && to >= first; at++) {
    const certificate = store.certificateWithin({ from: first, to });
    const epoch = certificate && store.headerOf(certificate.digest)?.epoch;
    if (certificate === undefined || epoch === undefined) return undefined;
    const reached = reachedIn(epoch, record);
    if (reached === undefined || comparePositions(certificate, reached) <= 0) return undefined;
    const me = placeIn(factsOf(chain, epoch).set, chain.name);
    if (certificate.signatures.some(({ member }) => member === me))
      return foreignUseAlarm(certificate, reached);
    to = toHeight(certificate.height - 1n);
  }
  return undefined;
}

/** The newest position of an epoch in which this member may have signed; undefined for an epoch before that of the record. */
function reachedIn(epoch: Epoch, record: StartRecord | undefined): Position | undefined {
  if (record === undefined || record.epoch < epoch) return { instance: 0n, view: toView(0n) };
  return record.epoch === epoch ? record.reached : undefined;
}

function factsOf({ book }: StartChain, epoch: Epoch): EpochFacts {
  return book.epoch(epoch) ?? book.current;
}
