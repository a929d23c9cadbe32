import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { LoadAnswer, LoadPlan } from './load-plan.ts';

const CLIENT = fileURLToPath(new URL('load-client.ts', import.meta.url));

/** Has a process of its own hand transactions in. @throws Error when it fails, with the last of its words; the reason of `signal`. */
export async function runLoadClient(plan: LoadPlan, signal: AbortSignal): Promise<LoadAnswer> {
  const client = spawn(process.execPath, [CLIENT], { stdio: ['pipe', 'pipe', 'pipe'], signal });
  const ended = new Promise<number | null>((resolve, reject) => {
    client.on('close', resolve);
    client.on('error', reject);
  });
  client.stdin.on('error', () => {}); // It ended before it had read its task: `ended` tells of it.
  client.stdin.end(JSON.stringify(plan));
  try {
    const [answer, words, code] = await Promise.all([text(client.stdout), text(client.stderr), ended]);
    if (code !== 0) throw new Error(`the client of the load ended with ${code}: ${words.slice(-2_000)}`);
    return JSON.parse(answer);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  }
}
