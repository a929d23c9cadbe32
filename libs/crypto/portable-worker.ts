import { parentPort } from 'node:worker_threads';
import { performPortableTask } from './portable-perform.ts';

/**
 * Entry point of the worker thread. A bundle must emit this file as an entry of its own, named
 * `portable-worker.js`, into the folder of the bundle that starts it.
 */
parentPort?.on('message', (task) => parentPort?.postMessage(performPortableTask(task)));
