import type { StoreSync, WorkMetrics } from './work-metrics.ts';

/** The calls of a chain store that are durable when they return. */
const SYNCS = { save: 'record', commit: 'blocks' } as const satisfies Record<string, StoreSync>;

/** The same store; it tells how long its durable calls took, those that failed included. */
export function measuredStore<Store extends object>(store: Store, synced: WorkMetrics['synced']): Store {
  return new Proxy(store, {
    get(inner, name) {
      const method: unknown = Reflect.get(inner, name, inner);
      if (typeof method !== 'function' || !isSync(name)) return method;
      return (...values: unknown[]): unknown => {
        const startMs = performance.now();
        try {
          return Reflect.apply(method, inner, values);
        } finally {
          synced(SYNCS[name], performance.now() - startMs);
        }
      };
    },
  });
}

function isSync(name: string | symbol): name is keyof typeof SYNCS {
  return typeof name === 'string' && Object.hasOwn(SYNCS, name);
}
