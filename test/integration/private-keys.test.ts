import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readMemberHome } from '#services/launcher/adapters/read-home.ts';
import type { ServiceName } from '#services/launcher/core/service-names.ts';
import { serviceRuntime } from '#services/launcher/local/service-runtime.ts';
import { memberService, type ServiceRuntime } from '#services/launcher/supervisor/member-services.ts';
import { makeHomes } from '#test/support/federation/member-homes.ts';
import { claimPortRegion } from '#test/support/network/port-region.ts';
import { NodeProcess } from '#test/support/programs/node-process.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const START_MS_MAX = 300_000;

interface Exposure {
  /** Below the home. */
  readonly path: string;
  readonly mode: number;
  /** The command, but for the path. */
  readonly cure: string;
  /** The service that finds the fault when it is started by itself. */
  readonly by: readonly ServiceName[];
}

const EXPOSURES: readonly Exposure[] = [
  { path: 'tls/consensus.key', mode: 0o644, cure: 'chmod 600', by: ['consensus'] },
  { path: 'tls/signer.key', mode: 0o644, cure: 'chmod 600', by: ['signer'] },
  { path: 'signer/signer.key', mode: 0o640, cure: 'chmod 600', by: ['signer'] },
  { path: 'signer/audit.key', mode: 0o666, cure: 'chmod 600', by: ['signer'] },
  { path: 'signer', mode: 0o777, cure: 'chmod go-w', by: ['signer'] },
  { path: 'tls', mode: 0o777, cure: 'chmod go-w', by: ['consensus', 'signer'] },
  { path: '', mode: 0o777, cure: 'chmod go-w', by: ['config', 'consensus', 'signer'] },
];

describe('a home whose keys lie open', () => {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-open-'));
  const home = join(folder, 'net', 'm0');
  let region: Awaited<ReturnType<typeof claimPortRegion>>;
  let runtime: ServiceRuntime;
  before(async () => {
    region = await claimPortRegion();
    makeHomes(join(folder, 'net'), { members: 4, basePort: region.basePort });
    runtime = await serviceRuntime({ root: ROOT, node: process.execPath, env: {} });
  });
  after(async () => {
    await region.release();
    rmSync(folder, { recursive: true, force: true });
  });

  for (const { path, mode, cure, by } of EXPOSURES) {
    const where = path === '' ? 'the home itself' : path;
    const modeText = `0${mode.toString(8)}`;

    test(`F-08: ${where} with mode ${modeText} is refused by btcfed node, ${by.join(' and ')}`, async () => {
      const open = join(home, path);
      const said = new RegExp(`${open} has mode ${modeText}, others may .*: run ${cure} ${open}\\b`);
      const before = statSync(open).mode;
      chmodSync(open, mode);
      try {
        const node = new NodeProcess(home);
        assert.equal(await node.exit, 1);
        assert.match(node.stderr, said);
        for (const service of by) await assert.rejects(start(service), { message: said }, service);
      } finally {
        chmodSync(open, before);
      }
    });
  }

  /** Alone, as a person would who runs no supervisor. Refusals of services come before they look for each other. */
  async function start(service: ServiceName): Promise<void> {
    const { facts } = readMemberHome(home, {});
    const started = memberService(service, facts, {
      runtime,
      startMsMax: START_MS_MAX,
      report: () => {},
      interrupted: new AbortController().signal,
    });
    try {
      await started.start();
    } finally {
      await started.stop();
    }
  }
});
