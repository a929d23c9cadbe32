import { Worker } from 'node:worker_threads';
import type { Batch, Task } from '#libs/simulation/campaign/task.ts';
import { openCampaign } from './protocols.ts';

/** One share of a campaign: the cases whose number leaves `first` when divided by `stride`. */
export interface CampaignShare {
  readonly task: Task;
  readonly first: number;
  readonly stride: number;
}

export type BatchListener = (batch: Batch) => void;

/** `--shard I/N`: the I-th of N equal parts of a campaign. */
export interface Shard {
  readonly index: number;
  readonly of: number;
}

/** Runs a share in this thread. */
export function runShare({ task, first, stride }: CampaignShare, progress: BatchListener): void {
  const open = openCampaign(task);
  for (let at = first; at < open.cases; at += stride) progress(open.run(at));
}

/** Runs a shard of a campaign on as many threads as asked for. */
export async function runTask(
  task: Task,
  shard: Shard,
  jobs: number,
  progress: BatchListener,
): Promise<void> {
  const stride = shard.of * jobs;
  const shares = Array.from({ length: jobs }, (_, job) => ({
    task,
    first: shard.index - 1 + job * shard.of,
    stride,
  }));
  const [only] = shares;
  if (jobs === 1 && only !== undefined) return runShare(only, progress);
  await Promise.all(shares.map((share) => inWorker(share, progress)));
}

function inWorker(share: CampaignShare, progress: BatchListener): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
    worker.on('message', progress);
    worker.on('error', reject);
    worker.on('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`a simulation thread ended with code ${code}`));
    });
  });
}
