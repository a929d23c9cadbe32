import { toHex } from '#libs/bytes/hex.ts';
import { type Digest, toDigest, toEpoch, toHeight, toView, type View } from '#libs/chain/ids.ts';
import { decodeChange, type MembershipChange } from '#libs/membership/change.ts';
import { CHANGE_BYTES_MAX } from '#libs/membership/limits.ts';
import { Phase as WirePhase } from '#libs/proto/btcfed/consensus/v1/certificate.ts';
import type {
  Scope,
  SignMembershipVoteRequest,
  SignProposalRequest,
  SignTimeoutRequest,
  SignVoteRequest,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Phase } from '#libs/protocol/statement.ts';
import { SignerError } from '../core/errors.ts';
import { VIEW_MAX } from '../limits.ts';
import type { SigningRequest } from '../signing-desk.ts';

const DIGEST_BYTES = 32;

const PHASE_FROM_WIRE: Readonly<Record<number, Phase>> = {
  [WirePhase.PREPARE]: 'prepare',
  [WirePhase.PRE_COMMIT]: 'pre-commit',
  [WirePhase.COMMIT]: 'commit',
};

/** What Protobuf allows and the protocol does not stops here, as SIGNER_MALFORMED with the name of the field. */
export function proposalFromWire(wire: SignProposalRequest): SigningRequest {
  return {
    scope: scopeFromWire(wire.scope),
    statement: {
      kind: 'proposal',
      view: viewFromWire('view', wire.view),
      height: toHeight(wire.height),
      digest: digestFromWire('block_digest', wire.blockDigest),
    },
  };
}

export function voteFromWire(wire: SignVoteRequest): SigningRequest {
  const kind = PHASE_FROM_WIRE[wire.phase];
  if (kind === undefined) throw malformed('phase');
  return {
    scope: scopeFromWire(wire.scope),
    statement: {
      kind,
      view: viewFromWire('view', wire.view),
      height: toHeight(wire.height),
      digest: digestFromWire('block_digest', wire.blockDigest),
    },
  };
}

/** The certificate reported in a timeout is of this view at most: nobody has one of a view not begun. */
export function timeoutFromWire(wire: SignTimeoutRequest): SigningRequest {
  const view = viewFromWire('view', wire.view);
  if (wire.highView > view) throw malformed('high_view');
  return {
    scope: scopeFromWire(wire.scope),
    statement: {
      kind: 'timeout',
      view,
      highView: toView(wire.highView),
      highDigest: digestFromWire('high_block_digest', wire.highBlockDigest),
    },
  };
}

/** Only bytes that are a change are signed as one. */
export function changeFromWire({ change }: SignMembershipVoteRequest): MembershipChange {
  const read = change.length > CHANGE_BYTES_MAX ? undefined : decodeChange(change);
  if (read === undefined) throw malformed('change');
  return read;
}

function scopeFromWire(scope: Scope | undefined): SigningRequest['scope'] {
  if (scope === undefined) throw malformed('scope');
  if (scope.epoch > VIEW_MAX) throw malformed('scope.epoch');
  return { chain: digestFromWire('scope.chain_digest', scope.chainDigest), epoch: toEpoch(scope.epoch) };
}

/** View 0 is genesis, which nobody signs. */
function viewFromWire(field: string, view: bigint): View {
  if (view === 0n || view > VIEW_MAX) throw malformed(field);
  return toView(view);
}

function digestFromWire(field: string, bytes: Uint8Array): Digest {
  if (bytes.length !== DIGEST_BYTES) throw malformed(field);
  return toDigest(toHex(bytes));
}

function malformed(field: string): SignerError {
  return new SignerError(`malformed request: ${field}`, { code: 'SIGNER_MALFORMED', field });
}
