import { parentPort, workerData } from 'node:worker_threads';
import { type ConformShare, openConform, timedPart } from './conform-task.ts';

// Outside of a thread there is nobody to work for.
if (parentPort !== null) {
  const { task, first, stride } = workerData as ConformShare;
  const open = openConform(task);
  for (let at = first; at < open.parts.length; at += stride) parentPort.postMessage(timedPart(open, at));
}
