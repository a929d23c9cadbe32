import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { certificateFault, genesisRoot } from './certificate.ts';
import { HOTSTUFF_TABLE } from './hotstuff/vote-table.ts';
import { quorumOf } from './quorum.ts';
import { validatorSet } from './validator-set.ts';

interface Vectors {
  readonly weights: readonly { weight: string; quorum: string; oneHonest: string; faultyMax: string }[];
  readonly certificates: readonly {
    readonly name: string;
    readonly weights: readonly number[];
    readonly signers: readonly number[];
    readonly decides: boolean;
  }[];
}

const path = new URL('../../test/vectors/quorum.json', import.meta.url);
const { weights, certificates } = JSON.parse(readFileSync(path, 'utf8')) as Vectors;

describe('the published quorum rule', () => {
  for (const { weight, quorum, oneHonest, faultyMax } of weights) {
    test(`F-31 is ${quorum} of ${weight}`, () => {
      assert.deepEqual(quorumOf(BigInt(weight)), {
        commitWeight: BigInt(quorum),
        oneHonestWeight: BigInt(oneHonest),
        faultyWeightMax: BigInt(faultyMax),
      });
    });
  }

  for (const { name, weights: own, signers, decides } of certificates) {
    test(`F-31 makes certificates as published: ${name}`, () => {
      const facts = own.map((weight, at) => ({
        ...{ name: `m${at}`, publicKey: Uint8Array.of(at) },
        weight: BigInt(weight),
      }));
      const signatures = signers.map((at) => ({ member: toMemberIndex(at), signature: Uint8Array.of(1) }));
      const block = { view: toView(1n), height: toHeight(1n), digest: toDigest('1'.repeat(64)) };
      const root = genesisRoot(toDigest('0'.repeat(64)));
      const set = validatorSet(toEpoch(0n), facts);
      const fault = certificateFault(
        { kind: 'commit', instance: 0n, ...block, signatures },
        set,
        root,
        HOTSTUFF_TABLE,
      );
      assert.equal(fault === undefined, decides, fault);
    });
  }
});
