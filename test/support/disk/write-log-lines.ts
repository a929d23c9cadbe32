import { RotatingFile } from '#libs/log/rotating-file.ts';

/**
 * A process that writes numbered lines as fast as it can: `node write-log-lines.ts FILE NAME COUNT SIZE FILES`.
 * After each line that is written it says so on standard output, so that its killer knows what must be there.
 */
const [path = '', name = '', count = '0', size = '0', files = '0'] = process.argv.slice(2);
const file = new RotatingFile({
  path,
  sizeBytesMax: Number(size),
  fileCountMax: Number(files),
  onLoss: (reason) => {
    throw new Error(reason);
  },
});
for (let number = 0; number < Number(count); number++) {
  file.write(`${JSON.stringify({ name, number, filler: 'x'.repeat((number * 37) % 400) })}\n`);
  if (number % 16 === 0) process.stdout.write(`${number}\n`);
}
process.stdout.write(`${count}\n`);
