import { ChainError } from '../core/chain-errors.ts';

/** Result codes of SQLite that say that the file is whole, but nothing can be written. */
const UNWRITABLE: ReadonlyMap<number, string> = new Map([
  [8, 'the file is read-only'],
  [10, 'the disk fails'],
  [13, 'the disk is full'],
]);

/**
 * The same store; whatever one of its methods throws that is no ChainError is told to `onDamage`, and thrown as
 * one. Damage often lies where only a client or a member that catches up asks for it: there it must halt the
 * member, as in the engine, and not end the process once for each question.
 */
export function soundStore<Store extends object>(
  store: Store,
  path: string,
  onDamage: (reason: string) => void,
): Store {
  return new Proxy(store, {
    get(inner, name) {
      const method: unknown = Reflect.get(inner, name, inner);
      if (typeof method !== 'function') return method;
      return (...values: unknown[]): unknown => {
        try {
          return Reflect.apply(method, inner, values);
        } catch (error) {
          if (error instanceof ChainError || isMisuse(error)) throw error;
          const damage = damaged(path, error);
          onDamage(damage.message);
          throw damage;
        }
      };
    },
  });
}

/** A value that SQLite does not take, such as a height of 2^64 - 1: says nothing about the file. */
function isMisuse(error: unknown): boolean {
  return error instanceof TypeError && 'code' in error;
}

function damaged(path: string, cause: unknown): ChainError {
  const detail = { code: 'CHAIN_STORE_CORRUPT', path } as const;
  const unwritable = UNWRITABLE.get(resultCode(cause));
  const reason = cause instanceof Error ? cause.message : String(cause);
  const text =
    unwritable === undefined
      ? `${path} is damaged (${reason}): stop this member, check the disk, and put back the chain.db that it used last`
      : `${path} cannot be written, ${unwritable}: mend that, then start this member again`;
  return new ChainError(text, detail, { cause });
}

/** The primary code of an error of SQLite; 0 of any other. */
function resultCode(error: unknown): number {
  return error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : 0;
}
