import {
  isCallExpression,
  isComputedPropertyName,
  isObjectLiteralExpression,
  isSpreadAssignment,
  type Node,
  type ObjectLiteralElementLike,
} from 'typescript/unstable/ast';
import { API, type APIOptions, type Checker, type Type } from 'typescript/unstable/sync';

/** One name of a log field, or an expression whose names the compiler cannot say. */
export interface FoundField {
  readonly file: string;
  readonly name: string;
  readonly isReadable: boolean;
}

type Name = Omit<FoundField, 'file'>;

/** `LogFields` of `libs/log/logger.ts` as the compiler prints it: an expression that is to be one is facts of a line. */
const FACTS = /^Readonly<Record<string, LogField>>(?: \| undefined)?$/;

/**
 * The names of all facts of log lines in `files`, paths from `root`, as the compiler knows them. Facts whose type is
 * `LogFields` already are left out: their names were found where they were put together.
 */
export function logFieldsIn(
  root: string,
  files: readonly string[],
  options: APIOptions = {},
): readonly FoundField[] {
  const api = new API({ ...options, cwd: root });
  try {
    const [project] = api.updateSnapshot({ openProjects: [`${root}tsconfig.json`] }).getProjects();
    if (project === undefined) throw new Error(`${root}tsconfig.json is no project`);
    return files.flatMap((file) => {
      const source = project.program.getSourceFile(root + file);
      if (source === undefined) throw new Error(`${file} is not part of the project`);
      return namesBelow(source, project.checker).map((name) => ({ file, ...name }));
    });
  } finally {
    api.close();
  }
}

function namesBelow(node: Node, checker: Checker): readonly Name[] {
  const names: Name[] = factsAt(node, checker).flatMap((facts) => namesOf(facts, checker));
  node.forEachChild((child) => {
    names.push(...namesBelow(child, checker));
  });
  return names;
}

/** The facts at a node: an object literal that is to be facts, or arguments of a call that are and were made before. */
function factsAt(node: Node, checker: Checker): readonly Node[] {
  const isFacts = (type: Type | undefined): boolean =>
    type !== undefined && FACTS.test(checker.typeToString(type));
  if (isObjectLiteralExpression(node)) return isFacts(checker.getContextualType(node)) ? [node] : [];
  if (!isCallExpression(node)) return [];
  return node.arguments.filter(
    (argument) => !isObjectLiteralExpression(argument) && isFacts(checker.getContextualType(argument)),
  );
}

function namesOf(facts: Node, checker: Checker): readonly Name[] {
  if (isObjectLiteralExpression(facts)) {
    return facts.properties.flatMap((property) => namesOfProperty(property, checker));
  }
  return namesOfType(checker.getTypeAtLocation(facts), checker);
}

function namesOfProperty(property: ObjectLiteralElementLike, checker: Checker): readonly Name[] {
  if (isSpreadAssignment(property)) return namesOf(property.expression, checker);
  const { name } = property;
  if (name === undefined || !isComputedPropertyName(name)) {
    return [{ name: name === undefined ? '' : nameText(name), isReadable: true }];
  }
  return alternatives(checker.getTypeAtLocation(name.expression)).map((type) =>
    type?.isStringLiteralType() === true
      ? { name: type.value, isReadable: true }
      : { name: '[computed]', isReadable: false },
  );
}

function nameText(name: Node): string {
  return 'text' in name && typeof name.text === 'string' ? name.text : '';
}

function namesOfType(type: Type | undefined, checker: Checker): readonly Name[] {
  return alternatives(type).flatMap((each): readonly Name[] => {
    const text = each === undefined ? 'unknown' : checker.typeToString(each);
    if (FACTS.test(text) || text === 'undefined') return [];
    if (each?.isObjectType() !== true || checker.getIndexInfosOfType(each).length > 0) {
      return [{ name: text, isReadable: false }];
    }
    return checker.getPropertiesOfType(each).map(({ name }) => ({ name, isReadable: true }));
  });
}

function alternatives(type: Type | undefined): readonly (Type | undefined)[] {
  return type?.isUnionType() === true ? type.getTypes() : [type];
}
