import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CliError } from '#services/launcher/words/errors.ts';
import type { BundlePart } from './bundle-part.ts';
import { collectParts } from './collect-parts.ts';

const BOUNDS = { partMsMax: 60_000, fileBytesMax: 100 };

function part(name: string, text: string): BundlePart {
  return { name, collect: async () => [{ path: `${name}.txt`, text }] };
}

async function collected(parts: readonly BundlePart[], bounds: Partial<typeof BOUNDS> = {}) {
  const notes: string[] = [];
  const redact = (text: string): string => text.replaceAll('secret', '[hidden]');
  const found = await collectParts(parts, {
    ...BOUNDS,
    ...bounds,
    redact,
    note: (line) => notes.push(line),
  });
  return { ...found, notes };
}

describe('collectParts', () => {
  test('takes secrets out of every file, and tells each part with its size', async () => {
    const { files, missing, notes } = await collected([part('a', 'a secret'), part('b', 'plain')]);
    assert.deepEqual(
      files.map(({ path, text }) => [path, text]),
      [
        ['a.txt', 'a [hidden]'],
        ['b.txt', 'plain'],
      ],
    );
    assert.deepEqual([missing, notes], [[], ['a: 1 kB', 'b: 1 kB']]);
  });

  test('cuts a file that is too large, and not before the secrets are out of it', async () => {
    const text = `${'x'.repeat(97)}secret${'y'.repeat(50)}`;
    const { files } = await collected([part('a', text)]);
    assert.deepEqual(files, [
      { path: 'a.txt', text: `${'x'.repeat(97)}[hi`, cut: 'the first 100 of 155 bytes' },
    ]);
  });

  test('goes on without a part that cannot be had, and tells why, without a secret', async () => {
    const failing: BundlePart = {
      name: 'peers',
      collect: async () => {
        throw new CliError('no node runs with secret', { code: 'CLI_UNREACHABLE' });
      },
    };
    const { files, missing, notes } = await collected([failing, part('b', 'plain')]);
    assert.equal(files.length, 1);
    assert.deepEqual(missing, [{ part: 'peers', reason: 'no node runs with [hidden]' }]);
    assert.equal(notes[0], 'peers: not had: no node runs with [hidden]');
  });

  test('gives up a part that never comes', async () => {
    const stuck: BundlePart = { name: 'stuck', collect: () => new Promise(() => undefined) };
    const { missing } = await collected([stuck], { partMsMax: 1 });
    assert.deepEqual(missing, [{ part: 'stuck', reason: 'it took longer than 0.001 s' }]);
  });
});
