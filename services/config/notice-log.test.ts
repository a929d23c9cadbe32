import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryLogger } from '#libs/log/memory-logger.ts';
import { NoticeLog } from './notice-log.ts';

const doubtful = (warning: string) => ({
  message: 'configuration warning',
  fields: { file: 'conf.yaml', warning },
});

test('a notice is logged when it comes up, not while it stays, and again when it comes back', () => {
  const log = memoryLogger();
  const notices = new NoticeLog(log);
  const [one, two] = [doubtful('one'), doubtful('two')];
  notices.tell([one]);
  notices.tell([one, two]);
  notices.tell([two]);
  notices.tell([one, two]);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields['warning']),
    ['one', 'two', 'one'],
  );
});
