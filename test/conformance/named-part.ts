import type { OpenConformance } from '#libs/simulation/conformance/open-conformance.ts';
import { refuse } from '#test/support/runner/script.ts';

/** The places, one in each row that has it, of the part with this name. For use within `runScript`. */
export function placesOfPart(
  { parts }: Pick<OpenConformance, 'parts'>,
  { name, isQuick }: { readonly name: string; readonly isQuick: boolean },
): readonly number[] {
  const found = parts.flatMap(({ course, part }, at) => (`${course}.${part}` === name ? [at] : []));
  if (found.length > 0) return found;
  const [course = ''] = name.split('.');
  const of = Math.max(0, ...parts.filter((each) => each.course === course).map((each) => each.of));
  if (of > 0)
    refuse(
      `--part takes ${course}.0 to ${course}.${of - 1} of this course ${isQuick ? 'with' : 'without'} --quick, not "${name}"`,
    );
  const courses = [...new Set(parts.map((each) => each.course))];
  return refuse(
    `--part takes a course and a number, such as seeds.2, not "${name}"; courses: ${courses.join(', ')}`,
  );
}
