import { toHex } from '#libs/bytes/hex.ts';
import { toDigest, toEpoch, toHeight, toView } from '#libs/chain/ids.ts';
import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { kindRowOf, type VoteTable } from '#libs/protocol/vote/vote-table.ts';
import { staticCourse } from '../words/course.ts';
import type { JudgedProtocol } from '../words/judged-protocol.ts';
import { statementOfKind, statementsOf } from './sample-statements.ts';

const CHAIN = toDigest('ab'.repeat(32));
const OTHER_CHAIN = toDigest('cd'.repeat(32));

/** C2: the bytes are those that somebody else computed, and statements that differ in anything differ in their bytes. */
export const BYTES_APART = staticCourse('bytes', 'C2', (candidate) => [
  ...vectorFaults(candidate),
  ...collisions(candidate),
]);

function vectorFaults({ table, vectors }: JudgedProtocol): readonly string[] {
  const missing = Object.keys(table.kinds)
    .filter((kind) => vectors.every(({ statement }) => statement.kind !== kind))
    .map((kind) => `there is no vector of a ${kind}`);
  const wrong = vectors
    .filter(({ scope, statement, bytes }) => toHex(table.bytes(scope, statement)) !== bytes)
    .map(
      ({ statement: { kind, view } }) => `the bytes of a ${kind} of view ${view} are not those of the vector`,
    );
  return [...missing, ...wrong];
}

/** Statements by the name of what is different in them, over all protocols, two chains and two epochs. */
function collisions({ table, others }: JudgedProtocol): readonly string[] {
  const tables = [table, ...others.map(({ subject }) => subject.module.votes)];
  const seen = new Map<string, string>();
  const faults: string[] = [];
  for (const each of tables) {
    for (const [name, bytes] of namedBytes(each)) {
      const before = seen.get(bytes);
      if (before === undefined) seen.set(bytes, name);
      else faults.push(`${before} and ${name} have the same bytes`);
    }
  }
  return faults;
}

function* namedBytes(table: VoteTable): Iterable<readonly [string, string]> {
  const scope: SigningScope = { chain: CHAIN, protocol: table.protocol, epoch: toEpoch(2n) };
  const scopes = {
    '': scope,
    ' of another chain': { ...scope, chain: OTHER_CHAIN },
    ' of another epoch': { ...scope, epoch: toEpoch(3n) },
    ' of another protocol': { ...scope, protocol: `${table.protocol}-` },
  };
  for (const statement of statementsOf(table)) {
    const told = `a ${statement.kind} of ${table.protocol}`;
    for (const [how, each] of Object.entries(scopes)) yield [told + how, toHex(table.bytes(each, statement))];
    for (const [how, each] of variants(table, statement))
      yield [`${told} ${how}`, toHex(table.bytes(scope, each))];
  }
}

/** The same kind of statement with another value in each of its fields. */
function* variants(table: VoteTable, statement: VoteStatement): Iterable<readonly [string, VoteStatement]> {
  const { kind, instance, view, block, reports } = statement;
  yield ['of another view', { ...statement, view: toView(view + 1n) }];
  yield ['of another digest', statementOfKind(table, kind, 1)];
  if (table.instances !== 'one') yield ['of another instance', { ...statement, instance: instance + 1n }];
  if (block !== undefined)
    yield ['of another height', { ...statement, block: { ...block, height: toHeight(block.height + 1n) } }];
  const [report] = reports;
  if (report !== undefined && kindRowOf(table, kind)?.leaves !== undefined)
    yield ['with another report', { ...statement, reports: [{ ...report, view: toView(report.view + 1n) }] }];
}
