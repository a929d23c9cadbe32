/** A duration for a person: seconds below two minutes, minutes below two hours, hours beyond. */
export function durationText(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  if (seconds < 120) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 120 ? `${minutes} min` : `${Math.round(minutes / 60)} h`;
}

/** Names as a sentence lists them. */
export function namesText(names: readonly string[]): string {
  return names.length === 0 ? 'nobody' : names.join(', ');
}
