import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { judgeBlock } from '#libs/chain/block-rules.ts';
import { EMPTY_FRONTIER } from '#libs/chain/frontier.ts';
import { genesisBlock } from '#libs/chain/genesis-block.ts';
import { toDigest, toEpoch, ZERO_DIGEST } from '#libs/chain/ids.ts';
import type { StatePath } from '#libs/chain/inclusion-path.ts';
import { onceInChain } from '#libs/chain/repeats.ts';
import type { SectionRoot } from '#libs/chain/section-roots.ts';
import { hasPrefixOf } from '#libs/chain/system-transactions.ts';
import { transactionOf } from '#libs/chain/transaction.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { ballotRoots } from '#libs/membership/ballots.ts';
import { judgeMembership, openersAt } from '#libs/membership/membership.ts';
import { setOfRoster } from '#libs/membership/roster.ts';
import { decodeMembershipVote, membershipSigningBytes } from '#libs/membership/vote.ts';
import { hotStuffFollows } from '#libs/protocol/hotstuff/header-rule.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { foundingOf } from '#libs/settings/genesis-membership.ts';
import { parseGenesis } from '#libs/settings/parse-genesis.ts';
import { blockFromWire } from '#libs/wire/block.ts';
import { WIRE_LIMITS } from '#libs/wire/limits.ts';
import { type ChainExport, importChain } from '#test/support/chain/exported-chain.ts';
import { blockFrom, transactionFrom } from './answers.ts';
import { handoverFrom, trustAfter } from './membership.ts';
import { type Trust, verifyBlock } from './verify-block.ts';
import { verifyEvidence } from './verify-evidence.ts';
import { verifyTransactionProof } from './verify-transaction.ts';

const file = new URL('../../test/vectors/chain.json', import.meta.url);
const answers = importChain(JSON.parse(readFileSync(file, 'utf8')) as ChainExport);
const genesis = parseGenesis(JSON.stringify(answers.genesis));
const first = genesisBlock(genesis);
const founding = foundingOf(genesis, first.digest);
const scheme = schemeByName(genesis.scheme);
const blocks = answers.blocks.map((each) => blockFrom(each, false));
const start: Trust = {
  chainDigest: genesisDigest(genesis),
  votes: HOTSTUFF_TABLE,
  votesOf: (protocol) => (protocol === HOTSTUFF_TABLE.protocol ? HOTSTUFF_TABLE : undefined),
  validators: setOfRoster(toEpoch(0n), founding.roster),
  genesisBlock: first.digest,
  scheme: genesis.scheme,
  verify: (publicKey, message, signature) => scheme.verify(publicKey, message, signature),
};

async function trusts(): Promise<readonly Trust[]> {
  const [handover] = answers.handovers;
  const next = await trustAfter(start, handoverFrom(handover ?? assert.fail()));
  assert.ok(next.ok, next.ok ? '' : next.fault);
  return [start, next.trust];
}

const of = (all: readonly Trust[], epoch: bigint): Trust => all[Number(epoch)] ?? assert.fail();

describe('the published chain', () => {
  test('F-31 is final block by block, over the change of its members', async () => {
    const all = await trusts();
    for (const block of blocks) {
      assert.deepEqual(await verifyBlock(block, of(all, block.header.epoch)), { ok: true });
    }
    assert.deepEqual(
      blocks.map(({ descendants }) => descendants.length),
      [0, 0, 1, 0, 0, 0, 0],
    );
  });

  test('F-31 is one that members would have made: every block is valid upon the one before', () => {
    let membership = founding;
    let [parent, frontier] = [first, EMPTY_FRONTIER];
    for (const answer of answers.blocks.slice(1)) {
      const block = blockFromWire(answer.block, WIRE_LIMITS);
      const openers = openersAt(membership, block.header.height);
      const { parameters: own } = genesis;
      const limits = {
        transactionsMax: own.blockTransactionsMax,
        bytesMax: own.blockBytesMax,
        transactionBytesMax: own.transactionBytesMax,
      };
      const next = judgeMembership(membership, block);
      assert.ok(next.ok, next.ok ? '' : next.fault);
      const others = ballotRoots(next.membership);
      const context = { parent, frontier, limits, epoch: membership.epoch, openers, others };
      const judged = judgeBlock(block, {
        ...context,
        repeats: onceInChain(() => false),
        follows: hotStuffFollows,
      });
      assert.ok(judged.ok, judged.ok ? '' : judged.fault);
      [parent, frontier, membership] = [block, judged.frontier, next.membership];
    }
    assert.equal(membership.epoch, 1n);
    assert.equal(membership.set.totalWeight, 6n);
  });

  test('F-31 has votes whose signatures hold', async () => {
    const votes = blocks
      .flatMap(({ transactions }) => transactions)
      .filter((bytes) => hasPrefixOf('membership', bytes));
    assert.equal(votes.length, 3);
    for (const bytes of votes) {
      const vote = decodeMembershipVote(bytes) ?? assert.fail();
      const message = membershipSigningBytes(genesis.protocol, vote);
      const { publicKey } = founding.set.members[vote.member] ?? assert.fail();
      assert.ok(await scheme.verify(publicKey, message, vote.signature));
    }
  });

  test('F-23: a transaction beside votes is proved by the sections of the state, and by no others', async () => {
    const all = await trusts();
    const at = answers.transactions.findIndex(({ stateSections }) => stateSections.length > 0);
    const answer = answers.transactions[at] ?? assert.fail('the published chain has votes');
    const block = blocks.find(({ header }) => header.height === answer.height) ?? assert.fail();
    const found = transactionFrom(answer, transactionOf(answer.transaction).hash);
    assert.ok(found.state === 'final');
    const verdict = (stateProof: StatePath) =>
      verifyTransactionProof(found.transaction, { ...found, stateProof, block }, of(all, 0n));
    assert.deepEqual(await verdict(found.stateProof), { ok: true });
    const { sections = [], ...path } = found.stateProof;
    const [first, second] = sections as [SectionRoot, SectionRoot];
    const wrong = [
      [first],
      [second],
      [second, first],
      [first, { ...second, tag: 3 }],
      [first, second, second],
      [],
    ];
    for (const each of wrong) assert.equal((await verdict({ ...path, sections: each })).ok, false);
    assert.equal((await verdict(path)).ok, false);
    const changed = { ...first, root: second.root };
    assert.equal((await verdict({ ...path, sections: [changed, second] })).ok, false);
  });

  test('F-31 proves its transactions', async () => {
    const all = await trusts();
    for (const answer of answers.transactions) {
      const found = transactionFrom(answer, transactionOf(answer.transaction).hash);
      assert.ok(found.state === 'final');
      const block = blocks[Number(found.height)] ?? assert.fail();
      const verdict = await verifyTransactionProof(
        found.transaction,
        { ...found, block },
        of(all, block.header.epoch),
      );
      assert.deepEqual(verdict, { ok: true });
    }
  });

  test('F-31 holds evidence of both epochs', async () => {
    const all = await trusts();
    const verdicts = await Promise.all(
      answers.evidence.map(({ content, epoch }) => verifyEvidence(content, of(all, epoch))),
    );
    assert.deepEqual(
      verdicts.map((verdict) => verdict.ok && verdict.evidence.kind),
      ['understated-timeout', 'double-vote'],
    );
  });

  test('F-31 is refused by who trusts another genesis block or another chain', async () => {
    const [genesisAnswer, second] = blocks;
    const elsewhere = { ...start, genesisBlock: ZERO_DIGEST };
    assert.equal((await verifyBlock(genesisAnswer ?? assert.fail(), elsewhere)).ok, false);
    const foreign = { ...start, chainDigest: toDigest('1'.repeat(64)) };
    assert.equal((await verifyBlock(second ?? assert.fail(), foreign)).ok, false);
  });
});
