import { request } from 'node:http';

const TYPE = '# TYPE nodejs_gc_duration_seconds histogram';
const SUM = /^nodejs_gc_duration_seconds_sum\{[^}]*\} (\S+)$/gm;

/** Seconds of garbage collection that a service reports of itself since its start, at its Unix socket of metrics. */
export async function gcSeconds(socketPath: string): Promise<number> {
  const page = await read(socketPath);
  // The series are there from the first collection on; that they are known is said before.
  if (!page.includes(TYPE)) throw new Error(`${socketPath} says nothing of garbage collection`);
  const sums = [...page.matchAll(SUM)].map(([, seconds]) => Number(seconds));
  return sums.reduce((all, each) => all + each, 0);
}

function read(socketPath: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath, path: '/metrics' }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part) => {
        text += part;
      });
      answer.on('end', () => resolve(text));
      answer.on('error', reject);
    });
    asked.on('error', reject);
    asked.end();
  });
}
