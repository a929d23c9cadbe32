import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SigningScope, VoteStatement } from './statement.ts';
import { typedBytes } from './typed-bytes.ts';

interface Numbered {
  readonly instance: string;
  readonly view: string;
  readonly digest: string;
}

interface Vector {
  readonly scope: { readonly chain: string; readonly protocol: string; readonly epoch: string };
  readonly statement: Omit<Numbered, 'digest'> & {
    readonly kind: string;
    readonly block?: { readonly height: string; readonly digest: string };
    readonly reports: readonly Numbered[];
  };
  readonly bytes: string;
}

const FILE = new URL('../../../test/vectors/typed-statements.json', import.meta.url);
const { vectors }: { readonly vectors: readonly Vector[] } = JSON.parse(readFileSync(FILE, 'utf8'));

function scopeOf({ chain, protocol, epoch }: Vector['scope']): SigningScope {
  return { chain: toDigest(chain), protocol, epoch: toEpoch(BigInt(epoch)) };
}

function statementOf({ kind, instance, view, block, reports }: Vector['statement']): VoteStatement {
  const place = { instance: BigInt(instance), view: toView(BigInt(view)) };
  return {
    ...{ kind, ...place },
    block: block && { height: toHeight(BigInt(block.height)), digest: toDigest(block.digest) },
    reports: reports.map((each) => ({
      instance: BigInt(each.instance),
      view: toView(BigInt(each.view)),
      digest: toDigest(each.digest),
    })),
  };
}

describe('the bytes of a statement of a protocol in which each height has views of its own', () => {
  test('are those of the vectors, and differ for each scope and statement', () => {
    const made = vectors.map(({ scope, statement }) =>
      toHex(typedBytes(scopeOf(scope), statementOf(statement))),
    );
    assert.deepEqual(
      made,
      vectors.map(({ bytes }) => bytes),
    );
    assert.equal(new Set(made).size, vectors.length);
  });

  test('differ for any two statements that differ', () => {
    const [first] = vectors;
    assert.ok(first !== undefined);
    const digit = fc.constantFrom('a', 'b').map((letter) => toDigest(letter.repeat(64)));
    const number = fc.bigInt({ min: 0n, max: 2n });
    const report = fc
      .tuple(number, number, digit)
      .map(([instance, view, digest]) => ({ instance, view: toView(view), digest }));
    const statement = fc
      .tuple(
        fc.constantFrom('vote', 'votes'),
        number,
        number,
        fc.option(digit),
        fc.array(report, { maxLength: 2 }),
      )
      .map(([kind, instance, view, digest, reports]) => ({
        ...{ kind, instance, view: toView(view), reports },
        block: digest === null ? undefined : { height: toHeight(instance), digest },
      }));
    fc.assert(
      fc.property(statement, statement, (one, other) => {
        const [a, b] = [one, other].map((each) => toHex(typedBytes(scopeOf(first.scope), each)));
        try {
          assert.deepEqual(one, other);
        } catch {
          assert.notEqual(a, b);
          return;
        }
        assert.equal(a, b);
      }),
    );
  });
});
