import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type Digest, toEpoch, toMemberIndex } from '#libs/chain/ids.ts';
import { connectClient, type FederationClient } from '#libs/client/client.ts';
import type { ClientEvidence, EvidenceFilter } from '#libs/client/evidence.ts';
import { verifyEvidence } from '#libs/client/verify-evidence.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { Submission } from '#libs/engine/ports/submission.ts';
import { RESERVED } from '#libs/engine/ports/submission.ts';
import { grpcClient } from '#libs/grpc/client.ts';
import { grpcServer } from '#libs/grpc/server.ts';
import { bindService } from '#libs/grpc/service.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { ConsensusServiceDefinition } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import { type Evidence, evidenceOf } from '#libs/protocol/evidence.ts';
import { signingBytes } from '#libs/protocol/hotstuff/signing-bytes.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { SigningScope, VoteStatement } from '#libs/protocol/vote/statement.ts';
import { encodeEvidence, evidenceDigest } from '#libs/protocols/evidence-codec.ts';
import { genesisDigest } from '#libs/settings/genesis.ts';
import { trustFrom } from '#services/cli/adapters/trust.ts';
import { CLIENT_LIMITS } from '#services/consensus/adapters/client/limits.ts';
import { clientApi } from '#services/consensus/adapters/client-api.ts';
import { CLIENT_STATUS } from '#services/consensus/adapters/grpc-status.ts';
import { readGenesis } from '#services/launcher/adapters/read-home.ts';
import { gaveUp, said, spoke } from '#test/support/chain/claims.ts';
import { anybody } from '#test/support/consensus/callers.ts';
import { memoryMember } from '#test/support/consensus/client-ports.ts';
import { runCommandLine as run } from '#test/support/programs/command-line.ts';
import { roundsLie } from '#test/support/protocol/rounds-votes.ts';

// Evidence from the client API over real gRPC to a file, and the file verified by a stranger with true signatures.

const folder = mkdtempSync(join(tmpdir(), 'btcfed-evidence-'));
const log = memoryLogger();
const member = memoryMember();
const api = clientApi(member.ports, { ...CLIENT_LIMITS, evidenceDefault: 2 });
const service = bindService(ConsensusServiceDefinition, api.handlers, { log, statusByCode: CLIENT_STATUS });
const server = grpcServer({ address: '127.0.0.1:0', services: [service], log });
let client: FederationClient;
let genesisFile: string;
let chain: Digest;
/** Signs as member 1 of the genesis. */
let sign: (statement: VoteStatement, change?: Partial<SigningScope>) => Promise<Uint8Array>;

const onMember = (...args: readonly string[]) => run(...args, '--address', server.boundAddress());

/** A genesis whose member 1 has a key that this test knows. */
async function makeGenesis(): Promise<void> {
  const scheme = schemeByName('slh-dsa-sha2-128f');
  assert.equal((await run('testnet', '--out', join(folder, 'federation'))).code, 0);
  genesisFile = join(folder, 'genesis.json');
  const genesis = JSON.parse(readFileSync(join(folder, 'federation/m0/genesis.json'), 'utf8'));
  const pair = await scheme.generate();
  genesis.members[1].consensus_public_key = Buffer.from(pair.publicKey).toString('hex');
  writeFileSync(genesisFile, JSON.stringify(genesis));
  const read = readGenesis(genesisFile);
  chain = genesisDigest(read);
  const scope: SigningScope = { chain, protocol: read.protocol, epoch: toEpoch(0n) };
  sign = (statement, change = {}) =>
    scheme.sign(pair.secretKey, signingBytes({ ...scope, ...change }, statement));
}

async function lie(one: VoteStatement, other: VoteStatement): Promise<Evidence> {
  const [first, second] = [said(1, one, await sign(one)), said(1, other, await sign(other))];
  return evidenceOf(first, second, toEpoch(0n), HOTSTUFF_TABLE) ?? assert.fail('no contradiction');
}

function keep(evidence: Evidence): Digest {
  const digest = evidenceDigest(evidence, chain);
  member.evidence.put({ evidence, digest, content: encodeEvidence(evidence, chain) });
  return digest;
}

async function listed(filter: EvidenceFilter = {}): Promise<readonly ClientEvidence[]> {
  const found: ClientEvidence[] = [];
  for await (const each of client.evidence(filter)) found.push(each);
  return found;
}

const digests: Digest[] = [];
let votes: Evidence;

before(async () => {
  await makeGenesis();
  votes = await lie(spoke('prepare', 3, 'a'), spoke('prepare', 3, 'b'));
  digests.push(keep(votes), keep(await lie(spoke('pre-commit', 5, 'a'), gaveUp(6, 2))));
  for (const view of [7, 8, 9]) {
    const other = evidenceOf(
      said(3, spoke('commit', view, 'a')),
      said(3, spoke('commit', view, 'b')),
      toEpoch(0n),
      HOTSTUFF_TABLE,
    );
    digests.push(keep(other ?? assert.fail('no contradiction')));
  }
  await api.start();
  await server.start();
  client = connectClient({ address: server.boundAddress() });
});
after(async () => {
  client.close();
  await api.stop();
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe('ListEvidence', () => {
  test('HS-35: answers both signed statements, by pages, in the order they came', async () => {
    const found = await listed();
    assert.deepEqual(
      found.map(({ digest }) => digest),
      digests,
    );
    assert.deepEqual(Uint8Array.from(found[0]?.content ?? []), encodeEvidence(votes, chain));
    assert.deepEqual(found[0]?.height, undefined);
  });

  test('answers of one member, and of one kind', async () => {
    assert.deepEqual(
      (await listed({ member: 3 })).map(({ digest }) => digest),
      digests.slice(2),
    );
    assert.deepEqual(
      (await listed({ kind: 'understated-timeout' })).map(({ digest }) => digest),
      [digests[1]],
    );
    assert.deepEqual(await listed({ member: 0 }), []);
  });

  test('refuses a page beyond its bound, a kind and a place that do not exist', async () => {
    const raw = grpcClient(ConsensusServiceDefinition, { address: server.boundAddress() });
    const ask = { after: 0n, limit: 0, member: undefined, kind: 0 } as const;
    for (const change of [{ limit: 65 }, { kind: 99 as 1 }, { after: 2n ** 63n }]) {
      await assert.rejects(
        raw.listEvidence({ ...ask, ...change }),
        (error: { detail: { errorCode: string } }) => {
          assert.equal(error.detail.errorCode, 'CONSENSUS_REQUEST_INVALID');
          return true;
        },
      );
    }
    raw.close();
  });

  test('is the only way to the chain: SubmitTransaction refuses what begins like evidence', async () => {
    const mempool = {
      ...member.ports.mempool,
      submit: (_: unknown, { answer }: Submission) => answer?.(RESERVED),
    };
    const { handlers } = clientApi({ ...member.ports, mempool }, CLIENT_LIMITS);
    const call = { signal: new AbortController().signal, caller: anybody };
    const submitted = handlers.submitTransaction({ transaction: encodeEvidence(votes, chain) }, call);
    await assert.rejects(submitted, { detail: { code: 'CONSENSUS_TRANSACTION_RESERVED' } });
  });
});

describe('btcfed evidence', () => {
  test('lists in words and in JSON', async () => {
    const { out } = await onMember('evidence', 'list', '--member', 'beta');
    assert.match(
      out,
      new RegExp(`^${digests[0]} +beta +double-vote +in no block yet\n +voted prepare for a{64}`),
    );
    const json = (await onMember('evidence', 'list', '--kind', 'double-vote', '--json')).out.split('\n');
    assert.deepEqual(
      json.map((line) => JSON.parse(line).digest),
      [digests[0], ...digests.slice(2)],
    );
  });

  test('says when there is none, and prints nothing for a program to trip over', async () => {
    const { code, out, notes } = await onMember('evidence', 'list', '--member', '0');
    assert.deepEqual({ code, out }, { code: 0, out: '' });
    assert.match(notes, /this member has no such evidence/);
  });

  test('refuses a member and a kind that do not exist', async () => {
    assert.match(
      (await onMember('evidence', 'list', '--member', 'nobody')).notes,
      /there is no member "nobody"/,
    );
    assert.equal((await onMember('evidence', 'list', '--kind', 'murder')).code, 64);
  });

  test('exports a file that a stranger verifies with the genesis alone', async () => {
    const out = join(folder, 'beta.evidence');
    const exported = await onMember('evidence', 'export', digests[0]?.slice(0, 8) ?? '', '--out', out);
    assert.equal(exported.code, 0, exported.notes);
    const { code, out: text } = await run('evidence', 'verify', out, '--genesis', genesisFile);
    assert.equal(code, 0);
    assert.match(text, /m1 +double-vote, verified\n/);
    const json = JSON.parse((await run('evidence', 'verify', out, '--genesis', genesisFile, '--json')).out);
    assert.deepEqual([json.verified, json.member, json.kind], [true, 1, 'double-vote']);
  });

  test('exports nothing that is not there, and never writes over a file', async () => {
    const out = join(folder, 'nothing.evidence');
    assert.equal((await onMember('evidence', 'export', '000000', '--out', out)).code, 2);
    assert.equal(existsSync(out), false);
    writeFileSync(out, 'precious');
    assert.equal((await onMember('evidence', 'export', digests[0] ?? '', '--out', out)).code, 64);
    assert.equal(readFileSync(out, 'utf8'), 'precious');
  });
});

describe('btcfed evidence, of a protocol that this version does not have,', () => {
  test('lists and exports the rest, and says what is left out', async () => {
    const digest = keep(roundsLie({ member: 2 }));
    const all = await onMember('evidence', 'list', '--json');
    assert.deepEqual(
      all.out.split('\n').map((line) => JSON.parse(line).digest),
      digests,
    );
    assert.match(all.notes, new RegExp(`${digest}: left out, of protocol "rounds"`));
    const none = await onMember('evidence', 'list', '--member', '2');
    assert.deepEqual([none.code, none.out], [0, '']);
    assert.doesNotMatch(none.notes, /nobody was proved/);
    const out = join(folder, 'beside.evidence');
    const exported = await onMember('evidence', 'export', digests[1] ?? '', '--out', out);
    assert.equal(exported.code, 0, exported.notes);
    assert.match(exported.notes, /left out/);
  });
});

describe('btcfed evidence verify refuses, with exit code 1,', () => {
  async function refusal(content: Uint8Array, genesis = genesisFile): Promise<string> {
    const file = join(folder, 'forged.evidence');
    writeFileSync(file, content);
    const { code, out, notes } = await run('evidence', 'verify', file, '--genesis', genesis);
    assert.deepEqual([code, out], [1, '']);
    const verdict = await verifyEvidence(content, trustFrom(genesis));
    assert.equal(verdict.ok, false);
    return notes;
  }

  test('BYZ-27: a forged signature', async () => {
    const signature = Uint8Array.from(votes.second.signature);
    signature[100] = (signature[100] ?? 0) ^ 1;
    const forged = { ...votes, second: { ...votes.second, signature } };
    assert.match(
      await refusal(encodeEvidence(forged, chain)),
      /the signature under the prepare does not hold/,
    );
  });

  test('BYZ-27: the statements of a liar under the name of another member', async () => {
    const member = toMemberIndex(2);
    const wronged = { ...votes, first: { ...votes.first, member }, second: { ...votes.second, member } };
    assert.match(await refusal(encodeEvidence(wronged, chain)), /does not hold/);
  });

  test('BYZ-27: a statement that was signed for another chain or protocol', async () => {
    for (const change of [
      { protocol: 'other' },
      { chain: 'f'.repeat(64) as Digest },
      { epoch: toEpoch(1n) },
    ]) {
      const { statement, member } = votes.second;
      const second = { member, statement, signature: await sign(statement, change) };
      assert.match(await refusal(encodeEvidence({ ...votes, second }, chain)), /does not hold/);
    }
  });

  test('two true statements that do not contradict', async () => {
    const statement = spoke('prepare', 4, 'b');
    const second = said(1, statement, await sign(statement));
    assert.match(await refusal(encodeEvidence({ ...votes, second }, chain)), /do not contradict/);
  });

  test('evidence of another federation', async () => {
    const other = join(folder, 'federation/m0/genesis.json');
    assert.match(await refusal(encodeEvidence(votes, chain), other), /of another chain/);
  });

  test('what is no evidence, and what is not there', async () => {
    assert.match(await refusal(Buffer.from('{}')), /not evidence/);
    assert.match(await refusal(encodeEvidence(votes, chain).subarray(1)), /not evidence/);
    const { code, notes } = await run('evidence', 'verify', '/does/not/exist', '--genesis', genesisFile);
    assert.equal(code, 64);
    assert.match(notes, /Expected a file: there is no such file/);
  });
});
