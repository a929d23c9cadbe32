import { SERVICE_NAMES } from '#services/launcher/core/service-names.ts';
import type { LocalFederation } from '#services/launcher/local/local-federation.ts';
import { cpuSeconds } from '#test/support/programs/process-cpu.ts';

/** Seconds of processor time by the kind of service, all members together; `nats` is the server of events. */
export type CpuByService = Readonly<Record<string, number>>;

export function cpuByService({ services }: Pick<LocalFederation, 'services'>): CpuByService {
  const sums: Record<string, number> = {};
  for (const { label, pid } of services) {
    const kind = SERVICE_NAMES.find((name) => label.endsWith(name)) ?? 'nats';
    if (pid !== undefined) sums[kind] = (sums[kind] ?? 0) + cpuSeconds([pid]);
  }
  return sums;
}

/** The difference, times `factor` and by `count`, in tenths. */
export function cpuOfEach(
  { before, after }: { readonly before: CpuByService; readonly after: CpuByService },
  factor: number,
  count: number,
): CpuByService {
  return Object.fromEntries(
    Object.entries(after).map(([kind, seconds]) => [
      kind,
      Math.round((10 * factor * (seconds - (before[kind] ?? 0))) / count) / 10,
    ]),
  );
}

export function sumOf(cpu: CpuByService): number {
  return Object.values(cpu).reduce((sum, each) => sum + each, 0);
}
