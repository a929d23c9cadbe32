import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostedProtocol } from '#libs/protocol/hosting/hosted-protocol.ts';
import type { LatencySetting } from '#libs/simulation/latency/latency-setting.ts';
import { ModelledFederation } from '#libs/simulation/latency/modelled-federation.ts';
import type { WorkCosts } from '#libs/simulation/latency/work-costs.ts';
import { openChainStore } from '#services/consensus/adapters/open-chain-store.ts';
import { quietOf, type WorkTime } from './cpu-samples.ts';
import { RecordedWork, type StoreWork } from './recorded-work.ts';

/** The decisions that a low quartile needs. */
const DECISIONS = 24;

/**
 * The time of a step of the protocol, and of the writes of its first member: a small federation of the model decides some blocks, and
 * the chain store of production is then given, in a folder of its own, what that member was to store.
 */
export async function measureStore(
  setting: LatencySetting,
): Promise<Pick<WorkCosts, 'stepUs' | 'blockUs' | 'recordMs' | 'recordCpuMs' | 'commitMs' | 'commitCpuMs'>> {
  const recorded = new RecordedWork(setting.protocol);
  const federation = new ModelledFederation({ ...setting, protocol: recorded.protocol });
  for (let at = 0; at < DECISIONS; at++) federation.decide(0);
  const times = storeTimes(recorded.store, federation, setting.protocol);
  const save = quiet(times.save);
  const commit = quiet(times.commit);
  return {
    stepUs: quietOf(recorded.stepMs) * 1_000,
    blockUs: quiet(times.put).cpuMs * 1_000,
    ...{ recordMs: save.wallMs, recordCpuMs: save.cpuMs, commitMs: commit.wallMs, commitCpuMs: commit.cpuMs },
  };
}

function storeTimes(
  work: readonly StoreWork[],
  { blocks }: ModelledFederation,
  protocol: HostedProtocol,
): Record<StoreWork['kind'], WorkTime[]> {
  const folder = mkdtempSync(join(tmpdir(), 'btcfed-latency-'));
  const times: Record<StoreWork['kind'], WorkTime[]> = { save: [], put: [], commit: [] };
  const { genesis } = blocks;
  const store = openChainStore({
    path: join(folder, 'chain.db'),
    ...{ genesis, protocol, chainDigest: genesis.digest, member: 'member-0' },
  });
  try {
    for (const each of work) {
      const startMs = performance.now();
      const before = process.cpuUsage();
      if (each.kind === 'save') {
        store.putRecord(each.record);
        store.flush();
      } else if (each.kind === 'commit') store.commit(each.certificate);
      else {
        const { block, frontier } = blocks.held(each.digest);
        store.putBlock(block, frontier);
      }
      const { user, system } = process.cpuUsage(before);
      times[each.kind].push({ cpuMs: (user + system) / 1_000, wallMs: performance.now() - startMs });
    }
  } finally {
    store.close();
    rmSync(folder, { recursive: true });
  }
  return times;
}

function quiet(times: readonly WorkTime[]): WorkTime {
  const wallMs = quietOf(times.map((time) => time.wallMs));
  return { wallMs, cpuMs: Math.min(wallMs, quietOf(times.map((time) => time.cpuMs))) };
}
