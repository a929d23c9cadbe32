import { digestBytes } from '#libs/chain/ids.ts';
import type { CallContext } from '#libs/grpc/context.ts';
import { type BoundService, bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import {
  type GetSignerResponse,
  SignerServiceDefinition,
  type SignVoteResponse,
} from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import { SignerError } from '../core/errors.ts';
import type { Custody } from '../custody.ts';
import type { SigningDesk, SigningRequest } from '../signing-desk.ts';
import { SIGNER_STATUS } from './grpc-status.ts';
import type { SignerMeter } from './signer-metrics.ts';
import { changeFromWire, proposalFromWire, timeoutFromWire, voteFromWire } from './wire.ts';

export interface SignerServiceOptions {
  readonly custody: Custody;
  readonly desk: SigningDesk;
  /** Common name of the one client that may ask; the certification authority alone says too little. */
  readonly clientName: string;
  readonly meter: SignerMeter;
  readonly log: Logger;
}

/** The signer's API: who asks, what exactly for, and then the desk. */
export function signerService({ custody, desk, clientName, meter, log }: SignerServiceOptions): BoundService {
  const signed = async (context: CallContext, read: () => SigningRequest): Promise<SignVoteResponse> => {
    checkClient(context, clientName);
    const request = read();
    const { kind, view } = request.statement;
    const { signature, isRepeated } = await meter.measure(kind, () => desk.sign(request));
    context.log.debug('statement signed', { kind, view, isRepeated });
    return { signature, repeatedSignature: isRepeated };
  };
  return bindService(
    SignerServiceDefinition,
    {
      getSigner: async (_request, context) => {
        checkClient(context, clientName);
        return described(custody);
      },
      signProposal: (request, context) => signed(context, () => proposalFromWire(request)),
      signVote: (request, context) => signed(context, () => voteFromWire(request)),
      signTimeout: (request, context) => signed(context, () => timeoutFromWire(request)),
      signMembershipVote: async (request, context) => {
        checkClient(context, clientName);
        const change = changeFromWire(request);
        const signature = await desk.signMembershipVote(change);
        const { epoch, leave, join } = change;
        context.log.info('vote for a change of the membership signed', {
          epoch,
          leave: leave.join(' '),
          join: join.map(({ name }) => name).join(' '),
        });
        return { signature };
      },
    },
    { log, statusByCode: SIGNER_STATUS },
  );
}

function described({ scheme, key, chain, ledger, register }: Custody): GetSignerResponse {
  return {
    scheme: scheme.name,
    publicKey: key.publicKey,
    chainDigest: digestBytes(chain),
    lastView: register.mark?.view ?? 0n,
    lastEpoch: register.mark?.epoch ?? 0n,
    signatureCount: ledger.signatureCount(),
    backend: scheme.backend,
  };
}

/** A warning, for it is either a mistake in the set-up or somebody who took another service's certificate. */
function checkClient({ clientName, log, peer }: CallContext, expected: string): void {
  if (clientName === expected) return;
  log.warn('client certificate of another name', { peer, clientName });
  throw new SignerError(`only the client certificate of ${expected} may ask`, { code: 'SIGNER_NOT_ALLOWED' });
}
