import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { toEpoch, toView } from '#libs/chain/ids.ts';
import { schemeByName } from '#libs/crypto/scheme.ts';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import type { HandoverProof } from '#libs/proto/btcfed/signer/v1/signer_service.ts';
import type { Grounds } from '#libs/protocol/grounds.ts';
import { timeoutStatement } from '#libs/protocol/hotstuff/statements.ts';
import { HOTSTUFF_TABLE } from '#libs/protocol/hotstuff/vote-table.ts';
import type { VoteStatement } from '#libs/protocol/vote/statement.ts';
import type { VoteTable } from '#libs/protocol/vote/vote-table.ts';
import type { SignatureAnswer } from '#libs/replica/ports.ts';
import { SignerClient } from '#services/consensus/adapters/signer-client.ts';
import { NULL_TABLE } from '#test/support/null-protocol/vote-table.ts';
import { killed } from '#test/support/programs/processes.ts';
import { COMPILE_CACHE } from '#test/support/runner/compile-cache.ts';
import { blockAt, heightBefore, switchProof, voteFor } from '#test/support/signer/epoch-switch.ts';
import {
  clientTls,
  type SignerHome,
  signerHome,
  TEST_CHAIN,
  writeClientCertificate,
} from '#test/support/signer/signer-home.ts';
import { within } from '#test/support/within.ts';

const SCHEME = 'slh-dsa-sha2-128f';
const START_MS_MAX = 300_000;

const mainOf = (half: string) =>
  fileURLToPath(new URL(`../support/null-protocol/signer-${half}.ts`, import.meta.url));

/** Core and edge of the signer of a home, each a process of its own that has the null protocol. */
class SplitSigner {
  readonly #home: SignerHome;
  readonly #certificate: string;
  core: ChildProcess | undefined;
  edge: ChildProcess | undefined;
  address = '127.0.0.1:0';

  constructor(home: SignerHome, certificate: string) {
    this.#home = home;
    this.#certificate = certificate;
  }

  async start(): Promise<void> {
    const { config, root } = this.#home;
    const socket = join(root, 'core.sock');
    ({ child: this.core } = await started('core', {
      SIGNER_CORE_SOCKET: socket,
      SIGNER_CORE_FOLDER: config.SIGNER_FOLDER,
      SIGNER_CORE_PROTOCOL: config.SIGNER_PROTOCOL,
    }));
    ({ child: this.edge, address: this.address } = await started('edge', {
      SIGNER_EDGE_LISTEN: this.address,
      SIGNER_EDGE_CORE: socket,
      SIGNER_EDGE_TLS_CA: config.SIGNER_TLS_CA,
      SIGNER_EDGE_TLS_CERT: config.SIGNER_TLS_CERT,
      SIGNER_EDGE_TLS_KEY: config.SIGNER_TLS_KEY,
      SIGNER_EDGE_PROTOCOL: config.SIGNER_PROTOCOL,
      SIGNER_EDGE_CLIENT_CERTS: this.#certificate,
    }));
  }

  /** `kill -9` of both. */
  async kill(): Promise<void> {
    for (const child of [this.edge, this.core]) if (child !== undefined) await killed(child);
  }
}

async function started(half: string, settings: Record<string, string>) {
  const child = spawn(process.execPath, [mainOf(half)], {
    env: { ...COMPILE_CACHE, ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let address = '';
  const serves = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const { message, address: at } = JSON.parse(line);
      address = at ?? address;
      if (message === 'service started') resolve();
    });
    child.once('exit', (code) => reject(new Error(`the ${half} ended with code ${code}`)));
  });
  await within(`the start of the ${half}`, serves, START_MS_MAX);
  return { child, address };
}

/** The signer client of consensus, as a member has it, and the signer that it asks. */
async function world(protocol: string) {
  const home = await signerHome(SCHEME, undefined, protocol);
  const tls = clientTls(home);
  const signer = new SplitSigner(home, await writeClientCertificate(home, tls));
  await signer.start();
  const handovers = new Map<bigint, HandoverProof>();
  const client = new SignerClient({
    ...{ address: signer.address, tls, chain: TEST_CHAIN, log: memoryLogger() },
    traceIdOf: () => '',
    handoverOf: (epoch) => handovers.get(epoch),
    onLost: (reason) => assert.fail(reason),
  });
  await client.openSession();
  return {
    ...{ home, signer, client, handovers },
    /** Asks as the replica does. */
    sign(epoch: bigint, statement: VoteStatement, grounds: Grounds = {}): Promise<SignatureAnswer> {
      const answer = new Promise<SignatureAnswer>((resolve) => {
        client.sign({ statement, grounds, epoch: toEpoch(epoch) }, resolve);
      });
      return within(`the answer to a ${statement.kind}`, answer, START_MS_MAX);
    },
    /** `kill -9` of the signer, and another start: the session that it gave goes on. */
    async restart(): Promise<void> {
      await signer.kill();
      await signer.start();
    },
    async [Symbol.asyncDispose]() {
      client.stop();
      await signer.kill();
      await home[Symbol.asyncDispose]();
    },
  };
}

const block = (height: bigint, epoch: bigint, letter = '') =>
  blockAt(NULL_TABLE, { height, epoch: toEpoch(epoch), content: Buffer.from(`${letter}${height}`) });

function signatureOf(answer: SignatureAnswer): Buffer {
  assert.ok(answer.kind === 'signed', JSON.stringify(answer));
  return Buffer.from(answer.signature);
}

const reasonOf = (answer: SignatureAnswer) => (answer.kind === 'refused' ? answer.reason : 'signed');

async function assertSigned(
  { publicKey }: SignerHome,
  table: VoteTable,
  { epoch, statement, answer }: { epoch: bigint; statement: VoteStatement; answer: SignatureAnswer },
): Promise<void> {
  const scope = { chain: TEST_CHAIN, protocol: table.protocol, epoch: toEpoch(epoch) };
  const bytes = table.bytes(scope, statement);
  assert.ok(await schemeByName(SCHEME).verify(publicKey, bytes, signatureOf(answer)), statement.kind);
}

describe('a protocol that no version has votes through the processes of the signer, by mutual TLS', () => {
  test('founded by it: it signs, refuses a second slot, and both after kill -9', async () => {
    await using member = await world('null');
    const { home, client } = member;
    assert.equal((await client.describe()).protocol, 'null');
    const [proposal, vote] = ['proposal', 'vote'].map((kind) => voteFor(NULL_TABLE, kind, block(1n, 0n)));
    assert.ok(proposal !== undefined && vote !== undefined);
    const proposed = await member.sign(0n, proposal, { header: block(1n, 0n).header });
    await assertSigned(home, NULL_TABLE, { epoch: 0n, statement: proposal, answer: proposed });
    const second = voteFor(NULL_TABLE, 'proposal', block(1n, 0n, 'other '));
    assert.match(reasonOf(await member.sign(0n, second)), /another statement was already signed there/);
    const unproposed = voteFor(NULL_TABLE, 'vote', block(1n, 0n, 'other '));
    assert.match(reasonOf(await member.sign(0n, unproposed)), /signature of the proposal was not verified/);
    await member.restart();
    assert.deepEqual(signatureOf(await member.sign(0n, proposal)), signatureOf(proposed));
    assert.match(reasonOf(await member.sign(0n, second)), /another statement was already signed there/);
    const voted = await member.sign(0n, vote);
    await assertSigned(home, NULL_TABLE, { epoch: 0n, statement: vote, answer: voted });
    // The next height is open once the certificate that decides this one was shown, as the proof that it was reached.
    const next = voteFor(NULL_TABLE, 'proposal', block(2n, 0n));
    assert.match(reasonOf(await member.sign(0n, next)), /too far above the proved ones/);
    const commit = await home.others.certified(NULL_TABLE, vote, toEpoch(0n));
    const entry = { commit, timeoutCertificate: undefined };
    const opened = await member.sign(0n, next, { entry });
    await assertSigned(home, NULL_TABLE, { epoch: 0n, statement: next, answer: opened });
  });

  test('from HotStuff to it and back, by the handovers that consensus leads the signer through', async () => {
    await using member = await world('hotstuff');
    const { home, client, handovers } = member;
    const roster = home.others.roster(home.publicKey);
    const first = timeoutStatement(toView(1n), {
      view: toView(0n),
      digest: home.others.firstEpoch(home.publicKey).root.digest,
    });
    const left = await member.sign(0n, first);
    await assertSigned(home, HOTSTUFF_TABLE, { epoch: 0n, statement: first, answer: left });
    handovers.set(
      0n,
      await switchProof(home.others, { from: HOTSTUFF_TABLE, epoch: 1n, to: 'null', roster }),
    );
    // Asked for in the next epoch, the signer says that it is in another, and consensus leads it there.
    const proposal = voteFor(NULL_TABLE, 'proposal', block(heightBefore(1n) + 1n, 1n));
    const proposed = await member.sign(1n, proposal);
    await assertSigned(home, NULL_TABLE, { epoch: 1n, statement: proposal, answer: proposed });
    assert.match(reasonOf(await member.sign(0n, first)), /this key signs in another epoch/);
    await member.restart();
    assert.equal((await client.describe()).protocol, 'null');
    assert.deepEqual(signatureOf(await member.sign(1n, proposal)), signatureOf(proposed));
    const back = await switchProof(home.others, { from: NULL_TABLE, epoch: 2n, to: 'hotstuff', roster });
    handovers.set(1n, back);
    const { digest } = blockAt(NULL_TABLE, {
      ...{ height: heightBefore(2n), epoch: toEpoch(1n) },
      content: back.handover,
    });
    const last = timeoutStatement(toView(1n), { view: toView(0n), digest });
    const answer = await member.sign(2n, last);
    await assertSigned(home, HOTSTUFF_TABLE, { epoch: 2n, statement: last, answer });
    assert.match(
      reasonOf(await member.sign(2n, proposal)),
      /the protocol of this epoch has no such statement/,
    );
    await member.restart();
    assert.deepEqual(signatureOf(await member.sign(2n, last)), signatureOf(answer));
  });
});
