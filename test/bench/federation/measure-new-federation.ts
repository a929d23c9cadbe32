import { localFederation } from '#services/launcher/local/local-federation.ts';
import { waitConnected } from '#services/launcher/local/readiness.ts';
import { openWorkspace } from '#services/launcher/local/workspace.ts';
import type { ProcessContext } from '#services/launcher/words/process-context.ts';
import type { BenchPlan } from './bench-plan.ts';
import type { BenchFacts } from './bench-report.ts';
import { measureFederation } from './measure-federation.ts';

export interface NewFederation {
  readonly members: number;
  readonly protocol: string;
  readonly scheme: string;
  readonly plan: BenchPlan;
  readonly interruption: ReturnType<ProcessContext['interruption']>;
}

/** Makes a federation in a folder of its own, measures it, and leaves nothing of it behind. */
export async function measureNewFederation(
  context: ProcessContext,
  { members, protocol, scheme, plan, interruption }: NewFederation,
): Promise<BenchFacts> {
  const { signal } = interruption;
  const startMs = performance.now();
  const workspace = await openWorkspace({
    members,
    protocol,
    scheme,
    given: { members: true, protocol: true, scheme: true },
    terminal: context.terminal,
    atDefaultPorts: false,
  });
  try {
    const federation = await localFederation({ folder: workspace.folder, context, interruption });
    try {
      await federation.start();
      await waitConnected(federation.members, signal);
      const readyMs = performance.now() - startMs;
      return await measureFederation(federation, { plan, readyMs, signal });
    } finally {
      await federation.stop();
    }
  } finally {
    workspace.leave();
  }
}
