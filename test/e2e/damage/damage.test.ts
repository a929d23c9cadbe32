import { after, before, describe, test } from 'node:test';
import { LocalMembers } from '#test/support/federation/local-members.ts';
import { damageFiles } from './damaged-files.ts';
import { damageHistory } from './damaged-history.ts';
import { damageRecord } from './damaged-record.ts';

describe('a federation one of whose members has damaged files', () => {
  let federation: LocalMembers;
  before(async () => {
    federation = await LocalMembers.start({ members: 4 });
  });
  after(() => federation?.[Symbol.asyncDispose]());

  test('F-06: a byte flipped under an old certificate halts nobody, is DATA_LOSS for who asks, and the block is fetched again', () =>
    damageHistory(federation));

  test('A.31 A.32 a member whose log is torn goes on; on files that are in use, set back or of another it signs nothing', () =>
    damageFiles(federation));

  // The last: it leaves the member without a database.
  test('A.26 A.31 A.32 a running member whose chain.db is set back, lost, damaged or robbed of its record does not vote, and says why', () =>
    damageRecord(federation));
});
