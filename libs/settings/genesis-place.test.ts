import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseGenesis } from './parse-genesis.ts';
import { SettingsError } from './settings-error.ts';

const FOUNDING = {
  version: 1,
  chain_id: 'x',
  protocol: 'hotstuff',
  scheme: 'slh-dsa-sha2-128f',
  genesis_time_ms: 1,
  parameters: {
    view_timeout_ms: 1000,
    view_timeout_ms_max: 60_000,
    block_bytes_max: 100_000,
    block_transactions_max: 10,
    transaction_bytes_max: 1000,
  },
  members: ['alice', 'bob', 'carol', 'dave'].map((name) => ({
    name,
    consensus_public_key: 'aa',
    gateway_public_key: Buffer.alloc(32).toString('base64'),
    weight: 1,
  })),
};

const TEXT = JSON.stringify(FOUNDING, undefined, 2);

function refusal(text: string): string {
  try {
    parseGenesis(text);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    assert.ok(error.message.startsWith('invalid genesis.json: '), error.message);
    return error.inFile('genesis.json');
  }
  return assert.fail('accepted');
}

describe('a genesis.json that is refused', () => {
  for (const [name, text, sentence] of [
    [
      'a number that is too small',
      TEXT.replace('"view_timeout_ms": 1000', '"view_timeout_ms": 1'),
      /^genesis\.json, line 8: parameters\.view_timeout_ms: expected a whole number from .*; it is 1$/,
    ],
    [
      'an unknown protocol, whose name it says once',
      TEXT.replace('hotstuff', 'paxos'),
      /^genesis\.json, line 4: protocol: unknown protocol "paxos"; this version has [\w, -]+$/,
    ],
    [
      'a weight that is missing',
      TEXT.replace(/("gateway_public_key": "[^"]+"),\s*"weight": 1(\s*}\s*]\s*})$/, '$1$2'),
      /^genesis\.json, line 33: members\[3\]\.weight: .*; it is missing$/,
    ],
    [
      'the key of a member, before the number of the other faults',
      TEXT.replaceAll('"aa"', '"zz"'),
      /^genesis\.json, line 17: members\[0\]\.consensus_public_key: expected lower-case hex.*; it is "zz"; 3 more faults$/,
    ],
    ['a list as the file, which has no line', '[]', /^genesis\.json: expected an object$/],
    [
      'a comma too many',
      TEXT.replace('"chain_id": "x",', '"chain_id": "x",,'),
      /^genesis\.json, line 3, column 19: not JSON: /,
    ],
    [
      'text without quotes',
      TEXT.replace('"x"', 'x'),
      /^genesis\.json, line 3, column 15: not JSON: Unexpected token 'x'$/,
    ],
    [
      'a torn file',
      TEXT.slice(0, TEXT.indexOf('"members"')),
      /^genesis\.json, line \d+, column \d+: not JSON: /,
    ],
    ['no text', '', /^genesis\.json: not JSON: it ends too early; a bracket or a quote is missing$/],
  ] as const) {
    test(`F-46: is told with line, key and value: ${name}`, () => {
      assert.match(refusal(text), sentence);
    });
  }
});
