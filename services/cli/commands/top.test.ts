import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { ControlSocket } from '#services/launcher/adapters/control-socket.ts';
import { holdFreePorts } from '#services/launcher/adapters/free-ports.ts';
import { controlSocketIn } from '#services/launcher/core/member-home.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { runCommandLine as run } from '#test/support/programs/command-line.ts';

const base = mkdtempSync(join(tmpdir(), 'btcfed-top-'));
const region = await claimPortRegion();
after(() => {
  region.release();
  rmSync(base, { recursive: true, force: true });
});

describe('btcfed top without a terminal', () => {
  test('prints one frame of all members of a federation that runs, and exit code 3 when none of them answers', async () => {
    const held = await holdFreePorts(2);
    const home = mkdtempSync(join(base, 'f-'));
    const members = held.ports.map((port, at) => ({
      ...{ name: `m${at}`, clientAddress: `127.0.0.1:${port}` },
      services: [],
    }));
    await held.release();
    const answer = async () => ({ kind: 'listed', members }) as const;
    const server = new ControlSocket({ path: controlSocketIn(home), answer });
    await server.start();
    try {
      const { code, out, notes } = await run('top', '--home', home);
      assert.deepEqual([code, notes], [3, '']);
      assert.equal(
        out.match(/^m\d +no answer +- .* no answer at 127\.0\.0\.1:\d+: it is down$/gm)?.length,
        2,
      );
      const json = JSON.parse((await run('top', '--home', home, '--once', '--json')).out);
      assert.deepEqual(
        json.members.map(({ name, answers }: { name: string; answers: boolean }) => [name, answers]),
        [
          ['m0', false],
          ['m1', false],
        ],
      );
    } finally {
      await server.stop();
    }
  });

  test('finds members by their homes, and one that is named twice once', async () => {
    const out = join(base, 'net');
    makeHomes(out, { members: 1, protocol: 'pbft', basePort: region.basePort });
    const home = join(out, 'm0');
    const frame = await run('top', '--home', home, '--home', home);
    assert.equal(frame.code, 3);
    assert.match(
      frame.out,
      new RegExp(`no answer at 127\\.0\\.0\\.1:${region.basePort + 1}: it is down\\nquorum`),
    );
    assert.equal(frame.out.match(/^m0 /gm)?.length, 1);
  });

  test('refuses a folder from which no federation runs, and an interval that is none', async () => {
    const { code, notes } = await run('top', '--home', mkdtempSync(join(base, 'none-')));
    assert.deepEqual([code, /no federation runs in .*: start one with/.test(notes)], [3, true]);
    for (const interval of ['0', '0.5', '3601', 'x'])
      assert.equal((await run('top', '--interval', interval)).code, 64, interval);
  });
});
