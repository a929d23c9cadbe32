import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silenceText } from './member-client.ts';

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
