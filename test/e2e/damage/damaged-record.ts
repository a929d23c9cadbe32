import assert from 'node:assert/strict';
import { closeSync, cpSync, openSync, readSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { FederationClient } from '#libs/client/client.ts';
import { ReplicaMode } from '#libs/proto/btcfed/consensus/v1/consensus_service.ts';
import type { LocalMembers } from '#test/support/federation/local-members.ts';

/** Generous: the machine may be busy with other tests. */
const FINAL_MS = 300_000;
const LATE = 3;

async function makeFinal(client: FederationClient, text: string): Promise<void> {
  const { hash } = await client.submit(Buffer.from(text));
  await client.wait(hash, { deadlineMs: FINAL_MS });
}

/** A member starts on a chain.db that is set back, lost, robbed of its record, damaged, and in the end no database at all. */
export async function damageRecord(federation: LocalMembers): Promise<void> {
  const { client, facts } = federation.members[LATE]!;
  const [{ client: other }] = federation.members as [(typeof federation.members)[number]];
  const folder = facts.paths.consensusFolder;
  const copy = `${folder}-copy`;
  const restartWith = async (change: () => void): Promise<string> => {
    await federation.stop(LATE, 'consensus');
    change();
    await federation.restart(LATE, 'consensus');
    const { haltReason } = await client.status();
    return haltReason;
  };

  await makeFinal(other, 'before the copy');
  assert.equal(await restartWith(() => cpSync(folder, copy, { recursive: true })), '');
  // Without one of the others the vote of this member is needed: it signs beyond what the copy knows.
  federation.kill(1, 'consensus');
  for (const text of ['beyond the copy', 'and further']) await makeFinal(other, text);
  await federation.restart(1, 'consensus');

  const whole = `${folder}-whole`;
  const putBack = (from: string) => {
    rmSync(folder, { recursive: true });
    cpSync(from, folder, { recursive: true });
  };
  const setBack = await restartWith(() => {
    cpSync(folder, whole, { recursive: true });
    putBack(copy);
  });
  assert.match(setBack, /the signer signed in view \d+, but the safety record .* is new, or an old copy/);

  const lost = await restartWith(() => rmSync(folder, { recursive: true }));
  assert.match(lost, /the signer signed in view \d+, but the safety record .* ends at view 0/);
  assert.equal((await client.status()).mode, ReplicaMode.HALTED);

  const robbed = await restartWith(() => {
    putBack(whole);
    const db = new DatabaseSync(join(folder, 'chain.db'));
    db.exec('DELETE FROM safety_record');
    db.close();
  });
  assert.match(robbed, /the safety record of this member is missing although its chain was in use/);

  const flipped = await restartWith(() => {
    putBack(whole);
    const db = new DatabaseSync(join(folder, 'chain.db'));
    db.exec(`UPDATE safety_record SET content = replace(content, '"view"', '"veiw"')`);
    db.close();
  });
  assert.match(flipped, /the safety record in .* is damaged/);

  await makeFinal(other, 'the others go on');
  assert.equal(await restartWith(() => putBack(whole)), '', 'with its own files it takes part again');
  federation.kill(1, 'consensus');
  await makeFinal(other, 'needs the vote of the member that was repaired');

  await federation.stop(LATE, 'consensus');
  overwrite(join(folder, 'chain.db'));
  await assert.rejects(federation.restart(LATE, 'consensus'), 'a file that is no database is not started on');
}

/** Overwrites the second page: an inner part of the file. */
function overwrite(path: string): void {
  assert.ok(statSync(path).size > 8_192);
  const file = openSync(path, 'r+');
  const page = Buffer.alloc(4_096);
  readSync(file, page, 0, page.length, 4_096);
  writeSync(
    file,
    page.map((byte) => byte ^ 0xff),
    0,
    page.length,
    4_096,
  );
  closeSync(file);
}
