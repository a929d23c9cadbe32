import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { appendFileSync, cpSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { transactionOf } from '#libs/chain/transaction.ts';
import type { FederationClient } from '#libs/client/client.ts';
import { serviceEnvironment } from '#services/launcher/core/service-environment.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import { until } from '#test/support/within.ts';
import { flipBit } from './flipped-bit.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
/** Far above what a complaint takes once its cause was told. */
const COMPLAINT_MS = 30_000;
const STARTS_MAX = 5;
const LATE = 3;
/** A transaction of the first block. */
const LOST = 'a transaction whose block is damaged afterwards';
const MAIN = new URL('../../../services/consensus/main.ts', import.meta.url).pathname;

/** Halfway through the last page of the log: 24 bytes of header and 4096 of content (SQLite file format, 4.1). */
const HALF_A_FRAME = 2_060;

/** @returns the height of its block. */
async function makeFinal(client: FederationClient, text: string): Promise<bigint> {
  const { hash } = await client.submit(Buffer.from(text));
  const { height } = await client.wait(hash, { deadlineMs: FINAL_MS });
  return height;
}

/** Consensus of a member, started by hand from the environment that its node gives it: its exit and its output. */
async function startedByHand(federation: LocalMembers, member: number) {
  const { facts } = federation.members[member]!;
  const env = serviceEnvironment('consensus', facts);
  return await promisify(execFile)(process.execPath, [MAIN], { env, timeout: FINAL_MS }).then(
    () => assert.fail('it ran'),
    ({ code, stderr }: { code: unknown; stderr: string }) => ({ code, stderr }),
  );
}

/** A member starts on files that are torn, in use, set back, of another or damaged. Leaves the federation whole. */
export async function damageFiles(federation: LocalMembers): Promise<void> {
  const [first, , neighbour, late] = federation.members;
  assert.ok(first !== undefined && neighbour !== undefined && late !== undefined);
  const { signerFolder, consensusFolder } = late.facts.paths;
  const copies = join(federation.folder, 'copies');
  const keep = (name: string) => {
    rmSync(join(copies, name), { recursive: true, force: true });
    for (const folder of [signerFolder, consensusFolder])
      cpSync(folder, join(copies, name, basename(folder)), { recursive: true });
  };
  const putBack = (name: string) => {
    for (const folder of [signerFolder, consensusFolder]) {
      rmSync(folder, { recursive: true });
      cpSync(join(copies, name, basename(folder)), folder, { recursive: true });
    }
  };
  const haltReason = async () => (await late.client.status()).haltReason;
  const startsAfter = async (change: () => void): Promise<void> => {
    await federation.powerCut([LATE]);
    change();
    await federation.startAll([LATE]);
  };
  /**
   * Another member complains of the audit log of the late one, which says where that ends when it starts: on a busy
   * machine the alarm may be faster, and the next start says it.
   */
  const complained = async (): Promise<void> => {
    const isHeard = async () => {
      const { auditHeads } = await first.client.status();
      return auditHeads.some(
        ({ member, complaint }) => member === 'm3' && complaint.includes('its audit log'),
      );
    };
    for (let starts = 1; starts < STARTS_MAX; starts++) {
      const heard = until('the complaint of another member', isHeard, COMPLAINT_MS);
      if (
        await heard.then(
          () => true,
          () => false,
        )
      )
        return;
      await startsAfter(() => {});
    }
    await until('the complaint of another member', isHeard, FINAL_MS);
  };
  /** Three of four decide: without m1 the vote of the late member is needed. */
  const needingLate = async (text: string) => {
    federation.kill(1, 'consensus');
    await makeFinal(first.client, text);
    await federation.restart(1, 'consensus');
  };
  const height = await makeFinal(first.client, LOST);

  const second = await startedByHand(federation, LATE);
  assert.equal(second.code, 1);
  assert.match(
    second.stderr,
    /chain\.db is in use by another process: one process may hold it, stop the other/,
  );

  // The remains of an unsynced write after a power cut are dropped, and everything before it counts.
  const wal = join(consensusFolder, 'chain.db-wal');
  await startsAfter(() => {
    assert.ok(statSync(wal).size > HALF_A_FRAME, 'kill -9 leaves a log');
    appendFileSync(wal, readFileSync(wal).subarray(-HALF_A_FRAME));
  });
  assert.equal(await haltReason(), '');

  // Consensus and signer that are set back together agree with each other; only certificates show the forgotten
  // votes. m1 stays away, so that the newest certificate has the signature of the late member: a decision of three
  // others would show nothing.
  await startsAfter(() => keep('before'));
  federation.kill(1, 'consensus');
  for (const text of ['one', 'two']) await makeFinal(first.client, `${text}, with files of its own`);
  await startsAfter(() => {
    keep('whole');
    putBack('before');
  });
  await until(
    'the alarm',
    async () => /the key of this member|key is quarantined/.test(await haltReason()),
    FINAL_MS,
  );
  await complained();
  await federation.restart(1, 'consensus');

  await startsAfter(() => putBack('whole'));
  assert.equal(await haltReason(), '', 'with its own files it takes part again');
  await needingLate('three, with files of its own');

  await federation.powerCut([LATE]);
  await federation.stop(2, 'consensus');
  keep('whole');
  rmSync(consensusFolder, { recursive: true });
  cpSync(neighbour.facts.paths.consensusFolder, consensusFolder, { recursive: true });
  await federation.restart(2, 'consensus');
  const copied = await startedByHand(federation, LATE);
  assert.equal(copied.code, 1);
  assert.match(copied.stderr, /chain\.db is of the member m2, not of m3: it does not know what m3 voted for/);

  // A bit of a block that is read again only when somebody asks for it.
  await startsAfter(() => putBack('whole'));
  await federation.stop(LATE, 'consensus');
  flipBit(join(consensusFolder, 'chain.db'), 'block', height);
  await federation.restart(LATE, 'consensus');
  assert.equal(await haltReason(), '');
  const lost = transactionOf(Buffer.from(LOST)).hash;
  await assert.rejects(late.client.get(lost), /DATA_LOSS/);
  assert.equal(await haltReason(), '', 'it stands on its record, its tip and its undecided blocks alone');
  await until(
    'the block, fetched again',
    () =>
      late.client.get(lost).then(
        ({ state }) => state === 'final',
        () => false,
      ),
    FINAL_MS,
  );
  await needingLate('it votes on with its own files');
}
