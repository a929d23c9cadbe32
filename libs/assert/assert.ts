/** Stops the process on a mistake of our own. For the world's mistakes use `AppError`. */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Ends a `switch` over a union: a case that was forgotten does not compile. */
export function unreachable(value: never): never {
  throw new AssertionError(`unreachable value: ${JSON.stringify(value)}`);
}

/** A broken invariant. Nobody catches it: the process ends, and its supervisor restarts it from disk. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}
