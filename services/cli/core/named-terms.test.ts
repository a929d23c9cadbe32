import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { ProtocolTerms } from '#libs/protocol/parameters.ts';
import { DEFAULT_PROTOCOL } from '#libs/protocols/default-protocol.ts';
import { FOUNDING_PROTOCOLS } from '#libs/protocols/protocols.ts';
import { namedTerms, termsWords, type WantedTerms } from './named-terms.ts';

const NOW: ProtocolTerms = {
  protocol: DEFAULT_PROTOCOL,
  parameters: { view_timeout_ms: 4_000, view_timeout_ms_max: 60_000 },
};
const named = (wanted: WantedTerms, inForce: ProtocolTerms | undefined = NOW) =>
  namedTerms(wanted, inForce, FOUNDING_PROTOCOLS);

describe('the terms that an operator asks for', () => {
  test('name every number: those that nobody asks to change stay', () => {
    const terms = named({ parameters: [['view_timeout_ms', '8000']] }) ?? assert.fail();
    assert.deepEqual(terms.parameters, { view_timeout_ms: 8_000, view_timeout_ms_max: 60_000 });
    assert.equal(terms.protocol, undefined);
    assert.deepEqual(termsWords(terms, NOW), ['view_timeout_ms: 4000 -> 8000']);
    assert.ok(termsWords(terms, undefined).includes('view_timeout_ms: not told -> 8000'));
  });

  test('say a word where the number has one, there and back, and nothing where it stays', () => {
    const terms = named({ parameters: [['vote_path', 'all']] }) ?? assert.fail();
    assert.deepEqual(terms.parameters, { ...NOW.parameters, vote_path: 1 });
    assert.deepEqual(termsWords(terms, NOW), ['vote_path: leader -> all']);
    const all = { ...NOW, parameters: terms.parameters ?? {} };
    assert.deepEqual(named({ parameters: [['view_timeout_ms', '200']] }, all)?.parameters?.['vote_path'], 1);
    const back = named({ parameters: [['vote_path', 'leader']] }, all) ?? assert.fail();
    assert.deepEqual(back.parameters, NOW.parameters, 'the word of before is not said');
    assert.deepEqual(termsWords(back, all), ['vote_path: all -> leader']);
  });

  test('are none when nothing is asked for, whatever the member tells', () => {
    assert.equal(named({ parameters: [] }), undefined);
    assert.equal(namedTerms({ parameters: [] }, undefined, FOUNDING_PROTOCOLS), undefined);
  });

  test('show the sections that nobody here can read', () => {
    const words = termsWords({ needs: '9.0.0', others: [{ tag: 9, content: Uint8Array.of(1) }] }, NOW);
    assert.deepEqual(words, ['section 9, which this version of btcfed cannot follow']);
  });

  const REFUSED: readonly (readonly [string, WantedTerms, RegExp])[] = [
    [
      'a number out of its bounds',
      { parameters: [['view_timeout_ms', '1']] },
      /view_timeout_ms: expected a whole number from 100 to 600000: /,
    ],
    [
      'a word that is none',
      { parameters: [['vote_path', 'some']] },
      /--parameter vote_path: got "some"; expected leader or all: votes go to the leader/,
    ],
    [
      'a number for a word',
      { parameters: [['vote_path', '1']] },
      /--parameter vote_path: got "1"; expected leader or all/,
    ],
    [
      'a word for a number',
      { parameters: [['view_timeout_ms', 'all']] },
      /--parameter view_timeout_ms: expected a whole number from 100 to 600000/,
    ],
    [
      'a number that the protocol does not have',
      { parameters: [['slots', '1']] },
      /slots: unknown; the protocol has view_timeout_ms/,
    ],
    [
      'numbers that do not fit each other',
      { parameters: [['view_timeout_ms', '70000']] },
      /view_timeout_ms_max: must be at least/,
    ],
    [
      'a number twice',
      {
        parameters: [
          ['view_timeout_ms', '200'],
          ['view_timeout_ms', '300'],
        ],
      },
      /given twice/,
    ],
    [
      'a protocol that is none',
      { protocol: 'stranger', parameters: [] },
      /unknown protocol "stranger"; this version has/,
    ],
  ];
  for (const [name, wanted, reason] of REFUSED) {
    test(`are refused: ${name}`, () => {
      assert.throws(() => named(wanted), reason);
    });
  }

  test('are refused when the member does not tell those in force', () => {
    const wanted: WantedTerms = { parameters: [['view_timeout_ms', '200']] };
    assert.throws(
      () => namedTerms(wanted, undefined, FOUNDING_PROTOCOLS),
      /does not tell the terms in force/,
    );
  });
});
