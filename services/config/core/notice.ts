import type { Settings } from '#libs/settings/settings.ts';
import type { ChangedKey } from './change.ts';

/** A line of the log about settings that are valid and yet not what their author may think. */
export interface Notice {
  readonly message: string;
  readonly fields: NoticeFields;
}

/** Named one by one, so that the names of all log fields can be read (a type, since an interface is no `LogFields`). */
type NoticeFields =
  | { readonly file: string; readonly warning: string }
  | { readonly file: string; readonly index: number; readonly reason: string }
  | { readonly file: string; readonly count: number }
  | { readonly setting: string; readonly before: string; readonly after: string };

/** Peers named one by one; of a file full of bad entries the rest is one number. */
const FILTERED_NAMED_MAX = 100;

/** Everything worth a warning in settings that were read, and in the keys of them that wait for a restart. */
export function noticesOf(
  { warnings, peers }: Settings,
  restartKeys: readonly ChangedKey[],
): readonly Notice[] {
  const unnamed = peers.rejected.length - FILTERED_NAMED_MAX;
  return [
    ...warnings.map((warning) => ({
      message: 'configuration warning',
      fields: { file: 'conf.yaml', warning },
    })),
    ...peers.rejected.slice(0, FILTERED_NAMED_MAX).map(({ index, reason }) => ({
      message: 'peer filtered',
      fields: { file: 'peers.yaml', index, reason },
    })),
    ...(unnamed > 0
      ? [{ message: 'more peers filtered', fields: { file: 'peers.yaml', count: unnamed } }]
      : []),
    ...restartKeys.map(({ key, before, after }) => ({
      message: 'configuration key needs a restart',
      fields: { setting: key, before, after },
    })),
  ];
}
