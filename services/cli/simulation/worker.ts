import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Failure, SeedHash } from '#libs/simulation/campaign/task.ts';
import { type CampaignShare, runShare } from './threads.ts';

const NEWS_MS = 500;

// Outside of a thread there is nobody to work for.
if (parentPort !== null) work(workerData as CampaignShare, parentPort);

function work(share: CampaignShare, port: MessagePort): void {
  let runs = 0;
  let failures: Failure[] = [];
  let hashes: SeedHash[] = [];
  let toldMs = performance.now();
  const tell = (): void => {
    port.postMessage({ runs, failures, hashes });
    runs = 0;
    failures = [];
    hashes = [];
    toldMs = performance.now();
  };
  runShare(share, (batch) => {
    runs += batch.runs;
    failures.push(...batch.failures);
    hashes.push(...(batch.hashes ?? []));
    if (performance.now() - toldMs > NEWS_MS) tell();
  });
  tell();
}
