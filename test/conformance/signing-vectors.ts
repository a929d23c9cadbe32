import { readFileSync } from 'node:fs';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { SigningVector } from '#libs/simulation/conformance/words/signing-vector.ts';

type Plain = Readonly<Record<string, string>>;

interface Vectors {
  readonly vectors: readonly { readonly scope: Plain; readonly statement: Plain; readonly bytes: string }[];
}

/** The vectors of a file in `test/vectors` that are of one protocol. */
export function signingVectors(file: string, protocol: string): readonly SigningVector[] {
  const path = new URL(`../vectors/${file}`, import.meta.url);
  const { vectors } = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
  return vectors
    .filter(({ scope }) => scope['protocol'] === protocol)
    .map(({ scope, statement, bytes }) => ({
      scope: {
        chain: toDigest(scope['chain'] ?? ''),
        protocol,
        epoch: toEpoch(BigInt(scope['epoch'] ?? '')),
      },
      statement: statementOf(statement),
      bytes,
    }));
}

function statementOf({ kind = '', ...plain }: Plain): VoteStatement {
  const number = (name: string): bigint => BigInt(plain[name] ?? '0');
  const instance = number('instance');
  const view = toView(number('view'));
  const { digest, highDigest } = plain;
  return {
    ...{ kind, instance, view },
    block:
      digest === undefined ? undefined : { height: toHeight(number('height')), digest: toDigest(digest) },
    reports:
      highDigest === undefined
        ? []
        : [{ instance, view: toView(number('highView')), digest: toDigest(highDigest) }],
  };
}
