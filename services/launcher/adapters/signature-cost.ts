import { performance } from 'node:perf_hooks';
import { schemeByName } from '#libs/crypto/scheme.ts';
import type { SignatureCost } from '../core/floor.ts';
import { percentile } from '../core/percentile.ts';

export interface CostOptions {
  /** Samples at least, however long they take. */
  readonly samplesMin: number;
  /** More samples are taken until this has passed. */
  readonly budgetMs: number;
}

const MESSAGE = new TextEncoder().encode('btcfed: what does a signature cost on this machine?');
const SAMPLES_MAX = 100;
const MEDIAN = 50;

/**
 * The cost of one signature of the scheme here: the median of some, one at a time in this process. Measure it while
 * nothing else runs: other work of the machine would count as cost.
 */
export async function measureSignatureCost(name: string, options: CostOptions): Promise<SignatureCost> {
  const scheme = schemeByName(name);
  const { publicKey, secretKey } = await scheme.generate();
  const key = scheme.loadKey(secretKey);
  try {
    const signature = await key.sign(MESSAGE);
    const signMs = await medianMs(options, () => key.sign(MESSAGE));
    const verifyMs = await medianMs(options, () => scheme.verify(publicKey, MESSAGE, signature));
    return { signMs, verifyMs };
  } finally {
    key.close();
    secretKey.fill(0);
  }
}

async function medianMs(
  { samplesMin, budgetMs }: CostOptions,
  work: () => Promise<unknown>,
): Promise<number> {
  const samples: number[] = [];
  const end = performance.now() + budgetMs;
  while (samples.length < samplesMin || (samples.length < SAMPLES_MAX && performance.now() < end)) {
    const start = performance.now();
    await work();
    samples.push(performance.now() - start);
  }
  return percentile(samples, MEDIAN) ?? 0;
}
