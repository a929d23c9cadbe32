// Loaded before a gateway that `npm run bench:gateway -- --allocations` measures: writes how many bytes were allocated outside of V8's heap.
import { writeFileSync } from 'node:fs';
import { ALLOCATED_FILE } from './allocated-bytes.ts';

const SAMPLE_MS = 1;
const SAMPLES_A_WRITE = 50;

let lastBytes = process.memoryUsage().external;
let allocatedBytes = 0;
let samples = 0;

// The growth between two looks: memory that is freed in between hides as much of it, so the sum is a lower bound.
setInterval(() => {
  const { external } = process.memoryUsage();
  allocatedBytes += Math.max(0, external - lastBytes);
  lastBytes = external;
  samples += 1;
  if (samples % SAMPLES_A_WRITE === 0) writeFileSync(ALLOCATED_FILE, `${allocatedBytes}`);
}, SAMPLE_MS).unref();
