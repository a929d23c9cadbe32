import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SigningScope, VoteStatement } from '../vote/statement.ts';
import { signingBytes } from './signing-bytes.ts';
import { blockStatement, timeoutStatement } from './statements.ts';

type Plain = Readonly<Record<string, string>>;

interface Vectors {
  readonly vectors: readonly { readonly scope: Plain; readonly statement: Plain; readonly bytes: string }[];
}

const { vectors } = JSON.parse(
  readFileSync(new URL('../../../test/vectors/signing-bytes.json', import.meta.url), 'utf8'),
) as Vectors;

function scopeOf(plain: Plain): SigningScope {
  return {
    chain: toDigest(plain['chain'] ?? ''),
    protocol: plain['protocol'] ?? '',
    epoch: toEpoch(BigInt(plain['epoch'] ?? '')),
  };
}

function statementOf(plain: Plain): VoteStatement {
  const view = toView(BigInt(plain['view'] ?? ''));
  if (plain['kind'] === 'timeout') {
    const highView = toView(BigInt(plain['highView'] ?? ''));
    return timeoutStatement(view, { view: highView, digest: toDigest(plain['highDigest'] ?? '') });
  }
  return blockStatement(plain['kind'] as 'proposal', view, {
    height: toHeight(BigInt(plain['height'] ?? '')),
    digest: toDigest(plain['digest'] ?? ''),
  });
}

const [first] = vectors;
assert.ok(first !== undefined);
const scope = scopeOf(first.scope);
const view = toView(5n);
const digest = toDigest('12'.repeat(32));
const vote: VoteStatement = blockStatement('prepare', view, { height: toHeight(4n), digest });
const timeout: VoteStatement = timeoutStatement(view, { view: toView(4n), digest: digest });

describe('signingBytes', () => {
  for (const { scope: plainScope, statement, bytes } of vectors) {
    const name = `${statement['kind']} of view ${statement['view']} under ${plainScope['protocol']}`;
    test(`of ${name} are those of the vector`, () => {
      assert.equal(toHex(signingBytes(scopeOf(plainScope), statementOf(statement))), bytes);
    });
  }

  test('bind the chain, the protocol, the epoch and every field (RULES.md A.3, A.4)', () => {
    const other = toDigest('13'.repeat(32));
    const all: readonly Uint8Array[] = [
      signingBytes(scope, vote),
      signingBytes({ ...scope, chain: other }, vote),
      signingBytes({ ...scope, protocol: 'hotstuf' }, vote),
      signingBytes({ ...scope, epoch: toEpoch(1n) }, vote),
      signingBytes(scope, { ...vote, kind: 'proposal' }),
      signingBytes(scope, { ...vote, kind: 'pre-commit' }),
      signingBytes(scope, { ...vote, kind: 'commit' }),
      signingBytes(scope, { ...vote, view: toView(6n) }),
      signingBytes(scope, { ...vote, block: { height: toHeight(5n), digest } }),
      signingBytes(scope, { ...vote, block: { height: toHeight(4n), digest: other } }),
      signingBytes(scope, timeout),
      signingBytes(scope, { ...timeout, view: toView(6n) }),
      signingBytes(scope, timeoutStatement(view, { view: toView(3n), digest })),
      signingBytes(scope, timeoutStatement(view, { view: toView(4n), digest: other })),
    ];
    assert.equal(new Set(all.map(toHex)).size, all.length);
  });
});
