// Finds what a name stands for in the declarations (`.d.ts`) that the build wrote. They have what users see and nothing else:
// no bodies, no private members, every type written out. So a parser is enough, and no type has to be inferred.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript-5.9';

/** @typedef {ts.FunctionDeclaration | ts.ClassDeclaration | ts.InterfaceDeclaration | ts.TypeAliasDeclaration | ts.VariableStatement} Declaration */
/** @typedef {{ readonly name: string, readonly file: string, readonly nodes: readonly Declaration[] }} Found several nodes: overloads */

/** @type {Map<string, ts.SourceFile>} */
const parsed = new Map();

/** The names that a file exports, with what they stand for, sorted. @param {string} file @returns {Found[]} */
export function exportsOf(file) {
  const names = sourceOf(file).statements.flatMap((statement) => {
    if (isDeclaration(statement)) return isExported(statement) ? namesOf(statement) : [];
    return exportSpecifiersOf(statement).map((specifier) => specifier.name.text);
  });
  return [...new Set(names)].toSorted().map((name) => declarationsOf(file, name));
}

/** What `name` stands for in a file: declared, imported or passed on there. @param {string} file @param {string} name @returns {Found} */
function declarationsOf(file, name) {
  const found = lookUp(file, name);
  if (found === undefined)
    throw new Error(`${file}: ${name} is not declared there and comes from no file of its package`);
  return found;
}

/** As `declarationsOf`; `undefined` for what comes from elsewhere. @param {string} file @param {string} name @returns {Found | undefined} */
export function lookUp(file, name) {
  const { statements } = sourceOf(file);
  const nodes = statements.filter(isDeclaration).filter((statement) => namesOf(statement).includes(name));
  if (nodes.length > 0) return { name, file, nodes };
  for (const statement of statements) {
    const specifier = [...exportSpecifiersOf(statement), ...importSpecifiersOf(statement)].find(
      (one) => one.name.text === name,
    );
    const target = specifier === undefined ? undefined : relativeTarget(file, statement);
    if (specifier !== undefined && target !== undefined)
      return lookUp(target, (specifier.propertyName ?? specifier.name).text);
  }
  return undefined;
}

/** @param {string} file */
function sourceOf(file) {
  const known = parsed.get(file);
  if (known !== undefined) return known;
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true);
  parsed.set(file, source);
  return source;
}

/** @param {ts.Node} node @returns {node is Declaration} */
function isDeclaration(node) {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node) ||
    ts.isVariableStatement(node)
  );
}

/** @param {Declaration} node */
function isExported(node) {
  return node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;
}

/** @param {Declaration} node @returns {string[]} */
function namesOf(node) {
  if (ts.isVariableStatement(node)) return node.declarationList.declarations.map(({ name }) => name.getText());
  return node.name === undefined ? [] : [node.name.text];
}

/** @param {ts.Statement} statement @returns {readonly ts.ExportSpecifier[]} */
function exportSpecifiersOf(statement) {
  if (!ts.isExportDeclaration(statement)) return [];
  const { exportClause } = statement;
  if (exportClause !== undefined && ts.isNamedExports(exportClause)) return exportClause.elements;
  throw new Error(`${statement.getSourceFile().fileName}: ${statement.getText()} exports no names; write them out`);
}

/** @param {ts.Statement} statement @returns {readonly ts.ImportSpecifier[]} */
function importSpecifiersOf(statement) {
  if (!ts.isImportDeclaration(statement)) return [];
  const bindings = statement.importClause?.namedBindings;
  return bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
}

/** @param {string} file @param {ts.Statement} statement @returns {string | undefined} */
function relativeTarget(file, statement) {
  const named = ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement);
  const specifier = named ? statement.moduleSpecifier : undefined;
  if (specifier === undefined || !ts.isStringLiteral(specifier) || !specifier.text.startsWith('.')) return undefined;
  return join(file, '..', specifier.text.replace(/\.[jt]s$/, '.d.ts'));
}
