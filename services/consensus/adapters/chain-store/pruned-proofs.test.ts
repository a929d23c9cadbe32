import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { toHeight } from '#libs/chain/ids.ts';
import type { CertificateRule } from '#libs/chain/kept-certificates.ts';
import { trustAt } from '#libs/client/membership.ts';
import { verifyBlock } from '#libs/client/verify-block.ts';
import { verifyTransactionProof } from '#libs/client/verify-transaction.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { HOTSTUFF } from '#libs/protocols/hosted-protocols.ts';
import { EpochChain, type PlannedHeight } from '#test/support/chain/epoch-chain.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import type { ChainStore } from '../chain-store.ts';
import { openChainStore } from '../open-chain-store.ts';

const RULE: CertificateRule = { newest: 5, every: 8 };
const RUNS = 25;
const folder = mkdtempSync(join(tmpdir(), 'pruned-proofs-'));
after(() => rmSync(folder, { recursive: true }));
let count = 0;

/** A member that made this chain final, one certificate after the other. */
function storeOf(chain: EpochChain): ChainStore {
  const genesis = chain.blocks[0]?.block ?? assert.fail();
  const store = openChainStore({
    ...{ path: join(folder, `${count++}.db`), rule: RULE, genesis, protocol: HOTSTUFF, member: 'm0' },
    chainDigest: chain.trust.chainDigest,
  });
  let from = 1;
  for (const [height, certificate] of chain.certificates) {
    store.extend(chain.blocks.slice(from, height + 1), certificate);
    from = height + 1;
  }
  return store;
}

const certificateAt = (store: ChainStore) => (height: number) => {
  const at = toHeight(BigInt(height));
  return store.certificateWithin({ from: at, to: at });
};

/** Asserts that a stranger who knows the genesis alone believes each transaction by what the member still has. */
async function assertProvable(chain: EpochChain, store: ChainStore): Promise<void> {
  const ofMember = certificateAt(store);
  for (const { block } of chain.blocks.slice(1)) {
    const { header, transactions } = block;
    const trusted = await trustAt(chain.trust, header.epoch, async (epoch) =>
      chain.handoverTo(epoch, ofMember),
    );
    assert.ok(trusted.ok, trusted.ok ? '' : trusted.fault);
    const proof = store.certifiedBlock(header.height) ?? assert.fail(`height ${header.height} is not proved`);
    assert.deepEqual(await verifyBlock({ ...proof, header }, trusted.trust), { ok: true });
    for (const { hash, bytes } of transactions) {
      const found = store.transaction(hash) ?? assert.fail();
      const receipt = { ...found, block: { ...proof, header } };
      assert.deepEqual(await verifyTransactionProof(bytes, receipt, trusted.trust), { ok: true });
    }
  }
}

const plans = fc.array(
  fc.record({
    isCertified: fc.integer({ min: 0, max: 9 }).map((value) => value > 1),
    endsEpoch: fc.integer({ min: 0, max: 9 }).map((value) => value === 0),
  }),
  { minLength: 20, maxLength: 60 },
);

/** One block after the other, each with a certificate, and the end of an epoch at these heights. */
function everyHeight(heights: number, ends: readonly number[]): readonly PlannedHeight[] {
  return Array.from({ length: heights }, (_, at) => ({
    isCertified: true,
    endsEpoch: ends.includes(at + 1),
  }));
}

const TABLES: readonly (readonly [string, VoteTable])[] = [
  ['views across heights', HOTSTUFF_TABLE],
  ['views of each height', ROUNDS_TABLE],
];

for (const [what, table] of TABLES) {
  describe(`a chain of a protocol with ${what}, whose old certificates are gone`, () => {
    test('is believed by a stranger at every height, from the genesis alone', async () => {
      const property = fc.asyncProperty(plans, async (plan) => {
        const chain = new EpochChain(plan, table);
        const store = storeOf(chain);
        try {
          await assertProvable(chain, store);
        } finally {
          store.close();
        }
      });
      await fc.assert(property, { numRuns: RUNS });
    });

    test('keeps the certificates of the last blocks of its epochs, which handovers and roots rest on', () => {
      const chain = new EpochChain(everyHeight(40, [3, 4, 19]), table);
      const store = storeOf(chain);
      const ofMember = certificateAt(store);
      const kept = chain.blocks.flatMap((_, height) => (ofMember(height) === undefined ? [] : [height]));
      assert.deepEqual(kept, [0, 3, 4, 8, 16, 19, 24, 32, 36, 37, 38, 39, 40]);
      store.close();
    });
  });
}

describe('the proof of a block without a certificate of its own', () => {
  const chain = new EpochChain(everyHeight(40, [12]), HOTSTUFF_TABLE);
  const store = storeOf(chain);
  after(() => store.close());
  const proofAt = (height: number) => {
    const proof = store.certifiedBlock(toHeight(BigInt(height))) ?? assert.fail();
    return { ...proof, header: proof.block.header };
  };
  const proof = proofAt(2);
  const faultOf = async (changed: typeof proof): Promise<string | undefined> => {
    const verdict = await verifyBlock(changed, chain.trust);
    return verdict.ok ? undefined : verdict.fault;
  };

  test('holds', async () => {
    assert.equal(proof.descendants.length, 6);
    assert.equal(await faultOf(proof), undefined);
  });

  for (const [what, change, fault] of [
    [
      'lacks a header',
      (headers: typeof proof.descendants) => headers.toSpliced(2, 1),
      'descendants are not a chain',
    ],
    [
      'lacks the last header',
      (headers: typeof proof.descendants) => headers.slice(0, -1),
      'certificate of another block',
    ],
    ['begins above', (headers: typeof proof.descendants) => headers.slice(1), 'descendants are not a chain'],
    [
      'has a header twice',
      (headers: typeof proof.descendants) => [...headers.slice(0, 1), ...headers],
      'descendants are not a chain',
    ],
    [
      'goes on above the certificate',
      (headers: typeof proof.descendants) => [...headers, chain.blocks[9]?.block.header ?? assert.fail()],
      'certificate of another block',
    ],
    [
      'links another block',
      (headers: typeof proof.descendants) =>
        headers.map((each, at) => (at === 3 ? { ...each, timestampMs: 7n } : each)),
      'descendants are not a chain',
    ],
  ] as const) {
    test(`does not hold when it ${what}`, async () => {
      assert.equal(await faultOf({ ...proof, descendants: change(proof.descendants) }), fault);
    });
  }

  test('does not hold by a certificate below the block, nor by one of another epoch', async () => {
    const below = chain.certificates.get(1) ?? assert.fail();
    assert.equal(
      await faultOf({ ...proof, certificate: below, descendants: [] }),
      'certificate of another block',
    );
    const headers = chain.blocks.slice(11, 17).map(({ block }) => block.header);
    const over = {
      ...proofAt(10),
      certificate: chain.certificates.get(16) ?? assert.fail(),
      descendants: headers,
    };
    assert.equal(await faultOf(over), 'block of another epoch');
  });

  test('does not hold for the block of another height under the same links', async () => {
    assert.equal(await faultOf({ ...proof, header: proofAt(1).header }), 'descendants are not a chain');
  });
});
