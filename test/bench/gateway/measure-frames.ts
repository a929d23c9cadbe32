import { cpuSeconds } from '#test/support/programs/process-cpu.ts';
import { allocatedBytes } from './allocated-bytes.ts';
import { type Load, sendLoad } from './frame-load.ts';
import type { GatewayPath } from './gateway-path.ts';
import { gcSeconds } from './gc-seconds.ts';
import { peakMib } from './memory-peak.ts';

/** The work of the gateways for frames of one size. */
export interface FrameCosts extends Load {
  /** Megabytes (10^6 bytes) of frames for each second of processor time of both gateways together. */
  readonly pathMbPerCpuSecond: number;
  /** The same of one gateway on average, as each frame crosses two. */
  readonly gatewayMbPerCpuSecond: number;
  /** Microseconds of processor time of each gateway for a frame. */
  readonly senderUsPerFrame: number;
  readonly receiverUsPerFrame: number;
  /** Part of the processor time in which the main threads stood still for a collection of garbage. */
  readonly gcPauseShare: number;
  /** Megabytes for each second of the clock: less than can be, where the pace of small frames is set. */
  readonly mbPerSecond: number;
  /** The most memory that either gateway has had since its start. */
  readonly peakMib: number;
  /** Bytes that both gateways allocated outside of V8's heap for each byte of frames: one for each copy, at least. */
  readonly allocatedPerByte?: number;
}

const BYTES_PER_MB = 1e6;
const US_PER_S = 1e6;

/** Sends frames over the path, and counts the work of its gateways until the last has arrived. */
export async function measureFrames(
  path: GatewayPath,
  load: Load,
  { countsAllocations }: { readonly countsAllocations: boolean },
): Promise<FrameCosts> {
  const { from, to } = path;
  const allocated = () => (countsAllocations ? allocatedBytes([from.home, to.home]) : 0);
  const [before, allocatedBefore] = [await costsOf(path), await allocated()];
  const startMs = performance.now();
  await sendLoad(path, load);
  const seconds = (performance.now() - startMs) / 1000;
  const [after, allocatedAfter] = [await costsOf(path), await allocated()];
  const [sender, receiver] = [after.sender - before.sender, after.receiver - before.receiver];
  const bytes = load.frameBytes * load.frames;
  const [megabytes, cpu] = [bytes / BYTES_PER_MB, sender + receiver];
  return {
    ...load,
    pathMbPerCpuSecond: tenths(megabytes / cpu),
    gatewayMbPerCpuSecond: tenths((2 * megabytes) / cpu),
    senderUsPerFrame: tenths((US_PER_S * sender) / load.frames),
    receiverUsPerFrame: tenths((US_PER_S * receiver) / load.frames),
    gcPauseShare: Math.round((100 * (after.gc - before.gc)) / cpu) / 100,
    mbPerSecond: tenths(megabytes / seconds),
    peakMib: Math.max(peakMib(from.pid), peakMib(to.pid)),
    ...(countsAllocations ? { allocatedPerByte: tenths((allocatedAfter - allocatedBefore) / bytes) } : {}),
  };
}

async function costsOf({ from, to }: GatewayPath) {
  const gc = (await gcSeconds(from.metricsSocket)) + (await gcSeconds(to.metricsSocket));
  return { gc, sender: cpuSeconds([from.pid]), receiver: cpuSeconds([to.pid]) };
}

function tenths(value: number): number {
  return Math.round(10 * value) / 10;
}
