import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COMETBFT, moduleFault } from './pinned-module.ts';

const WORDS = `/x/cometbft: go1.26.8
\tpath\t${COMETBFT.command}
\tmod\t${COMETBFT.path}\t${COMETBFT.version}\t${COMETBFT.sum}
\tdep\tgithub.com/beorn7/perks\tv1.0.1\th1:VlbKKnNfV8bJzeqoa4cOKqO6bYr3WgKZxO8Z16+hsOM=
`;

describe('a program of CometBFT', () => {
  test('is taken when it is built from the pinned module', () => {
    assert.equal(moduleFault(WORDS), undefined);
  });

  for (const [name, words, fault] of [
    ['another version', WORDS.replace(COMETBFT.version, 'v0.38.25'), /v0\.38\.25, not .* v0\.38\.26/],
    ['another module', WORDS.replace(`mod\t${COMETBFT.path}`, 'mod\texample.org/fork'), /example\.org\/fork/],
    ['another source', WORDS.replace(COMETBFT.sum, 'h1:other='), /the sum h1:other=, not h1:/],
    ['a source without a sum', WORDS.replace(`\t${COMETBFT.sum}`, ''), /does not say from which module/],
    ['a replaced module', `${WORDS}\t=>\t./fork\t(devel)\t\n`, /replaced/],
    ['no words', '', /does not say from which module/],
  ] as const) {
    test(`is refused: ${name}`, () => {
      assert.match(moduleFault(words) ?? '', fault);
    });
  }
});
