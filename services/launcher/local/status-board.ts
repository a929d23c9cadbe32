import { setTimeout as sleep } from 'node:timers/promises';
import { statusFactsOf } from '../adapters/member-status.ts';
import { statusLine } from '../core/status-line.ts';
import { STATUS_INTERVAL_MS, STATUS_PRINT_MS } from '../words/limits.ts';
import type { Terminal } from '../words/terminal.ts';
import type { LocalMember } from './local-federation.ts';

const UP_AND_CLEAR = (lines: number): string => `\u001b[${lines}A\u001b[J`;

/** One line per member, kept current until `signal` fires: redrawn on a terminal, else printed when it changed. */
export async function showStatus(
  members: readonly LocalMember[],
  terminal: Terminal,
  signal: AbortSignal,
): Promise<void> {
  let shown = '';
  let shownMs = Number.NEGATIVE_INFINITY;
  while (!signal.aborted) {
    const text = (await statusLines(members)).join('\n');
    const now = performance.now();
    const isDue = terminal.isInteractive || now - shownMs >= STATUS_PRINT_MS;
    if (!signal.aborted && text !== shown && isDue) {
      terminal.note(terminal.isInteractive && shown !== '' ? `${UP_AND_CLEAR(members.length)}${text}` : text);
      shown = text;
      shownMs = now;
    }
    // Rejects only when `signal` fires, which ends the loop.
    await sleep(STATUS_INTERVAL_MS, undefined, { signal }).catch(() => {});
  }
}

/** One line per member, as it is now. */
async function statusLines(members: readonly LocalMember[]): Promise<readonly string[]> {
  return Promise.all(
    members.map(async ({ name, client }) => {
      try {
        return statusLine(name, statusFactsOf(await client.status(), members.length));
      } catch {
        return statusLine(name, undefined); // Down or starting again: the supervisor says why.
      }
    }),
  );
}
