import { BinaryWriter } from '@bufbuild/protobuf/wire';
import type { Codec, GenericService } from '#libs/grpc/generic-service.ts';
import { type BindOptions, type BoundService, bindService } from '#libs/grpc/service.ts';
import { SignerError } from '../words/errors.ts';

/** A message that nobody reads. */
const NOTHING: Codec<object> = {
  encode: (_message, writer = new BinaryWriter()) => writer,
  decode: () => ({}),
};
const CALL = {
  requestType: NOTHING,
  requestStream: false,
  responseType: NOTHING,
  responseStream: false,
} as const;

/** Calls of earlier versions, each for statements of one protocol. */
const RETIRED = {
  signProposal: { name: 'SignProposal', ...CALL },
  signVote: { name: 'SignVote', ...CALL },
  signTimeout: { name: 'SignTimeout', ...CALL },
} as const;

/**
 * The service, whose retired calls are answered with what to do: the older program that makes them can only repeat what it is told.
 */
export function withRetiredCalls(service: BoundService, options: BindOptions): BoundService {
  const { fullName } = service;
  const generic = { name: fullName, fullName, methods: RETIRED } satisfies GenericService;
  const handlers = { signProposal: retired, signVote: retired, signTimeout: retired };
  const { definition, implementation } = bindService(generic, handlers, options);
  return {
    ...service,
    definition: { ...service.definition, ...definition },
    implementation: { ...service.implementation, ...implementation },
  };
}

async function retired(): Promise<never> {
  throw new SignerError(
    'this signer is newer than the consensus that asks, and signs by the call Sign alone: update consensus of this member to the ' +
      'version of its signer, and start it again',
    { code: 'SIGNER_CALL_RETIRED' },
  );
}
