import { toView } from '#libs/chain/ids.ts';
import type { HaltCause } from '#libs/engine/ports/halt-cause.ts';
import { AppError } from '#libs/errors/app-error.ts';
import type { GetSignerResponse } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { type Position, positionText } from '#libs/protocol/vote/position.ts';

/** A position in an epoch; zeros before the first. */
export interface RecordedPlace extends Position {
  readonly epoch: bigint;
}

export function signedPlace({ lastEpoch, lastInstance, lastView }: GetSignerResponse): RecordedPlace {
  return { epoch: lastEpoch, instance: lastInstance, view: toView(lastView) };
}

/** Of a key that its record does not let sign. */
export function inactive(mode: string): readonly [reason: string, cause: HaltCause] {
  const cause = mode === 'retired' ? 'retirement' : 'quarantine';
  return [`the signer signs nothing: its key is ${mode}; see its log`, cause];
}

/** chain.db was lost, or put back from a copy: lock and highest certificate may be missing, so no vote is safe. */
export function forgottenReason(signed: RecordedPlace, recorded: RecordedPlace): string {
  return (
    `the signer signed in ${placeText(signed)}, but the safety record in chain.db ends at ` +
    `${placeText(recorded)}: chain.db ` +
    'is new, or an old copy. Put back the chain.db that this member used last, or give the member a new key by a ' +
    'membership change'
  );
}

function placeText(place: RecordedPlace): string {
  return place.epoch === 0n ? positionText(place) : `${positionText(place)} of epoch ${place.epoch}`;
}

/** Nothing that such a signer signs has worth. */
const MISMATCH = 'CONSENSUS_SIGNER_MISMATCH';

export function signerMismatch(fault: string): AppError {
  return new AppError(`${fault}: check CONSENSUS_SIGNER_ADDRESS and the signer's folder`, { code: MISMATCH });
}

export function isMismatch(error: unknown): boolean {
  return error instanceof AppError && error.detail.code === MISMATCH;
}
