/**
 * The rules of `promtool check metrics` (Prometheus 2.42), for machines without it: the complaints about a text of metrics, one
 * sentence each, in the order of the text. A test holds them to the program where that is installed.
 */
export function metricComplaints(text: string): readonly string[] {
  return familiesOf(text).flatMap((family) =>
    RULES.flatMap((rule) => rule(family)).map((complaint) => `${family.name} ${complaint}`),
  );
}

/** One metric: its lines `# HELP` and `# TYPE`, and the labels of its series. */
interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** Units that Prometheus knows, each with the base unit that it wants instead. */
const UNITS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ['amperes', 'bytes', 'celsius', 'grams', 'joules', 'kelvin', 'meters', 'metres', 'seconds', 'volts'].map(
      (unit) => [unit, unit],
    ),
  ),
  ...{ minutes: 'seconds', hours: 'seconds', days: 'seconds', weeks: 'seconds', bits: 'bytes' },
  ...{ kelvins: 'kelvin', fahrenheit: 'celsius', rankine: 'celsius', calories: 'joules' },
  ...{ inches: 'meters', yards: 'meters', miles: 'meters', pounds: 'grams', ounces: 'grams' },
};
const PREFIX =
  /^(?:pico|nano|micro|milli|centi|deci|deca|hecto|kilo|kibi|mega|mibi|giga|gibi|tera|tebi|peta|pebi)/;
const ABBREVIATION = /_(?:s|ms|us|ns|sec|b|kb|mb|gb|tb|pb|m|h|d)(?:_|$)/i;
const TYPE_IN_NAME = /_(?:counter|gauge|summary|histogram|gauge_histogram)(?:_|$)/i;
const CAMEL_CASE = /[a-z][A-Z]/;

const RULES: readonly ((family: Family) => readonly string[])[] = [
  ({ help }) => when(help === '', 'no help text'),
  ({ name }) => unitComplaint(name),
  ({ name, type }) =>
    when(
      (type === 'counter') !== name.endsWith('_total'),
      '"_total" is the end of counters, and of nothing else',
    ),
  ({ name, type }) =>
    when(/_(?:bucket|count|sum)$/.test(name) && type !== 'histogram', 'has an end that histograms have'),
  ({ labels, type }) =>
    when(labels.includes('le') && type !== 'histogram', 'has a label "le", which histograms have'),
  ({ labels }) => when(labels.includes('quantile'), 'has a label "quantile", which summaries have'),
  ({ name }) => when(TYPE_IN_NAME.test(name), 'has a type in its name'),
  ({ name }) => when(name.includes(':'), 'has a ":", which recording rules have'),
  ({ name }) => when(ABBREVIATION.test(name), 'has an abbreviated unit'),
  ({ name, labels }) =>
    when(
      [name, ...labels].some((each) => CAMEL_CASE.test(each)),
      'has a name in camelCase',
    ),
];

function when(isBroken: boolean, complaint: string): readonly string[] {
  return isBroken ? [complaint] : [];
}

/** About the first word of a name that is a unit, which may have a prefix as in `milliseconds`. */
function unitComplaint(name: string): readonly string[] {
  for (const word of name.split('_')) {
    const base = UNITS[word] ?? UNITS[word.replace(PREFIX, '')];
    if (base !== undefined) return when(base !== word, `should be in ${base}, not in ${word}`);
  }
  return [];
}

function familiesOf(text: string): readonly Family[] {
  const lines = text.split('\n');
  return [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = '', type = '']) => {
    const help = lines.find((line) => line.startsWith(`# HELP ${name} `)) ?? '';
    const ends = type === 'histogram' ? '(?:_bucket|_count|_sum)' : '';
    const sample = new RegExp(`^${name}${ends}\\{(.*)\\} \\S+$`);
    const labels = lines.flatMap((line) => [...(sample.exec(line)?.[1] ?? '').matchAll(/(\w+)="/g)]);
    return {
      ...{ name, type, help: help.slice(`# HELP ${name} `.length).trim() },
      labels: labels.map(([, label = '']) => label),
    };
  });
}
