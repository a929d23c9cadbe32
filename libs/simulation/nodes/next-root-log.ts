import type { RootPlace } from '#libs/chain/root-place.ts';
import { AppendOnlyLog } from '#libs/engine/application/append-only-log.ts';

/** A log whose root comes one block later, as that of an application that executes final blocks alone. */
export class NextRootLog extends AppendOnlyLog {
  override readonly root: RootPlace = 'next-block';
}
