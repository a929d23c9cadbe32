/** Resolves when `signal` fires: everything is done, and from here on a person decides how long it runs. */
export function stopAsked(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
