import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toMemberIndex, toView } from '#libs/chain/ids.ts';
import { Custodian } from '#libs/custody/custodian.ts';
import { virginState } from '#libs/custody/custody-state.ts';
import { mergeHistory } from '#libs/custody/history.ts';
import { withMode, withNewSession } from '#libs/custody/session.ts';
import { blockStatement, timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import { roundRobin } from '#libs/protocol/leader/round-robin.ts';
import { validatorSet } from '#libs/protocol/validator-set.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import { CustodyError } from '../words/errors.ts';
import { signedHistory } from './history-file.ts';

const FILE = new URL('../../../test/vectors/signing-history/steps.json', import.meta.url);

interface Fact {
  readonly kind: string;
  readonly view: string;
  readonly height: string;
  readonly digest: string;
}
interface Asked extends Fact {
  readonly high_view: string;
  readonly high_digest: string;
}
interface Step {
  readonly import?: object;
  readonly sign?: Asked;
  readonly shown?: readonly Fact[];
  readonly expect?: string;
  readonly raised?: readonly string[];
  readonly conflicts?: readonly string[];
  readonly retire?: true;
  readonly state?: object;
}

const { chain_digest, protocol, public_key, audit_key, members, root, vectors } = JSON.parse(
  readFileSync(FILE, 'utf8'),
) as {
  readonly chain_digest: string;
  readonly protocol: string;
  readonly public_key: string;
  readonly audit_key: string;
  readonly members: readonly { readonly name: string; readonly public_key: string }[];
  readonly root: Omit<Fact, 'kind'>;
  readonly vectors: readonly { readonly name: string; readonly steps: readonly Step[] }[];
};
const CHAIN = toDigest(chain_digest);

function virgin(): Custodian {
  const facts = members.map(({ name, public_key: key }) => ({
    ...{ name, weight: 1n },
    publicKey: new Uint8Array(Buffer.from(key, 'hex')),
  }));
  const set = validatorSet(toEpoch(0n), facts);
  const view = toView(BigInt(root.view));
  const block = { view, height: toHeight(BigInt(root.height)), digest: toDigest(root.digest) };
  const context = { table: HOTSTUFF_TABLE, set, me: toMemberIndex(0), root: block, leader: roundRobin(set) };
  return new Custodian(context, virginState({ chain: CHAIN, protocol, epoch: toEpoch(0n) }));
}

/** The result of an import, as importHistory does it around a folder. */
function taken(custodian: Custodian, document: object): Pick<Step, 'expect' | 'raised' | 'conflicts'> {
  try {
    const { document: read, auditKey } = signedHistory('vector', JSON.stringify(document));
    if (toHex(auditKey) !== audit_key) return { expect: 'untrusted' };
    if (toHex(read.publicKey) !== public_key) return { expect: 'foreign' };
    const merged = mergeHistory(custodian.state, read.history);
    if (merged.kind === 'foreign') return { expect: 'foreign' };
    if (merged.kind === 'conflict') {
      return { expect: 'conflict', conflicts: merged.conflicts.map(({ where }) => where).sort() };
    }
    custodian.replace(merged.state);
    return { expect: 'merged', raised: [...merged.raised].sort() };
  } catch (error) {
    if (error instanceof CustodyError && error.detail.code === 'CUSTODY_HISTORY_INVALID')
      return { expect: 'invalid' };
    throw error;
  }
}

function statementOf({ kind, view, height, digest, ...high }: Asked): VoteStatement {
  const at = toView(BigInt(view));
  if (kind === 'timeout') {
    const { high_view, high_digest } = high;
    return timeoutStatement(at, { view: toView(BigInt(high_view)), digest: toDigest(high_digest) });
  }
  const block = { height: toHeight(BigInt(height)), digest: toDigest(digest) };
  return blockStatement(kind as 'commit', at, block);
}

function asked(custodian: Custodian, { sign, shown = [] }: Step): string {
  assert.ok(sign !== undefined);
  for (const { kind, view, height, digest } of shown) {
    custodian.facts.certified({
      ...{ kind, instance: 0n, view: toView(BigInt(view)), height: BigInt(height), digest: toDigest(digest) },
    });
  }
  const { chain, epoch, session } = custodian.state;
  const statement = statementOf(sign);
  const decision = custodian.decide({
    chain,
    epoch,
    session,
    statement,
    header: undefined,
    justifyView: undefined,
  });
  if (decision.kind === 'sign') custodian.commit(decision);
  return decision.kind === 'refuse' ? decision.reason : decision.kind;
}

function stateOf({ state: { mode, marks, lock, high, proven, session } }: Custodian): object {
  const mark = marks.get(0n);
  return {
    mode,
    mark_view: mark?.view.toString() ?? null,
    mark_step: mark?.step ?? null,
    lock_view: lock?.view.toString() ?? null,
    high_view: high.get(0n)?.view.toString() ?? null,
    proven: proven.toString(),
    session: session.toString(),
  };
}

function take(custodian: Custodian, step: Step): void {
  if (step.import !== undefined) {
    const { expect, raised, conflicts } = taken(custodian, step.import);
    assert.equal(expect, step.expect);
    if (step.raised !== undefined) assert.deepEqual(raised, step.raised);
    if (step.conflicts !== undefined) assert.deepEqual(conflicts, step.conflicts);
  } else if (step.sign !== undefined) {
    assert.equal(asked(custodian, step), step.expect);
  } else if (step.retire === true) {
    custodian.replace(withMode(withNewSession(custodian.state), 'retired'));
  } else {
    assert.ok(step.state !== undefined, 'a step of no kind');
    assert.deepEqual(stateOf(custodian), step.state);
  }
}

describe('the published steps of signing histories (test/vectors/signing-history)', () => {
  for (const { name, steps } of vectors) {
    test(name, () => {
      const custodian = virgin();
      for (const step of steps) take(custodian, step);
    });
  }
});
