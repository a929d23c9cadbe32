import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { getPriority, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import { serviceRuntime } from '#services/launcher/local/service-runtime.ts';
import { memberService } from '#services/launcher/supervisor/member-services.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 300_000;

test('F-16: the signer of a home has the niceness of who starts it, or that which a person set', async () => {
  await using held = new AsyncDisposableStack();
  const folder = held.adopt(mkdtempSync(join(tmpdir(), 'btcfed-nice-')), (path) =>
    rmSync(path, { recursive: true, force: true }),
  );
  const { basePort } = held.adopt(await claimPortRegion(), (claimed) => claimed.release());
  makeHomes(join(folder, 'net'), { members: 4, basePort });
  const runtime = await serviceRuntime({ root: ROOT, node: process.execPath, env: {} });
  const nicenessWith = async (env: Parameters<typeof readMemberHome>[1]): Promise<number> => {
    const { facts } = readMemberHome(join(folder, 'net', 'm0'), env);
    const interrupted = new AbortController().signal;
    const signer = memberService('signer', facts, {
      ...{ runtime, startMsMax: START_MS_MAX, report: () => {}, interrupted },
    });
    try {
      await signer.start();
      return getPriority(signer.pid ?? assert.fail());
    } finally {
      await signer.stop();
    }
  };
  assert.equal(await nicenessWith({}), getPriority());
  assert.equal(await nicenessWith({ SIGNER_NICENESS: '15' }), 15);
});
