import { fork } from 'node:child_process';
import { once } from 'node:events';
import { renameSync } from 'node:fs';
import type { LocalMembers } from '#test/support/federation/local-members.ts';
import { within } from '#test/support/within.ts';

const TWO_FACED = new URL('./two-faced.ts', import.meta.url).pathname;
const START_MS_MAX = 300_000;

/** Makes a member of a running federation lie (see two-faced.ts) until it is disposed; the member runs as before. */
export async function lyingMember(
  federation: LocalMembers,
  member: number,
  lies: number,
): Promise<Disposable> {
  const { home, gatewaySocket } = federation.members[member]!.facts.paths;
  const moved = `${gatewaySocket}.true`;
  await federation.stop(member, 'consensus');
  // A bound socket keeps its listener under another name.
  renameSync(gatewaySocket, moved);
  const liar = fork(TWO_FACED, [home, moved, String(lies)]);
  const stop = () => void liar.kill('SIGKILL');
  try {
    const ended = once(liar, 'exit').then(() => Promise.reject(new Error('the other face ended')));
    ended.catch(() => undefined);
    await within('the other face', Promise.race([once(liar, 'message'), ended]), START_MS_MAX);
    await federation.restart(member, 'consensus');
  } catch (error) {
    stop();
    throw error;
  }
  return { [Symbol.dispose]: stop };
}
