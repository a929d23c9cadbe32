import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RemoteError } from '#libs/grpc/client.ts';
import { silenceText, withMember } from './member-client.ts';

const REFUSED = new Error('GetStatus failed with UNAVAILABLE: connect ECONNREFUSED');
const NO_NAME = new Error(
  'GetStatus failed with UNAVAILABLE: Name resolution failed for target dns:m.example:1',
);

describe('when nobody answers, it says what to do', () => {
  test('to somebody who may have started nothing yet', () => {
    assert.match(
      silenceText({ address: 'm.example:1' }, REFUSED),
      /^no member answers .*start one with "npm start"/,
    );
  });
  test('to an operator, of this very home', () => {
    const text = silenceText({ address: 'm.example:1', home: '/srv/m' }, REFUSED);
    assert.match(text, /start it with "btcfed node --home \/srv\/m"/);
  });
  test('to who mistyped the name of the host', () => {
    assert.match(
      silenceText({ address: 'm.example:1' }, NO_NAME),
      /^the name in m\.example:1 cannot be looked up/,
    );
  });
});

describe('a refusal that reads like silence', () => {
  const calling = (errorCode?: string) => {
    const refusal = new RemoteError('GetBlock failed with UNAVAILABLE: heights 1 to 9 are not here yet', {
      ...{ code: 'REMOTE_CALL_FAILED', method: 'GetBlock', status: 'UNAVAILABLE' },
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    return withMember({ address: '127.0.0.1:1' }, () => Promise.reject(refusal));
  };

  test('is an answer when it has a code', async () => {
    await assert.rejects(calling('CONSENSUS_HISTORY_MISSING'), { name: 'RemoteError' });
  });
  test('is silence when it has none', async () => {
    await assert.rejects(calling(), { name: 'CliError', detail: { code: 'CLI_UNREACHABLE' } });
  });
});
