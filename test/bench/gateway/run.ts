// The work of gateways for frames, as `npm run bench:gateway` starts it: two gateway processes between two attached ends.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { refuse, runScript, scriptOptions, wholeNumber } from '#test/support/runner/script.ts';
import type { Load } from './frame-load.ts';
import { joinGateways } from './gateway-path.ts';
import { GatewayProcess } from './gateway-process.ts';
import { type FrameCosts, measureFrames } from './measure-frames.ts';

const HELP = `usage: npm run bench:gateway -- [--sizes 2048,17408,52224,1048576,4194304] [--megabytes 200] [--frames 3000]
                                [--allocations] [--flags=FLAGS] [--profile DIR] [--json]

Two gateways as processes of their own, as production runs them (gRPC on Unix sockets, libp2p with Noise and Yamux over TCP on
loopback), between two ends in this process that attach as consensus does. Frames of the class consensus go one way, of one
size after the other: a transaction, a vote, a certificate of three signatures, and proposals. Says what they cost the gateways
in processor time, all threads, by the scheduler's count; that of the ends is not in it. Each size moves so many megabytes, and
at most so many frames, and was moved as often before, uncounted: the code is warm. Small frames go at 900 a second, each by
itself, as gateways slow down a peer that sends more.

  --allocations      counts bytes that are allocated for each byte of frames, too; the times are higher then
  --flags=FLAGS      flags of Node for both gateways beside those of production, with blanks between them
  --profile DIR      writes profiles of both gateways there (node --cpu-prof); everything is slower then
`;

const COUNT_ALLOCATIONS = new URL('count-allocations.ts', import.meta.url).href;
const BYTES_PER_MB = 1e6;
const FRAMES_MIN = 4;
const FRAME_BYTES_MAX = 31 * 1024 * 1024;

await runScript('bench:gateway', async () => {
  const options = scriptOptions({
    sizes: { type: 'string', default: '2048,17408,52224,1048576,4194304' },
    megabytes: { type: 'string', default: '200' },
    frames: { type: 'string', default: '3000' },
    allocations: { type: 'boolean', default: false },
    flags: { type: 'string', default: '' },
    profile: { type: 'string' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  });
  if (options.help) {
    process.stdout.write(HELP);
    return 0;
  }
  const sizes = options.sizes.split(',').map((each) => wholeNumber('sizes', each));
  if (Math.max(...sizes) > FRAME_BYTES_MAX) refuse(`--sizes takes ${FRAME_BYTES_MAX} at most`);
  const bytes = wholeNumber('megabytes', options.megabytes) * BYTES_PER_MB;
  const framesMax = wholeNumber('frames', options.frames);
  const loads = sizes.map((frameBytes) => ({
    frameBytes,
    frames: Math.max(FRAMES_MIN, Math.min(framesMax, Math.round(bytes / frameBytes))),
  }));
  const flags = [
    ...options.flags.split(' ').filter((each) => each !== ''),
    ...(options.allocations ? ['--import', COUNT_ALLOCATIONS] : []),
    ...flagsFor(options.profile),
  ];
  const costs = await measure(loads, { flags, countsAllocations: options.allocations });
  const machine = {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    node: process.version,
  };
  const date = new Date().toISOString().slice(0, 10);
  process.stdout.write(options.json ? `${JSON.stringify({ date, ...machine, costs })}\n` : text(costs));
  return 0;
});

interface Manner {
  readonly flags: readonly string[];
  readonly countsAllocations: boolean;
}

async function measure(
  loads: readonly Load[],
  { flags, ...counting }: Manner,
): Promise<readonly FrameCosts[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-gateway-'));
  const gateways: GatewayProcess[] = [];
  try {
    for (const name of ['from', 'to']) gateways.push(await GatewayProcess.start({ name, folder, flags }));
    const [from, to] = gateways;
    if (from === undefined || to === undefined) throw new Error('two gateways were started');
    const path = await joinGateways(from, to);
    const costs: FrameCosts[] = [];
    for (const load of loads) {
      await measureFrames(path, load, { countsAllocations: false });
      costs.push(await measureFrames(path, load, counting));
      process.stderr.write(`bench:gateway: ${load.frames} frames of ${load.frameBytes} bytes measured\n`);
    }
    await Promise.all([path.sender.leave(), path.receiver.leave()]);
    return costs;
  } finally {
    for (const gateway of gateways) await gateway.stop();
    rmSync(folder, { recursive: true });
  }
}

function flagsFor(profile: string | undefined): readonly string[] {
  if (profile === undefined) return [];
  mkdirSync(profile, { recursive: true });
  return ['--cpu-prof', '--cpu-prof-dir', resolve(profile)];
}

function text(costs: readonly FrameCosts[]): string {
  const lines = costs.map(
    (each) =>
      `${each.frames} frames of ${each.frameBytes} bytes: ${each.pathMbPerCpuSecond} MB per CPU second of both gateways, ` +
      `${each.gatewayMbPerCpuSecond} of one; ${each.senderUsPerFrame} µs a frame in the sender's, ${each.receiverUsPerFrame} in ` +
      `the receiver's; pauses for garbage ${Math.round(100 * each.gcPauseShare)} %; ${each.mbPerSecond} MB/s; at most ` +
      `${each.peakMib} MiB each${each.allocatedPerByte === undefined ? '' : `; ${each.allocatedPerByte} bytes allocated a byte`}`,
  );
  return `${lines.join('\n')}\n`;
}
