import { JOINED_VIEW_BYTES_MAX } from '../../core/limits.ts';

/**
 * The same bytes in fewer views: neighbours that are small become one, as each view costs a call of the cipher and an
 * entry in the system call that writes it. Large ones stay where they lie.
 */
export function joinSmall(views: readonly Uint8Array[]): readonly Uint8Array[] {
  const joined: Uint8Array[] = [];
  let run: Uint8Array[] = [];
  for (const view of views) {
    if (view.length <= JOINED_VIEW_BYTES_MAX) run.push(view);
    else {
      joined.push(...together(run), view);
      run = [];
    }
  }
  return [...joined, ...together(run)];
}

function together(run: readonly Uint8Array[]): readonly Uint8Array[] {
  return run.length < 2 ? run : [Buffer.concat(run)];
}
