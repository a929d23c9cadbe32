import type { SignaturesResponse } from '#libs/engine/ports/signature-messages.ts';
import type { GivenSignatures } from '#libs/protocol/named-signatures.ts';
import type { Clerk } from './clerk.ts';
import type { ClerkTools } from './clerk-tools.ts';

/**
 * Names certificates by reference whatever it says, those that it forged too, and answers those who ask for the signatures with every lie
 * there is: nothing, silence, a part, false signatures, those of one member as another's, or under another statement.
 */
export function signatureLiar({ random }: ClerkTools): Clerk {
  return {
    proposes: (message) => message,
    form: () => 'reference',
    answers: (_to, body) => (body.kind === 'signatures-response' ? random.pick(LIES)(body) : [body]),
  };
}

const LIES: readonly ((body: SignaturesResponse) => readonly SignaturesResponse[])[] = [
  (body) => [body],
  () => [],
  (body) => [{ ...body, given: [] }],
  (body) => [{ ...body, given: body.given.map(firstAlone) }],
  (body) => [{ ...body, given: body.given.map(reversed) }],
  (body) => [{ ...body, given: body.given.map(exchanged) }],
  ({ given, ...body }) => [
    { ...body, given: given.map((each, at) => ({ ...each, statement: (given[at + 1] ?? each).statement })) },
  ],
  (body) => [body, body],
];

function firstAlone({ statement, signatures }: GivenSignatures): GivenSignatures {
  return { statement, signatures: signatures.slice(0, 1) };
}

/** One signature is false, the others hold. */
function reversed({ statement, signatures }: GivenSignatures): GivenSignatures {
  const [first, ...rest] = signatures;
  if (first === undefined) return { statement, signatures };
  return { statement, signatures: [{ ...first, signature: first.signature.toReversed() }, ...rest] };
}

function exchanged({ statement, signatures }: GivenSignatures): GivenSignatures {
  const others = signatures.toReversed();
  return {
    statement,
    signatures: signatures.map((each, at) => ({ ...each, signature: (others[at] ?? each).signature })),
  };
}
