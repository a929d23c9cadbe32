import { type BoundService, bindService } from '#libs/grpc/service.ts';
import type { Logger } from '#libs/log/logger.ts';
import { SignerServiceDefinition } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { SignerApi } from '../socket/signer-api.ts';
import type { ClientGate } from './client-gate.ts';
import { EdgeCalls } from './edge-calls.ts';
import { SIGNER_STATUS } from './grpc-status.ts';
import { ProtocolInForce } from './protocol-in-force.ts';
import { withRetiredCalls } from './retired-calls.ts';
import type { SignerMeter } from './signer-metrics.ts';

export interface SignerServiceOptions {
  readonly api: SignerApi;
  readonly gate: ClientGate;
  readonly meter: SignerMeter;
  readonly log: Logger;
}

/** The signer's API: the edge checks the client and its quota, and then the core judges. */
export function signerService({ api, gate, meter, log }: SignerServiceOptions): BoundService {
  const bytesMax = async (): Promise<bigint> => (await api.getSigner()).certificateBytesMax;
  const inForce = new ProtocolInForce(() => api.getSigner());
  const calls = new EdgeCalls({ gate, meter, bytesMax, inForce });
  const options = { log, statusByCode: SIGNER_STATUS };
  const service = bindService(
    SignerServiceDefinition,
    {
      getSigner: (_request, context) => calls.admitted(context, 'describe', () => api.getSigner()),
      openSession: (_request, context) =>
        calls.admitted(context, 'session', async () => {
          const opened = await api.openSession();
          context.log.info('session opened', { session: opened.session, peer: context.peer });
          return opened;
        }),
      async *putCertificate(pieces, context) {
        yield await calls.uploaded(context, pieces, (whole) => api.putCertificate(whole));
      },
      sign: (request, context) => calls.signed(context, request, (asked) => api.sign(request, asked)),
      signMembershipVote: (request, context) =>
        calls.admitted(context, 'membership', async () => {
          const reply = await api.signMembershipVote(request);
          context.log.info('vote for a change of the membership signed');
          return reply;
        }),
      signAutomaticVote: (request, context) =>
        calls.admitted(context, 'membership-automatic', async () => {
          const reply = await api.signAutomaticVote(request);
          context.log.info('vote for a change of the members signed, that no person has seen');
          return reply;
        }),
    },
    options,
  );
  return withRetiredCalls(service, options);
}
