import { ChainError } from '#libs/engine/ports/chain-errors.ts';
import { diskFault, isOfDisk } from '#libs/sqlite/database-error.ts';

/** The outcomes for a member whose store fails. */
export interface StoreFate {
  /** The file is damaged: the member must not vote. */
  readonly onDamage: (reason: string) => void;
  /**
   * The disk is full or fails. The content of the disk is unknown, so messages that were about to be sent must not be
   * sent. The process ends, and its next start reads the disk again (RULES.md A.31).
   */
  readonly onDisk: (error: Error) => never;
}

/**
 * The same store, with its errors replaced. An error that is no ChainError is reported to `onDamage` and thrown as a
 * ChainError: the engine relies on reading its own writes back, so the member halts. A fault of the disk ends the
 * process.
 */
export function soundStore<Store extends object>(store: Store, path: string, fate: StoreFate): Store {
  return guarded(store, (error) => {
    if (isOfDisk(error)) fate.onDisk(diskFault(path, error));
    const damage = damaged(path, error);
    fate.onDamage(damage.message);
    return damage;
  });
}

/**
 * The same store for callers that only read: damage that they meet is reported to `onDamage` and refused to them, and
 * stops nobody else. So no reader can halt a member by asking for data on a bad page.
 */
export function readStore<Store extends object>(
  store: Store,
  path: string,
  onDamage: (reason: string) => void,
): Store {
  return guarded(store, (error) => {
    const damage = unreadable(path, error);
    onDamage(damage.message);
    return damage;
  });
}

/** The same store for other members, who are told that unreadable data is not here. */
export function heldStore<Store extends object>(
  store: Store,
  path: string,
  onDamage: (reason: string) => void,
): Store {
  return proxied(store, (error) => onDamage(unreadable(path, error).message));
}

/** The same store, with the errors of its methods replaced; a ChainError and a misuse are thrown as they are. */
function guarded<Store extends object>(store: Store, replaced: (error: unknown) => Error): Store {
  return proxied(store, (error) => {
    throw error instanceof ChainError || isMisuse(error) ? error : replaced(error);
  });
}

/** The same store; `instead` is the answer of a method that threw. */
function proxied<Store extends object>(store: Store, instead: (error: unknown) => void): Store {
  return new Proxy(store, {
    get(inner, name) {
      const method: unknown = Reflect.get(inner, name, inner);
      if (typeof method !== 'function') return method;
      return (...values: unknown[]): unknown => {
        try {
          return Reflect.apply(method, inner, values);
        } catch (error) {
          return instead(error);
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
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ChainError(
    `${path} is damaged (${reason}): stop this member, check the disk, and put back the chain.db that it used last`,
    { code: 'CHAIN_STORE_CORRUPT', path },
    { cause },
  );
}

function unreadable(path: string, cause: unknown): ChainError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ChainError(
    `${path} cannot be read where this was asked (${reason}): ask another member; here somebody must check the disk`,
    { code: 'CHAIN_STORE_CORRUPT', path },
    { cause },
  );
}
