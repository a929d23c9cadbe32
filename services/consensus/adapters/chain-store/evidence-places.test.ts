import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, test } from 'node:test';
import { digestBytes, toEpoch } from '#libs/chain/ids.ts';
import { EVIDENCE_PER_POSITION_MAX, type ProvedEvidence } from '#libs/engine/ports/evidence-ports.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { type EvidenceTables, encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { voteTableOf } from '#libs/protocols/protocols.ts';
import { CHAIN_DIGEST } from '#test/support/chain/chain-fixture.ts';
import { blockNamed, said, spoke } from '#test/support/chain/claims.ts';
import { ROUNDS_TABLE } from '#test/support/protocol/rounds-table.ts';
import { roundsLie, roundsVote } from '#test/support/protocol/rounds-votes.ts';
import { EvidenceTable } from './evidence-table.ts';
import { CHAIN_SCHEMA } from './schema.ts';

/** The step of the schema that adds epoch and instance. */
const STEP = CHAIN_SCHEMA.findIndex((step) => step.includes('evidence_position'));
const ALL = { after: 0n, countMax: 1_000 };

const tables: EvidenceTables = (protocol) =>
  protocol === ROUNDS_TABLE.protocol ? ROUNDS_TABLE : voteTableOf(protocol);

function databaseOf(steps: readonly string[]): DatabaseSync {
  const db = new DatabaseSync(':memory:');
  after(() => db.close());
  for (const step of steps) db.exec(step);
  return db;
}

const table = (db = databaseOf(CHAIN_SCHEMA), known = tables) => new EvidenceTable(db, () => 1, known);

function proved(evidence: Evidence | undefined): ProvedEvidence {
  assert.ok(evidence !== undefined);
  const [digest, content] = [evidenceDigest(evidence, CHAIN_DIGEST), encodeEvidence(evidence, CHAIN_DIGEST)];
  return { evidence, digest, content };
}

/** One of any number of lies of one member in one position of the rounds. */
function roundsLieOf(
  letter: string,
  place: { instance: bigint; view?: bigint; epoch?: bigint },
): ProvedEvidence {
  const { instance, view = 0n, epoch = 0n } = place;
  const [one, other] = ['a', letter].map((each) => said(2, roundsVote('prepare', instance, view, each)));
  assert.ok(one !== undefined && other !== undefined);
  return proved(evidenceOf(one, other, toEpoch(epoch), ROUNDS_TABLE));
}

function fill(kept: EvidenceTable, place: Parameters<typeof roundsLieOf>[1]): void {
  for (let at = 0; at < EVIDENCE_PER_POSITION_MAX; at++) {
    assert.equal(kept.put(lieNumber(at, place)), 'stored');
  }
  assert.equal(kept.put(lieNumber(EVIDENCE_PER_POSITION_MAX, place)), 'full');
}

/** Blocks are named by one hex digit; the first is that of the other vote. */
function lieNumber(at: number, place: Parameters<typeof roundsLieOf>[1]): ProvedEvidence {
  return roundsLieOf('0123456789bcdef'[at] ?? assert.fail(), place);
}

describe('the place of evidence in the store', () => {
  test('BYZ-28: so much of one view of one height is kept, and as much of the same view of the next height', () => {
    const kept = table();
    fill(kept, { instance: 5n });
    fill(kept, { instance: 6n });
    assert.equal(kept.put(lieNumber(0, { instance: 5n, view: 1n })), 'stored');
  });

  test('BYZ-28: so much of one position is kept in each epoch, whose indices name other members', () => {
    const kept = table();
    fill(kept, { instance: 5n });
    assert.equal(kept.put(lieNumber(0, { instance: 5n, epoch: 1n })), 'stored');
  });

  test('TW-2.8.7 names each accused of an epoch once, however much it lied, and those of no other epoch', () => {
    const kept = table();
    fill(kept, { instance: 5n });
    fill(kept, { instance: 6n, epoch: 1n });
    const other = evidenceOf(
      said(1, spoke('prepare', 3, 'a')),
      said(1, spoke('prepare', 3, 'b')),
      toEpoch(1n),
      HOTSTUFF_TABLE,
    );
    kept.put(proved(other));
    const accused = [0n, 1n, 2n].map((epoch) => kept.accused(toEpoch(epoch)));
    assert.deepEqual(accused, [[2], [1, 2], []]);
  });

  test('of any protocol that is known is read again, in order', () => {
    const kept = table();
    const views = proved(
      evidenceOf(
        said(1, spoke('prepare', 3, 'a')),
        said(1, spoke('prepare', 3, 'b')),
        toEpoch(1n),
        HOTSTUFF_TABLE,
      ),
    );
    const lies = [proved(roundsLie({ instance: 2n ** 64n - 1n, view: 7n })), views];
    for (const lie of lies) kept.put(lie);
    assert.deepEqual(
      kept.list(ALL).map(({ evidence }) => evidence),
      lies.map(({ evidence }) => evidence),
    );
  });

  test('of a protocol that this version does not know is no damage of the file, and the message says so', () => {
    const db = databaseOf(CHAIN_SCHEMA);
    table(db).put(proved(roundsLie()));
    assert.throws(() => table(db, voteTableOf).list(ALL), /of a protocol that this version does not know/);
  });
});

describe('evidence that an earlier version kept', () => {
  /** A row as it was written before there were epochs and instances beside it. */
  function oldRow(db: DatabaseSync, view: number, epoch: bigint, letter: string): ProvedEvidence {
    const [one, other] = ['a', letter].map((each) => said(2, spoke('prepare', view, each)));
    assert.ok(one !== undefined && other !== undefined);
    const lie = proved(evidenceOf(one, other, toEpoch(epoch), HOTSTUFF_TABLE));
    const viewBytes = Buffer.alloc(8);
    viewBytes.writeBigUInt64BE(BigInt(view));
    db.prepare(
      `INSERT INTO evidence (digest, member, kind, view, content, found_ms) VALUES (?, 2, 'double-vote', ?, ?, 1)`,
    ).run(digestBytes(lie.digest), viewBytes, lie.content);
    return lie;
  }

  test('is there as it was, and counts in its own epoch and view', () => {
    const db = databaseOf(CHAIN_SCHEMA.slice(0, STEP));
    const letters = [...'0123456789'];
    const lies = letters.map((letter) => oldRow(db, 7, 3n, letter));
    for (const step of CHAIN_SCHEMA.slice(STEP)) db.exec(step);
    const kept = table(db);
    assert.deepEqual(
      kept.list(ALL).map(({ digest }) => digest),
      lies.map(({ digest }) => digest),
    );
    const another = (view: number, epoch: bigint) => {
      const [one, other] = ['a', 'f'].map((letter) => said(2, spoke('prepare', view, letter)));
      assert.ok(one !== undefined && other !== undefined);
      return kept.put(proved(evidenceOf(one, other, toEpoch(epoch), HOTSTUFF_TABLE)));
    };
    assert.equal(another(7, 3n), 'full');
    assert.equal(another(7, 0n), 'stored');
    assert.equal(another(8, 3n), 'stored');
    assert.equal(kept.has(lies[0]?.digest ?? blockNamed('0')), true);
  });
});
