import type { StoreSync, WorkMetrics } from './work-metrics.ts';

/** The calls of a chain store that are durable when they return. A commit takes the safety record with it. */
const SYNCS = { flush: 'record', commit: 'blocks' } as const satisfies Record<string, StoreSync>;

/** The same store; it tells how long its durable calls took, those that failed included, and those left out that had nothing to write. */
export function measuredStore<Store extends object>(store: Store, synced: WorkMetrics['synced']): Store {
  return new Proxy(store, {
    get(inner, name) {
      const method: unknown = Reflect.get(inner, name, inner);
      if (typeof method !== 'function' || !isSync(name)) return method;
      return (...values: unknown[]): unknown => {
        const startMs = performance.now();
        let answer: unknown;
        try {
          answer = Reflect.apply(method, inner, values);
          return answer;
        } finally {
          if (!isNothing(answer)) synced(SYNCS[name], performance.now() - startMs);
        }
      };
    },
  });
}

function isSync(name: string | symbol): name is keyof typeof SYNCS {
  return typeof name === 'string' && Object.hasOwn(SYNCS, name);
}

/** The answers of a flush without a record that waits, and of a commit of blocks that are final already. */
function isNothing(answer: unknown): boolean {
  return answer === false || (Array.isArray(answer) && answer.length === 0);
}
