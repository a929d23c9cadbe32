import type { MemberIndex, View } from '#libs/chain/ids.ts';
import { VIEWS_KEPT_MAX } from './limits.ts';

/** A view that this member was in. */
export interface KnownView {
  readonly view: View;
  /** The height that was being decided in it. */
  readonly height: bigint;
  readonly leader: MemberIndex;
}

/** The newest views that this member entered, with their leaders. */
export class EnteredViews {
  readonly #views: KnownView[] = [];

  entered(view: KnownView): void {
    this.#views.push(view);
    if (this.#views.length > VIEWS_KEPT_MAX) this.#views.shift();
  }

  /** @param height - Given where each height has views of its own. */
  find(view: View, height: bigint | undefined): KnownView | undefined {
    return this.#views.findLast(
      (each) => each.view === view && (height === undefined || each.height === height),
    );
  }
}
